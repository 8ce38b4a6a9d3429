// Who asks: from the access token to an actor with the permissions of this moment.
import { verifyAccessToken } from '#platform/access-token.ts';
import type { Actor } from '#platform/actor.ts';
import { anonymous, systemActor } from '#platform/actor.ts';
import { sessionActor } from '#contract/user.ts';
import type { Clock } from '#platform/clock.ts';
import { unauthenticated } from '#platform/errors.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

export type Authenticate = (authorization: string | undefined, requestId: string) => Promise<Actor>;

/**
 * How long a session's permissions are believed without asking the user service again. A leaver is out, and an edited
 * role in force, at the latest after this; asking at every request would double the calls of a read.
 */
const BELIEVED_MS = 3000;
const MAX_KEPT = 5000;
/** Src: RFC 9110 section 11.1: the name of the scheme is written in any case. */
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

interface Known {
  readonly actor: Promise<Actor>;
  readonly untilMs: number;
}

export function createAuthenticate(secret: string, dispatcher: Dispatcher, clock: Clock): Authenticate {
  const known = new Map<string, Known>();

  async function ask(token: string, requestId: string): Promise<Actor> {
    const claims = await verifyAccessToken(secret, token, clock.nowMs());
    const { sessionId, labId } = claims;
    const session = await dispatcher.call(
      sessionActor,
      { sessionId, labId },
      newScope(systemActor(labId, 'gateway'), requestId),
    );
    return {
      kind: 'user',
      userId: session.userId,
      name: session.username,
      labId,
      permissions: session.permissions,
      sessionId,
    };
  }

  return async (authorization, requestId) => {
    if (authorization === undefined) return anonymous;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated({});
    const found = known.get(token);
    if (found && found.untilMs > clock.nowMs()) return found.actor;
    const actor = ask(token, requestId);
    known.delete(token);
    known.set(token, { actor, untilMs: clock.nowMs() + BELIEVED_MS });
    const oldest = known.size > MAX_KEPT ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    // A refusal is not remembered: a forged token costs its sender a check each time, and ours no memory.
    actor.catch(() => known.delete(token));
    return actor;
  };
}
