// How the lab wants its results released. Asked before a transaction begins, so that no lock waits for another service.
import type { LabPolicies } from '#contract/organization.ts';
import { getPolicies } from '#contract/organization.ts';
import type { Ctx } from '#platform/service.ts';

export type ReleasePolicies = Pick<LabPolicies, 'fourEyes' | 'signingMinutes' | 'criticalCallMinutes'>;

export function policiesOf(ctx: Ctx): Promise<ReleasePolicies> {
  return ctx.callAsSystem(getPolicies, {});
}
