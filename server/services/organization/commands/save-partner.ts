import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { PartnerView, savePartner as savePartnerCall } from '../contract.ts';
import { campDays, stalePartner } from '../contract.ts';
import * as store from '../partner-store.ts';
import { tellChanged } from './tell-changed.ts';

type Input = ParsedInput<typeof savePartnerCall>;

/** @throws organization.camp_days when a camp has no days, or another kind has some */
function factsOf(input: Input, id: string): store.PartnerFacts {
  const fromDay = input.fromDay ?? null;
  const toDay = input.toDay ?? null;
  const isCamp = input.kind === 'camp';
  if (isCamp ? fromDay === null || toDay === null || fromDay > toDay : fromDay !== null || toDay !== null)
    throw campDays({});
  const { kind, code, name, isActive } = input;
  return { id, kind, code, name, phone: input.phone ?? null, email: input.email ?? null, fromDay, toDay, isActive };
}

function isSame(partner: PartnerView, facts: store.PartnerFacts): boolean {
  const { version: _, ...held } = partner;
  const wanted = new Map<string, unknown>(Object.entries(facts));
  return Object.entries(held).every(([field, value]) => wanted.get(field) === value);
}

/** Adds a partner, or changes one. Adding sent twice with one id adds once. */
export async function savePartner(ctx: Ctx, input: Input): Promise<PartnerView> {
  const labId = ctx.labId();
  const facts = factsOf(input, input.id ?? ctx.newId());
  return ctx.transaction(async (tx) => {
    const added = await store.addPartner(tx, labId, facts);
    if (added) {
      tx.audit('organization.add_partner', added.id, { kind: added.kind, code: added.code }, added.id);
      await tellChanged(ctx, tx);
      return added;
    }
    const before = await store.lockPartner(tx, labId, facts.id);
    if (!before) throw new Error('A partner that could not be added is not there');
    if (isSame(before, facts)) return before;
    if (before.version !== input.expectedVersion) throw stalePartner({ version: before.version });
    const partner = await store.savePartner(tx, labId, facts);
    tx.audit('organization.change_partner', partner.id, { before, after: partner }, partner.id);
    await tellChanged(ctx, tx);
    return partner;
  });
}
