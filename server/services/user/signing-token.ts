// The signing token: proof that the person of this session gave their password just now (lab-day 52). A JWT of its own
// audience, so that it opens nothing else, and no access token signs.
import * as z from 'zod';

import { readToken, signToken } from '#platform/signed-token.ts';

const AUDIENCE = 'nidaan-signing';
const MINUTE_MS = 60_000;

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), lab: z.uuid(), at: z.int() });

export interface Signer {
  readonly userId: string;
  readonly sessionId: string;
  readonly labId: string;
}

/** @param nowMs when the identity was confirmed */
export async function makeSigningToken(
  secret: string,
  signer: Signer,
  minutes: number,
  nowMs: number,
): Promise<{ readonly signingToken: string; readonly expiresAt: string }> {
  const expiresMs = nowMs + minutes * MINUTE_MS;
  const signingToken = await signToken(secret, {
    audience: AUDIENCE,
    subject: signer.userId,
    expiresAt: Math.floor(expiresMs / 1000),
    claims: { sid: signer.sessionId, lab: signer.labId, at: nowMs },
  });
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
  const claims = Claims.safeParse(await readToken(secret, AUDIENCE, token, nowMs));
  if (!claims.success) return undefined;
  const { sub, sid, lab, at } = claims.data;
  if (sub !== signer.userId || sid !== signer.sessionId || lab !== signer.labId) return undefined;
  return at <= nowMs && nowMs < at + minutes * MINUTE_MS ? at : undefined;
}
