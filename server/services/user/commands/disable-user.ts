import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { disableUser as disableUserCall, UserView } from '../contract.ts';
import { lastAdmin, staleUser, userChanged, userNotFound } from '../contract.ts';
import { managingRoles } from '../domain/role-rules.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';

/** A leaver. Disabling one who is disabled already changes nothing. */
export async function disableUser(
  ctx: Ctx,
  { userId, expectedVersion }: ParsedInput<typeof disableUserCall>,
): Promise<UserView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    // Roles first, then the account: the order every command here locks in.
    const managing = managingRoles(await store.lockRoles(tx, labId));
    const before = await store.lockAccount(tx, labId, userId);
    if (!before) throw userNotFound({});
    if (!before.isActive) return before;
    if (before.version !== expectedVersion) throw staleUser({ version: before.version });
    const isManager = before.roles.some((role) => managing.includes(role));
    if (isManager && !(await store.hasActiveHolder(tx, labId, managing, userId))) throw lastAdmin({});
    const user = await store.deactivateAccount(tx, labId, userId);
    const sessionsEnded = await sessions.endSessionsOf(tx, labId, userId, ctx.now(), 'disabled');
    tx.audit('user.disable_user', userId, { sessionsEnded, version: user.version }, userId);
    tx.emit(userChanged, userId, { userId, isActive: false, roles: user.roles, at: ctx.now() });
    return user;
  });
}
