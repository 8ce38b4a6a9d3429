import { getPartners } from '#contract/organization.ts';
import type { PartnerView } from '#contract/organization.ts';
import type { Ctx } from '#platform/service.ts';

import { notReferralLab } from '../contract.ts';

/** @throws sample.not_referral_lab when one of the ids names none that is active */
export async function checkReferralLabs(ctx: Ctx, ids: readonly string[]): Promise<readonly PartnerView[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const partners = await ctx.callAsSystem(getPartners, { ids: wanted });
  const labs = partners.filter((partner) => partner.kind === 'referral_lab' && partner.isActive);
  if (labs.length < wanted.length) throw notReferralLab({});
  return labs;
}
