// Setting up and switching off one's own second factor.
import { randomBytes } from 'node:crypto';

import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import { unauthenticated } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type {
  confirmSecondFactor as confirmCall,
  disableSecondFactor as disableCall,
  enrolSecondFactor as enrolCall,
} from '../contract.ts';
import { badCode, noSecondFactor, secondFactorOn } from '../contract.ts';
import { cleanCode, newSecret, recoveryCodes, secretUri, stepOfCode } from '../second-factor.ts';
import * as factors from '../factor-store.ts';
import { openSecret, recoveryCodeHmac, sealSecret } from '../secret-box.ts';
import { withProof } from './confirm-identity.ts';

export async function enrolSecondFactor(
  ctx: Ctx,
  { password }: ParsedInput<typeof enrolCall>,
): Promise<CallOutput<typeof enrolCall>> {
  return withProof(ctx, password, undefined, async (tx, { account }, { labId, userId }) => {
    const secret = newSecret();
    const isBegun = await factors.beginFactor(tx, labId, userId, sealSecret(ctx.config.authSecret, userId, secret));
    if (!isBegun) throw secondFactorOn({});
    tx.audit('user.enrol_second_factor', userId, {}, userId);
    return { secret, uri: secretUri(secret, account.username) };
  });
}

export async function confirmSecondFactor(
  ctx: Ctx,
  { code }: ParsedInput<typeof confirmCall>,
): Promise<CallOutput<typeof confirmCall>> {
  const { userId } = ctx.actor;
  if (userId === null) throw unauthenticated({});
  const labId = ctx.labId();
  const { authSecret } = ctx.config;
  return ctx.transaction(async (tx) => {
    const factor = await factors.lockFactor(tx, labId, userId);
    if (!factor) throw noSecondFactor({});
    if (factor.confirmedAt !== null) throw secondFactorOn({});
    const secret = openSecret(authSecret, userId, factor.sealedSecret);
    const step = secret === undefined ? undefined : stepOfCode(secret, cleanCode(code), Date.parse(ctx.now()));
    if (step === undefined) throw badCode({});
    const codes = recoveryCodes(randomBytes(100));
    const hmacs = codes.map((each) => recoveryCodeHmac(authSecret, userId, each));
    await factors.confirmFactor(tx, labId, userId, ctx.now(), step, hmacs);
    tx.audit('user.confirm_second_factor', userId, {}, userId);
    return { recoveryCodes: [...codes] };
  });
}

export async function disableSecondFactor(
  ctx: Ctx,
  { password }: ParsedInput<typeof disableCall>,
): Promise<CallOutput<typeof disableCall>> {
  return withProof(ctx, password, undefined, async (tx, _proof, { labId, userId }) => {
    const wasOn = await factors.dropFactor(tx, labId, userId);
    if (wasOn) tx.audit('user.disable_second_factor', userId, {}, userId);
    return { wasOn };
  });
}
