// The signing token: proof that the person of this session gave their password just now (lab-day 52). A JWT of its own
// audience, so that it opens nothing else, and no access token signs.
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';

const AUDIENCE = 'nidaan-signing';
/** Src: RFC 8725 section 3.1: the verifier names the one algorithm it takes. */
const ALGORITHM = 'HS256';
const MINUTE_MS = 60_000;

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), lab: z.uuid(), at: z.int() });

export interface Signer {
  readonly userId: string;
  readonly sessionId: string;
  readonly labId: string;
}

const keyOf = (secret: string) => new TextEncoder().encode(secret);

/** @param nowMs when the identity was confirmed */
export async function makeSigningToken(
  secret: string,
  signer: Signer,
  minutes: number,
  nowMs: number,
): Promise<{ readonly signingToken: string; readonly expiresAt: string }> {
  const expiresMs = nowMs + minutes * MINUTE_MS;
  const signingToken = await new SignJWT({ sid: signer.sessionId, lab: signer.labId, at: nowMs })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(signer.userId)
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(expiresMs / 1000))
    .sign(keyOf(secret));
  return { signingToken, expiresAt: new Date(expiresMs).toISOString() };
}

/**
 * When the signer confirmed who they are, milliseconds; undefined when the token is forged, too old or another's.
 * @param minutes the policy of the lab as it is now: a shorter one is in force at once
 */
export async function readSigningToken(
  secret: string,
  signer: Signer,
  token: string,
  minutes: number,
  nowMs: number,
): Promise<number | undefined> {
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
    return undefined;
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) return undefined;
  const { sub, sid, lab, at } = claims.data;
  if (sub !== signer.userId || sid !== signer.sessionId || lab !== signer.labId) return undefined;
  return at <= nowMs && nowMs < at + minutes * MINUTE_MS ? at : undefined;
}
