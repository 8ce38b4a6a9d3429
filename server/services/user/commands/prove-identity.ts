// Somebody proves who they are: at login, before signing, before their password or second factor changes. One lock-out
// counts for all of it. Passwords are checked outside any transaction, since that takes long; the guard is read before and
// judged again after, under its lock, so that many guesses sent at once count one by one and a right one that comes after
// the lock is refused like the rest.
import type { ServiceError } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { badLogin, codeUsed, loginLocked, secondFactorNeeded } from '../contract.ts';
import { afterFailure, FORGOTTEN_AFTER_MS, lockedForSeconds } from '../domain/login-guard.ts';
import { cleanCode, stepOfCode } from '../second-factor.ts';
import * as factors from '../factor-store.ts';
import { checkPassword, hashPassword } from '../password.ts';
import { openSecret, recoveryCodeHmac } from '../secret-box.ts';
import * as sessions from '../session-store.ts';
import type { AccountToSignIn } from '../store.ts';
import * as store from '../store.ts';

export interface Attempt {
  readonly loginSha256: string;
  /** The account the name belongs to, if any. */
  readonly account: AccountToSignIn | undefined;
  /** IP address as the gateway saw it, for the trail; empty when unknown. */
  readonly from: string;
  /** What a wrong password is called in the trail. */
  readonly act: 'user.login_failed' | 'user.confirmation_failed';
}

type FactorUse = { readonly step: number } | { readonly codeHmac: string };

export interface Proof {
  readonly account: AccountToSignIn;
  /** The same password with the work asked for now, when it was kept with less. */
  readonly newHash: string | undefined;
  readonly factor: FactorUse | undefined;
}

/** Counts a wrong password or code and returns the refusal. */
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
    tx.audit(attempt.act, entityId, { isKnown, failures: guard.failures, from: attempt.from }, entityId);
    if (guard.lockedUntil !== null)
      tx.audit('user.login_locked', entityId, { isKnown, until: guard.lockedUntil }, entityId);
    return badLogin({});
  });
}

/** Undefined when the code is neither the one of the hour nor a recovery code. */
async function readCode(lab: Ctx, account: AccountToSignIn, typed: string): Promise<FactorUse | undefined> {
  const code = cleanCode(typed);
  const secret = openSecret(lab.config.authSecret, account.id, account.sealedSecret ?? '');
  const step = secret === undefined ? undefined : stepOfCode(secret, code, Date.parse(lab.now()));
  if (step !== undefined) return { step };
  const codeHmac = recoveryCodeHmac(lab.config.authSecret, account.id, code);
  return (await factors.hasRecoveryCode(lab.db, lab.labId(), account.id, codeHmac)) ? { codeHmac } : undefined;
}

/**
 * Checks password and, where one is set up, second factor. A missing code is no wrong one and counts for nothing.
 * @param code null: none was given; undefined: none is asked for, the password is enough
 * @throws user.bad_login | user.login_locked | user.second_factor_needed
 */
export async function prove(
  lab: Ctx,
  attempt: Attempt,
  password: string,
  code: string | null | undefined,
): Promise<Proof> {
  const guard = await sessions.findGuard(lab.db, lab.labId(), attempt.loginSha256);
  const waitSeconds = guard ? lockedForSeconds(guard, lab.now()) : 0;
  if (waitSeconds > 0) throw loginLocked({ retryAfterSeconds: waitSeconds });
  const { account } = attempt;
  const { isRight, needsNewHash } = await checkPassword(password, account?.passwordHash);
  if (!account?.isActive || !isRight) throw await refuse(lab, attempt);
  let factor: FactorUse | undefined;
  if (account.sealedSecret !== null && code !== undefined) {
    if (code === null || code.trim() === '') throw secondFactorNeeded({});
    factor = await readCode(lab, account, code);
    if (!factor) throw await refuse(lab, attempt);
  }
  return { account, newHash: needsNewHash ? await hashPassword(password) : undefined, factor };
}

/**
 * Puts the proof to use in the transaction of what it is for: the count of wrong passwords starts anew, a code is used up.
 * Returns a refusal when the name was locked, the user disabled, the password changed or the code used since it was checked.
 */
export async function useProof(
  tx: Tx,
  lab: Ctx,
  attempt: Attempt,
  proof: Proof,
  hold: { readonly forWriting: boolean },
): Promise<ServiceError | undefined> {
  const labId = lab.labId();
  const now = lab.now();
  const { account, factor } = proof;
  const guard = await sessions.lockGuardIfAny(tx, labId, attempt.loginSha256);
  const waitSeconds = guard ? lockedForSeconds(guard, now) : 0;
  if (waitSeconds > 0) return loginLocked({ retryAfterSeconds: waitSeconds });
  if (!(await store.holdProven(tx, labId, account, hold))) return badLogin({});
  if (factor && 'step' in factor && !(await factors.useStep(tx, labId, account.id, factor.step))) return codeUsed({});
  if (factor && 'codeHmac' in factor) {
    if (!(await factors.useRecoveryCode(tx, labId, account.id, factor.codeHmac, now))) return codeUsed({});
    tx.audit('user.recovery_code_used', account.id, {}, account.id);
  }
  if (guard) await sessions.dropGuard(tx, labId, attempt.loginSha256);
  if (proof.newHash !== undefined) await store.replaceHash(tx, labId, account.id, account.passwordHash, proof.newHash);
  return undefined;
}
