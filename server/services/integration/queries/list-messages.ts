import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { listMessages as listMessagesCall, MessageView } from '../contract.ts';
import * as store from '../store.ts';

/** Newest first. */
export async function listMessages(
  ctx: Ctx,
  { status, first, after }: ParsedInput<typeof listMessagesCall>,
): Promise<Page<MessageView>> {
  const [before] = after ? decodeCursor(after, 1) : [Number.MAX_SAFE_INTEGER];
  const rows = await store.listMessages(ctx.db, ctx.labId(), {
    status: status ?? null,
    before: Number(before),
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [row.seq],
    (row) => row,
  );
}
