import type { Ctx } from '#platform/service.ts';

import type { LabCalendar, LabPolicies } from '../contract.ts';
import { alwaysOpen } from '../domain/calendar-rules.ts';
import * as store from '../partner-store.ts';

/** What a lab does that never said otherwise; the defaults of the table say the same. */
export const usualPolicies: LabPolicies = {
  fourEyes: true,
  signingMinutes: 10,
  criticalCallMinutes: 30,
  overdueCalibrationHolds: true,
  sampleRetentionDays: 7,
};

export async function getPolicies(ctx: Ctx): Promise<LabPolicies> {
  return (await store.getPolicies(ctx.db, ctx.labId())) ?? usualPolicies;
}

export async function getCalendar(ctx: Ctx): Promise<LabCalendar> {
  return (await store.getCalendar(ctx.db, ctx.labId())) ?? alwaysOpen();
}
