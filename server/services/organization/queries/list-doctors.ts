import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { DoctorView, listDoctors as listDoctorsCall } from '../contract.ts';
import * as store from '../store.ts';

const START = '00000000-0000-0000-0000-000000000000';

export async function listDoctors(
  ctx: Ctx,
  { text, first, after }: ParsedInput<typeof listDoctorsCall>,
): Promise<Page<DoctorView>> {
  const [name, id] = after ? decodeCursor(after, 2) : ['', START];
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
