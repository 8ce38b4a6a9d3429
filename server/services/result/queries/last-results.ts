import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { lastResults as lastResultsCall } from '../contract.ts';
import { listPreviousSigned } from '../release/previous-store.ts';
import { samePersons } from '../release/same-persons.ts';
import type { ResultRow } from '../store.ts';

/** What was signed of a person and analyte, under every record of that person; what is being amended shows as it was signed. */
export async function lastResults(
  ctx: Ctx,
  { patientId, analyteCode, first }: ParsedInput<typeof lastResultsCall>,
): Promise<readonly ResultRow[]> {
  const patientIds = (await samePersons(ctx, new Set([patientId]))).get(patientId) ?? [patientId];
  const [rows = []] = await listPreviousSigned(ctx.db, ctx.labId(), [{ patientIds, analyteCode }], first);
  if (ctx.actor.kind === 'user' && rows.length > 0) ctx.auditView('result.view_previous', patientId, patientId);
  return rows;
}
