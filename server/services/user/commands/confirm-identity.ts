import { getPolicies } from '#contract/organization.ts';
import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import { unauthenticated } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { checkSigning as checkCall, confirmIdentity as confirmCall } from '../contract.ts';
import { notConfirmed, userNotFound } from '../contract.ts';
import { loginSha256 } from '../domain/login-name.ts';
import type { Signer } from '../signing-token.ts';
import { makeSigningToken, readSigningToken } from '../signing-token.ts';
import * as store from '../store.ts';
import type { Proof } from './prove-identity.ts';
import { prove, useProof } from './prove-identity.ts';

/** The person of the actor's session; undefined for the system. */
function signerOf(ctx: Ctx): Signer | undefined {
  const { kind, userId, sessionId } = ctx.actor;
  if (kind !== 'user' || userId === null || sessionId === null) return undefined;
  return { userId, sessionId, labId: ctx.labId() };
}

/**
 * Lets the actor prove who they are again, and does `work` in the transaction that uses the proof up.
 * @param code as for prove()
 * @throws user.bad_login | user.login_locked | user.second_factor_needed | user.code_used
 */
export async function withProof<T>(
  ctx: Ctx,
  password: string,
  code: string | null | undefined,
  work: (tx: Tx, proof: Proof, signer: Signer) => Promise<T>,
): Promise<T> {
  const signer = signerOf(ctx);
  if (!signer) throw unauthenticated({});
  const account = await store.findAccountToConfirm(ctx.db, signer.labId, signer.userId);
  if (!account) throw userNotFound({});
  const attempt = {
    loginSha256: loginSha256(account.username),
    account,
    from: ctx.clientAddress,
    act: 'user.confirmation_failed',
  } as const;
  const proof = await prove(ctx, attempt, password, code);
  return ctx.transaction(async (tx) => {
    const refusal = await useProof(tx, ctx, attempt, proof, { forWriting: true });
    if (refusal) throw refusal;
    return work(tx, proof, signer);
  });
}

export async function confirmIdentity(
  ctx: Ctx,
  input: ParsedInput<typeof confirmCall>,
): Promise<CallOutput<typeof confirmCall>> {
  const { signingMinutes } = await ctx.callAsSystem(getPolicies, {});
  return withProof(ctx, input.password, input.code ?? null, async (tx, proof, signer) => {
    const made = await makeSigningToken(ctx.config.authSecret, signer, signingMinutes, Date.parse(ctx.now()));
    const facts = { expiresAt: made.expiresAt, hasSecondFactor: proof.factor !== undefined, from: ctx.clientAddress };
    tx.audit('user.confirm_identity', signer.userId, facts, signer.userId);
    return made;
  });
}

/** Where the lab asks for no confirmation, everybody signs with the session alone. */
export async function checkSigning(
  ctx: Ctx,
  { signingToken }: ParsedInput<typeof checkCall>,
): Promise<CallOutput<typeof checkCall>> {
  const { signingMinutes } = await ctx.callAsSystem(getPolicies, {});
  if (signingMinutes === 0) return { confirmedAt: null };
  const signer = signerOf(ctx);
  if (!signer || signingToken === null) throw notConfirmed({});
  const nowMs = Date.parse(ctx.now());
  const at = await readSigningToken(ctx.config.authSecret, signer, signingToken, signingMinutes, nowMs);
  if (at === undefined) throw notConfirmed({});
  return { confirmedAt: new Date(at).toISOString() };
}
