// Refresh tokens: their text, and what becomes of a session when one is presented.
// The text is `<lab id>.<session id>.<secret>`, because a refresh arrives without a lab and every row belongs to one; a
// lab id made up by the sender finds no session there. The secret is 32 random bytes in base64url.
import { createHash } from 'node:crypto';

export interface RefreshToken {
  readonly labId: string;
  readonly sessionId: string;
  readonly secretSha256: string;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FORM = new RegExp(`^(${UUID})\\.(${UUID})\\.([A-Za-z0-9_-]{43})$`);

/** 256 random bits need no slow hash: there is nothing to guess. */
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** @param secret 32 random bytes */
export function makeRefreshToken(
  labId: string,
  sessionId: string,
  secret: Uint8Array,
): { readonly text: string; readonly token: RefreshToken } {
  const written = Buffer.from(secret).toString('base64url');
  return { text: `${labId}.${sessionId}.${written}`, token: { labId, sessionId, secretSha256: sha256(written) } };
}

/** Undefined when the text is not of our making. */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, labId, sessionId, written] = FORM.exec(text) ?? [];
  if (labId === undefined || sessionId === undefined || written === undefined) return undefined;
  return { labId, sessionId, secretSha256: sha256(written) };
}

export interface SessionState {
  readonly endedAt: string | null;
  readonly expiresAt: string;
}

export type RefreshVerdict = 'rotate' | 'reused' | 'over';

/**
 * What a presented token does to its session.
 * A used token ends a living session, with no grace for a client whose reply was lost: the thief and the owner look the
 * same, and whoever comes second would be given a living pair.
 * @param token the token's row, undefined when this session never had such a token
 */
export function judgeRefresh(
  session: SessionState,
  token: { readonly usedAt: string | null } | undefined,
  now: string,
): RefreshVerdict {
  if (token === undefined || session.endedAt !== null || Date.parse(session.expiresAt) <= Date.parse(now))
    return 'over';
  return token.usedAt === null ? 'rotate' : 'reused';
}
