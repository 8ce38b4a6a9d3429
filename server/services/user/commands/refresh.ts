import type { ParsedInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { refresh as refreshCall, Tokens, UserView } from '../contract.ts';
import { badRefresh, refreshReused } from '../contract.ts';
import { judgeRefresh, readRefreshToken } from '../domain/refresh-token.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';
import { expiryOf, freshToken, handOut } from './open-session.ts';

/** Gives the next pair of tokens. Not audited: it opens nothing that was closed; the session's start and end are. */
export async function refresh(ctx: Ctx, { refreshToken }: ParsedInput<typeof refreshCall>): Promise<Tokens> {
  const presented = readRefreshToken(refreshToken);
  if (!presented) throw badRefresh({});
  const { labId, sessionId } = presented;
  const lab = ctx.asLab(labId, 'refresh');
  const now = lab.now();
  const fresh = freshToken(labId, sessionId);
  const outcome = await lab.transaction(async (tx): Promise<UserView | ServiceError> => {
    const session = await sessions.lockSession(tx, labId, sessionId);
    if (!session) return badRefresh({});
    const verdict = judgeRefresh(session, await sessions.findToken(tx, presented), now);
    switch (verdict) {
      case 'over':
        return badRefresh({});
      case 'reused':
        await sessions.endSession(tx, labId, sessionId, now, 'reuse');
        tx.audit('user.refresh_token_reused', session.userId, { sessionId }, session.userId);
        return refreshReused({});
      case 'rotate': {
        const user = await store.getAccount(tx, labId, session.userId);
        if (!user?.isActive) return badRefresh({});
        await sessions.useToken(tx, presented, now);
        await sessions.addToken(tx, fresh.token);
        await sessions.prolongSession(tx, labId, sessionId, expiryOf(lab, now));
        return user;
      }
      default:
        throw new Error(verdict satisfies never);
    }
  });
  if (outcome instanceof ServiceError) throw outcome;
  return handOut(lab, outcome, fresh, now);
}
