// The access token: a short-lived JWT (RFC 7519) that the user service signs and the gateway verifies. It says who and
// which session, never what they may do: permissions are looked up, so that an edited role is in force at once.
import * as z from 'zod';

import { unauthenticated } from './errors.ts';
import { readToken, signToken } from './signed-token.ts';

const AUDIENCE = 'nidaan';

const LowerUuid = z.uuid().regex(/^[0-9a-f-]{36}$/);
const Claims = z.object({ sub: LowerUuid, sid: LowerUuid, lab: LowerUuid });

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly labId: string;
}

/** @param ttlSeconds life of the token from `nowMs`, seconds */
export function signAccessToken(
  secret: string,
  claims: AccessClaims,
  ttlSeconds: number,
  nowMs = Date.now(),
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  return signToken(secret, {
    audience: AUDIENCE,
    subject: claims.userId,
    expiresAt: issuedAt + ttlSeconds,
    claims: { sid: claims.sessionId, lab: claims.labId, iat: issuedAt },
  });
}

/** @throws platform.unauthenticated whatever is wrong with the token; which fault it was is of use to a forger only */
export async function verifyAccessToken(secret: string, token: string, nowMs = Date.now()): Promise<AccessClaims> {
  const claims = Claims.safeParse(await readToken(secret, AUDIENCE, token, nowMs));
  if (!claims.success) throw unauthenticated({});
  return { userId: claims.data.sub, sessionId: claims.data.sid, labId: claims.data.lab };
}
