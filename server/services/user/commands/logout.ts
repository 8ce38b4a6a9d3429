import type { Ctx } from '#platform/service.ts';

import * as sessions from '../session-store.ts';

/** Ends the session of the actor; a second time changes nothing. */
export async function logout(ctx: Ctx): Promise<{ readonly ended: boolean }> {
  const { sessionId, userId } = ctx.actor;
  if (sessionId === null || userId === null) return { ended: false };
  const ended = await ctx.transaction(async (tx) => {
    const wasOpen = await sessions.endSession(tx, ctx.labId(), sessionId, ctx.now(), 'logout');
    if (wasOpen) tx.audit('user.logout', userId, { sessionId }, userId);
    return wasOpen;
  });
  return { ended };
}
