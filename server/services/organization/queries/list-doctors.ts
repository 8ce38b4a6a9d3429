import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { DoctorView, listDoctors as listDoctorsCall } from '../contract.ts';
import * as store from '../store.ts';

export async function listDoctors(
  ctx: Ctx,
  { text, first, after }: ParsedInput<typeof listDoctorsCall>,
): Promise<Page<DoctorView>> {
  const [name, id] = after ? decodeCursor(after, 2) : ['', LEAST_ID];
  if (!isUuid(String(id))) throw badCursor({});
  const rows = await store.listDoctors(ctx.db, ctx.labId(), {
    text,
    after: [String(name), String(id)],
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [store.nameKey(row.name), row.id],
    (row) => row,
  );
}
