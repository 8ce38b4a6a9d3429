// The access token: a short-lived JWT (RFC 7519) that the user service signs and the gateway verifies. It says who and
// which session, never what they may do: permissions are looked up, so that an edited role is in force at once.
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';

import { unauthenticated } from './errors.ts';

const AUDIENCE = 'nidaan';
/** Src: RFC 8725 section 3.1: the verifier names the one algorithm it takes; the token's header has no say. */
const ALGORITHM = 'HS256';

const LowerUuid = z.uuid().regex(/^[0-9a-f-]{36}$/);
const Claims = z.object({ sub: LowerUuid, sid: LowerUuid, lab: LowerUuid });

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly labId: string;
}

const keyOf = (secret: string) => new TextEncoder().encode(secret);

/** @param ttlSeconds life of the token from `nowMs`, seconds */
export function signAccessToken(
  secret: string,
  claims: AccessClaims,
  ttlSeconds: number,
  nowMs = Date.now(),
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  return new SignJWT({ sid: claims.sessionId, lab: claims.labId })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(claims.userId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(keyOf(secret));
}

/** @throws platform.unauthenticated whatever is wrong with the token; which fault it was is of use to a forger only */
export async function verifyAccessToken(secret: string, token: string, nowMs = Date.now()): Promise<AccessClaims> {
  let payload: unknown;
  try {
    const verified = await jwtVerify(token, keyOf(secret), {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs),
    });
    payload = verified.payload;
  } catch {
    throw unauthenticated({});
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) throw unauthenticated({});
  return { userId: claims.data.sub, sessionId: claims.data.sid, labId: claims.data.lab };
}
