import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { findLikely as likelyCall, LikelyPatient } from '../contract.ts';
import { toBornOn } from '../domain/born-on.ts';
import { cleanContact } from '../domain/contact.ts';
import { likenessOf } from '../domain/likeness.ts';
import { nameSound } from '../domain/name-sound.ts';
import * as store from '../store.ts';

const MOST_SHOWN = 20;

/** The day of birth may not be known yet while the desk is typing; all else is checked as at registration. */
export async function findLikely(ctx: Ctx, input: ParsedInput<typeof likelyCall>): Promise<readonly LikelyPatient[]> {
  const { name, sex } = input;
  const { mobile } = cleanContact({ name, mobile: input.mobile ?? null, email: null, address: null });
  const [bornOn, age] = [input.bornOn ?? null, input.age ?? null];
  const born =
    bornOn === null && age === null ? { bornOn: null, isBornOnApproximate: false } : toBornOn(bornOn, age, ctx.now());
  const wanted = { name, sex, mobile, abhaNumber: input.abhaNumber ?? null, ...born };
  const candidates = await store.findCandidates(ctx.db, ctx.labId(), { ...wanted, nameSound: nameSound(name) });
  return candidates
    .flatMap((patient) => {
      const likeness = likenessOf(wanted, patient);
      return likeness ? [{ patient, score: likeness.score, reasons: [...likeness.reasons] }] : [];
    })
    .sort((a, b) => b.score - a.score || (a.patient.registeredAt < b.patient.registeredAt ? 1 : -1))
    .slice(0, MOST_SHOWN);
}
