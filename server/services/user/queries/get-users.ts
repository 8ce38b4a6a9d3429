import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { getUsers as getUsersCall, UserView } from '../contract.ts';
import * as store from '../store.ts';

export async function getUsers(ctx: Ctx, { ids, usernames }: ParsedInput<typeof getUsersCall>): Promise<UserView[]> {
  const byId = ids.length === 0 ? [] : await store.getAccounts(ctx.db, ctx.labId(), ids);
  if (usernames === undefined || usernames.length === 0) return [...byId];
  const known = new Set(byId.map(({ id }) => id));
  const byName = await store.getAccountsByUsername(ctx.db, ctx.labId(), usernames);
  return [...byId, ...byName.filter(({ id }) => !known.has(id))];
}
