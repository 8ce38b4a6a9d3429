import type { Ctx } from '#platform/service.ts';

import * as consents from '../consent-store.ts';
import type { ConsentView } from '../contract.ts';
import { getPatients } from '../store.ts';

/** The last word for a purpose counts, under whichever record of the person it was taken. */
export async function listConsentsOf(ctx: Ctx, ids: readonly string[]): Promise<readonly ConsentView[]> {
  const labId = ctx.labId();
  const people = await getPatients(ctx.db, labId, ids);
  const rows = await consents.listConsents(
    ctx.db,
    labId,
    people.flatMap((person) => person.samePersonIds),
  );
  return people.flatMap((person) => {
    const said = new Set<string>();
    return rows
      .filter((row) => person.samePersonIds.includes(row.recordId))
      .map((row) => {
        const isCurrent = !said.has(row.purpose);
        said.add(row.purpose);
        return { ...row, patientId: person.id, isCurrent };
      });
  });
}
