import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { LabPolicies, setPolicies as setPoliciesCall } from '../contract.ts';
import * as store from '../partner-store.ts';
import { tellChanged } from './tell-changed.ts';

/** A policy left out stays as it is. The trail shows both values of each that changed. */
export async function setPolicies(ctx: Ctx, input: ParsedInput<typeof setPoliciesCall>): Promise<LabPolicies> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const before = await store.lockPolicies(tx, labId);
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const after = await store.savePolicies(tx, labId, { ...before, ...given });
    const changes = Object.entries(after)
      .map(
        ([policy, to]) => [policy, { from: new Map<string, unknown>(Object.entries(before)).get(policy), to }] as const,
      )
      .filter(([, { from, to }]) => from !== to);
    if (changes.length === 0) return after;
    tx.audit('organization.set_policies', labId, { changes: Object.fromEntries(changes) }, labId);
    await tellChanged(ctx, tx);
    return after;
  });
}
