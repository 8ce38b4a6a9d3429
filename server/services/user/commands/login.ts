// A wrong lab, login name or password gets the same answer after about the same work; how it is checked and counted is in
// prove-identity.ts.
import { findLab } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { login as loginCall, Tokens, UserView } from '../contract.ts';
import { badLogin, passwordChangeNeeded, samePassword } from '../contract.ts';
import { loginSha256, toLoginName } from '../domain/login-name.ts';
import { checkPassword, hashPassword } from '../password.ts';
import * as sessions from '../session-store.ts';
import * as store from '../store.ts';
import type { FreshToken } from './open-session.ts';
import { expiryOf, freshToken, handOut } from './open-session.ts';
import type { Attempt, Proof } from './prove-identity.ts';
import { prove, useProof } from './prove-identity.ts';

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

interface Opened {
  readonly user: UserView;
  readonly fresh: FreshToken;
}

/** Opens a session, with a new password where one was asked for and given. */
async function open(
  lab: Ctx,
  attempt: Attempt,
  proof: Proof,
  newPasswordHash: string | undefined,
  now: string,
): Promise<Opened | ServiceError> {
  const labId = lab.labId();
  const userId = proof.account.id;
  return lab.transaction(async (tx) => {
    const refusal = await useProof(tx, lab, attempt, proof, {
      forWriting: newPasswordHash !== undefined || proof.newHash !== undefined,
    });
    if (refusal) return refusal;
    const user =
      newPasswordHash === undefined
        ? await store.getAccount(tx, labId, userId)
        : await store.setPassword(tx, labId, userId, newPasswordHash, { mustChange: false });
    if (!user) throw new Error('An account that was held is gone');
    if (newPasswordHash !== undefined) tx.audit('user.change_password', userId, { wasForced: true }, userId);
    await sessions.forgetSessionsOf(tx, labId, userId, new Date(Date.parse(now) - SESSION_KEPT_MS).toISOString());
    const sessionId = lab.newId();
    const fresh = freshToken(labId, sessionId);
    await sessions.addSession(tx, labId, { id: sessionId, userId, startedAt: now, expiresAt: expiryOf(lab, now) });
    await sessions.addToken(tx, fresh.token);
    tx.audit('user.login', userId, { sessionId, from: attempt.from }, userId);
    return { user, fresh };
  });
}

/**
 * Opens a session. A password set by an administrator opens one only together with a new password of the person's own.
 * @throws user.second_factor_needed | user.password_change_needed when the password is right and that is missing
 */
export async function login(ctx: Ctx, input: ParsedInput<typeof loginCall>): Promise<Tokens> {
  const { username, password } = input;
  const labId = await findLabId(ctx, input.lab?.trim() ?? '');
  if (labId === undefined) {
    await checkPassword(password, undefined);
    throw badLogin({});
  }
  const lab = ctx.asLab(labId, 'login');
  const name = toLoginName(username);
  const account = name === undefined ? undefined : await store.findAccountToSignIn(lab.db, labId, name);
  const attempt: Attempt = {
    loginSha256: loginSha256(username),
    account,
    from: ctx.clientAddress,
    act: 'user.login_failed',
  };
  const proof = await prove(lab, attempt, password, input.code ?? null);
  let newPasswordHash: string | undefined;
  if (proof.account.mustChangePassword) {
    const newPassword = input.newPassword ?? null;
    if (newPassword === null) throw passwordChangeNeeded({});
    if (newPassword === password) throw samePassword({});
    newPasswordHash = await hashPassword(newPassword);
  }
  const now = lab.now();
  const outcome = await open(ctx.asLab(labId, name), attempt, proof, newPasswordHash, now);
  if (outcome instanceof ServiceError) throw outcome;
  return handOut(lab, outcome.user, outcome.fresh, now);
}
