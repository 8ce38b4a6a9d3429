import type { Page, ParsedInput } from '#platform/contract.ts';
import { Id, Instant } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { PatientView, searchPatients as searchCall } from '../contract.ts';
import { readSearchBox } from '../domain/search-box.ts';
import * as store from '../store.ts';

/** @throws platform.bad_cursor */
function readKey(cursor: string): readonly [registeredAt: string, id: string] {
  const [registeredAt, id] = decodeCursor(cursor, 2);
  const at = Instant.safeParse(registeredAt);
  const patientId = Id.safeParse(id);
  // Year 0000 is an instant to the schema and none to the database.
  if (!at.success || !patientId.success || at.data < '0001') throw badCursor({});
  return [at.data, patientId.data];
}

export async function searchPatients(
  ctx: Ctx,
  { text, first, after }: ParsedInput<typeof searchCall>,
): Promise<Page<PatientView>> {
  const rows = await store.searchPatients(ctx.db, ctx.labId(), {
    search: readSearchBox(text),
    after: after ? readKey(after) : undefined,
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [row.registeredAt, row.id],
    (row) => row,
  );
}
