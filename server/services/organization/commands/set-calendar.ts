import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { LabCalendar, setCalendar as setCalendarCall } from '../contract.ts';
import { inCalendarOrder } from '../domain/calendar-rules.ts';
import * as store from '../partner-store.ts';
import { tellChanged } from './tell-changed.ts';

export async function setCalendar(ctx: Ctx, input: ParsedInput<typeof setCalendarCall>): Promise<LabCalendar> {
  const labId = ctx.labId();
  const calendar = inCalendarOrder(input);
  return ctx.transaction(async (tx) => {
    const saved = await store.saveCalendar(tx, labId, calendar);
    tx.audit('organization.set_calendar', labId, { week: saved.week, holidays: saved.holidays.length }, labId);
    await tellChanged(ctx, tx);
    return saved;
  });
}
