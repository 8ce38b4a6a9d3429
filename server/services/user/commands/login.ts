// A wrong lab, login name or password gets the same answer after about the same work. Passwords are checked outside any
// transaction, since that takes long; the guard is read before and judged again after, under its lock, so that many
// guesses sent at once count one by one and a right one that comes after the lock is refused like the rest.
import { findLab } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { login as loginCall, Tokens, UserView } from '../contract.ts';
import { badLogin, loginLocked } from '../contract.ts';
import { afterFailure, FORGOTTEN_AFTER_MS, lockedForSeconds } from '../domain/login-guard.ts';
import { loginSha256, toLoginName } from '../domain/login-name.ts';
import { checkPassword, hashPassword } from '../password.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';
import type { FreshToken } from './open-session.ts';
import { expiryOf, freshToken, handOut } from './open-session.ts';

const LAB_CODE = /^[A-Za-z0-9]{1,12}$/;
/** How long an ended session stays on record, milliseconds. */
const SESSION_KEPT_MS = 7 * 86_400_000;

/** @throws organization.lab_code_needed when no code is given and there are several labs: said plainly, it is no secret */
async function findLabId(ctx: Ctx, typed: string): Promise<string | undefined> {
  if (typed !== '' && !LAB_CODE.test(typed)) return undefined;
  try {
    return (await ctx.callAsSystem(findLab, { code: typed })).id;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'organization.lab_not_found') return undefined;
    throw error;
  }
}

interface Attempt {
  readonly loginSha256: string;
  /** The account the name belongs to, if any. */
  readonly account: store.AccountToSignIn | undefined;
  /** IP address as the gateway saw it, for the trail; empty when unknown. */
  readonly from: string;
}

/** Counts a wrong password and returns the refusal. */
async function refuse(lab: Ctx, attempt: Attempt): Promise<ServiceError> {
  const labId = lab.labId();
  const now = lab.now();
  return lab.transaction(async (tx) => {
    const before = await sessions.lockGuard(tx, labId, attempt.loginSha256, now);
    const waitSeconds = lockedForSeconds(before, now);
    if (waitSeconds > 0) return loginLocked({ retryAfterSeconds: waitSeconds });
    const { loginFailuresAllowed: failuresAllowed, loginLockMinutes: lockMinutes } = lab.config;
    const guard = afterFailure(before, now, { failuresAllowed, lockMinutes });
    await sessions.saveGuard(tx, labId, attempt.loginSha256, guard);
    // Last, when this guard is held and saved: it skips what others hold, so two logins never wait for each other.
    await sessions.forgetGuards(tx, labId, new Date(Date.parse(now) - FORGOTTEN_AFTER_MS).toISOString());
    // A name nobody has stays out of the trail: at times it is a password typed into the wrong box.
    const entityId = attempt.account?.id ?? labId;
    const isKnown = attempt.account !== undefined;
    tx.audit('user.login_failed', entityId, { isKnown, failures: guard.failures, from: attempt.from }, entityId);
    if (guard.lockedUntil !== null)
      tx.audit('user.login_locked', entityId, { isKnown, until: guard.lockedUntil }, entityId);
    return badLogin({});
  });
}

type Accepted = { readonly user: UserView; readonly fresh: FreshToken };

/** Opens a session; a refusal when the name was locked, or the user disabled, since the password was checked. */
async function accept(
  lab: Ctx,
  attempt: Attempt,
  userId: string,
  newHash: string | undefined,
  now: string,
): Promise<Accepted | ServiceError> {
  const labId = lab.labId();
  return lab.transaction(async (tx) => {
    const guard = await sessions.lockGuardIfAny(tx, labId, attempt.loginSha256);
    const waitSeconds = guard ? lockedForSeconds(guard, now) : 0;
    if (waitSeconds > 0) return loginLocked({ retryAfterSeconds: waitSeconds });
    const user = await store.shareAccount(tx, labId, userId);
    if (!user?.isActive) return badLogin({});
    if (guard) await sessions.dropGuard(tx, labId, attempt.loginSha256);
    if (newHash !== undefined && attempt.account)
      await store.replaceHash(tx, labId, userId, attempt.account.passwordHash, newHash);
    await sessions.forgetSessionsOf(tx, labId, userId, new Date(Date.parse(now) - SESSION_KEPT_MS).toISOString());
    const sessionId = lab.newId();
    const fresh = freshToken(labId, sessionId);
    await sessions.addSession(tx, labId, { id: sessionId, userId, startedAt: now, expiresAt: expiryOf(lab, now) });
    await sessions.addToken(tx, fresh.token);
    tx.audit('user.login', userId, { sessionId, from: attempt.from }, userId);
    return { user, fresh };
  });
}

export async function login(ctx: Ctx, input: ParsedInput<typeof loginCall>): Promise<Tokens> {
  const { username, password } = input;
  const labId = await findLabId(ctx, input.lab?.trim() ?? '');
  if (labId === undefined) {
    await checkPassword(password, undefined);
    throw badLogin({});
  }
  const lab = ctx.asLab(labId, 'login');
  const guardKey = loginSha256(username);
  const name = toLoginName(username);
  const [guard, account] = await Promise.all([
    sessions.findGuard(lab.db, labId, guardKey),
    name === undefined ? undefined : store.findAccountToSignIn(lab.db, labId, name),
  ]);
  const waitSeconds = guard ? lockedForSeconds(guard, lab.now()) : 0;
  if (waitSeconds > 0) throw loginLocked({ retryAfterSeconds: waitSeconds });

  const attempt: Attempt = { loginSha256: guardKey, account, from: ctx.clientAddress };
  const { isRight, needsNewHash } = await checkPassword(password, account?.passwordHash);
  if (!account?.isActive || !isRight) throw await refuse(lab, attempt);
  const newHash = needsNewHash ? await hashPassword(password) : undefined;
  const now = lab.now();
  const outcome = await accept(ctx.asLab(labId, name), attempt, account.id, newHash, now);
  if (outcome instanceof ServiceError) throw outcome;
  return handOut(lab, outcome.user, outcome.fresh, now);
}
