import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { InboxItem, listInbox as listInboxCall } from '../contract.ts';
import * as store from '../store.ts';

/** Oldest first: what waits longest is looked at first. */
export async function listInbox(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listInboxCall>,
): Promise<Page<InboxItem>> {
  const [last] = after ? decodeCursor(after, 1) : [0];
  const rows = await store.listItems(ctx.db, ctx.labId(), { status, after: Number(last), limit: first + 1 });
  return toPage(
    rows,
    first,
    (row) => [row.seq],
    (row) => row,
  );
}
