// What a login and a refresh hand out: a fresh refresh token, kept as its hash, and the access token of its session.
import { randomBytes } from 'node:crypto';

import { signAccessToken } from '#platform/access-token.ts';
import type { Ctx } from '#platform/service.ts';

import type { Tokens, UserView } from '../contract.ts';
import type { RefreshToken } from '../domain/refresh-token.ts';
import { makeRefreshToken } from '../domain/refresh-token.ts';

const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;

export interface FreshToken {
  readonly text: string;
  readonly token: RefreshToken;
}

export function freshToken(labId: string, sessionId: string): FreshToken {
  return makeRefreshToken(labId, sessionId, randomBytes(SECRET_BYTES));
}

/** When a session whose refresh token is not used from now on will be over. */
export function expiryOf(ctx: Ctx, now: string): string {
  return new Date(Date.parse(now) + ctx.config.refreshTokenDays * DAY_MS).toISOString();
}

export async function handOut(ctx: Ctx, user: UserView, fresh: FreshToken, now: string): Promise<Tokens> {
  const { labId, sessionId } = fresh.token;
  const ttlSeconds = ctx.config.accessTokenSeconds;
  const accessToken = await signAccessToken(
    ctx.config.authSecret,
    { userId: user.id, sessionId, labId },
    ttlSeconds,
    Date.parse(now),
  );
  return { accessToken, refreshToken: fresh.text, expiresInSeconds: ttlSeconds, user };
}
