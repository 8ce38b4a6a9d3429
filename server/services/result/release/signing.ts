// Signing needs an identity confirmed just now, unless the lab asks for none (lab-day 52).
import { checkSigning } from '#contract/user.ts';
import type { Ctx } from '#platform/service.ts';

import type { ReleasePolicies } from './policies.ts';

/** Asked as the person who signs, for the token is bound to person and session. @throws user.not_confirmed */
export async function mustConfirm(
  ctx: Ctx,
  { signingMinutes }: ReleasePolicies,
  signingToken: string | null,
): Promise<void> {
  if (signingMinutes > 0) await ctx.call(checkSigning, { signingToken });
}
