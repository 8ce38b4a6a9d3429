import type { Page, ParsedInput } from '#platform/contract.ts';
import { Id } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, LEAST_ID, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { listUsers as listUsersCall, UserView } from '../contract.ts';
import * as store from '../store.ts';

/** Active or not, by name. */
export async function listUsers(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listUsersCall>,
): Promise<Page<UserView>> {
  const [nameKey, id] = after ? decodeCursor(after, 2) : ['', LEAST_ID];
  if (typeof nameKey !== 'string' || nameKey.includes('\0') || !(id === LEAST_ID || Id.safeParse(id).success))
    throw badCursor({});
  const rows = await store.listAccounts(ctx.db, ctx.labId(), { after: [nameKey, String(id)], limit: first + 1 });
  return toPage(
    rows,
    first,
    (row) => [row.nameKey, row.id],
    ({ nameKey: _key, ...user }) => user,
  );
}
