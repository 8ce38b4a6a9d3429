// Short-lived JWTs (RFC 7519) of our own making, each for one audience: a token made for one purpose opens nothing else.
import type { JWTPayload } from 'jose';
import { jwtVerify, SignJWT } from 'jose';

/** Src: RFC 8725 section 3.1: the verifier names the one algorithm it takes; the token's header has no say. */
const ALGORITHM = 'HS256';

const keyOf = (secret: string) => new TextEncoder().encode(secret);

export interface TokenContent {
  readonly audience: string;
  /** `sub`: a user's id. */
  readonly subject: string;
  /** `exp`, seconds since 1970. */
  readonly expiresAt: number;
  /** Further claims, `iat` among them where one is wanted. */
  readonly claims: JWTPayload;
}

export function signToken(secret: string, { audience, subject, expiresAt, claims }: TokenContent): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(subject)
    .setAudience(audience)
    .setExpirationTime(expiresAt)
    .sign(keyOf(secret));
}

/** The claims, still to be parsed; undefined whatever is wrong with the token: which fault it was is of use to a forger only. */
export async function readToken(secret: string, audience: string, token: string, nowMs: number): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), {
      algorithms: [ALGORITHM],
      audience,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch {
    return undefined;
  }
}
