import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { changePassword as changeCall, resetPassword as resetCall } from '../contract.ts';
import { samePassword, userNotFound } from '../contract.ts';
import * as factors from '../factor-store.ts';
import { hashPassword } from '../password.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';
import { withProof } from './confirm-identity.ts';

export async function changePassword(
  ctx: Ctx,
  { oldPassword, newPassword }: ParsedInput<typeof changeCall>,
): Promise<CallOutput<typeof changeCall>> {
  if (newPassword === oldPassword) throw samePassword({});
  const passwordHash = await hashPassword(newPassword);
  return withProof(ctx, oldPassword, undefined, async (tx, _proof, { labId, userId, sessionId }) => {
    await store.setPassword(tx, labId, userId, passwordHash, { mustChange: false });
    const sessionsEnded = await sessions.endSessionsOf(tx, labId, userId, ctx.now(), 'password', sessionId);
    tx.audit('user.change_password', userId, { wasForced: false, sessionsEnded }, userId);
    return { sessionsEnded };
  });
}

export async function resetPassword(
  ctx: Ctx,
  { userId, newPassword, dropSecondFactor }: ParsedInput<typeof resetCall>,
): Promise<CallOutput<typeof resetCall>> {
  const labId = ctx.labId();
  const passwordHash = await hashPassword(newPassword);
  return ctx.transaction(async (tx) => {
    const user = await store.lockAccount(tx, labId, userId);
    if (!user) throw userNotFound({});
    await store.setPassword(tx, labId, userId, passwordHash, { mustChange: true });
    const hadSecondFactor = dropSecondFactor && (await factors.dropFactor(tx, labId, userId));
    const sessionsEnded = await sessions.endSessionsOf(tx, labId, userId, ctx.now(), 'password');
    tx.audit('user.reset_password', userId, { sessionsEnded, secondFactorDropped: hadSecondFactor }, userId);
    return { sessionsEnded };
  });
}
