// What follows from a change of an instrument: whether its results are held, who is told, and when it is looked at again.
import { calendarDay } from '@nidaan/values';

import { getPolicies } from '#contract/organization.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { equipmentChanged, instrumentBlocked, instrumentUnblocked } from './contract.ts';
import { blockOf, startOfTomorrow } from './domain/due-days.ts';
import { findOverdueJob } from './jobs/job-types.ts';
import * as store from './store.ts';
import type { InstrumentRow } from './store.ts';

/** Asked before the transaction, so that no lock waits for another service. */
export async function overdueHolds(ctx: Ctx): Promise<boolean> {
  return (await ctx.callAsSystem(getPolicies, {})).overdueCalibrationHolds;
}

/** Writes a changed row with what follows from it. */
export async function settle(
  ctx: Ctx,
  tx: Tx,
  before: InstrumentRow,
  after: InstrumentRow,
  holdsWhenOverdue: boolean,
): Promise<InstrumentRow> {
  const at = ctx.now();
  const blockedReason = blockOf(after, calendarDay(at), holdsWhenOverdue);
  const blockedSince = blockedReason === null ? null : before.blockedReason === null ? at : before.blockedSince;
  const saved = await store.changeInstrument(tx, ctx.labId(), { ...after, blockedReason, blockedSince });
  if (saved.status !== before.status || saved.messageName !== before.messageName) tellChanged(tx, saved, at);
  tellBlock(tx, before.blockedReason, saved, at);
  lookAgain(ctx, tx, saved);
  return saved;
}

export function tellChanged(tx: Tx, { id, messageName, status }: InstrumentRow, at: string): void {
  tx.emit(equipmentChanged, id, { instrumentId: id, instrument: messageName, status, at });
}

/** Once when it is blocked and once when it is free, whatever the reason became in between. */
function tellBlock(tx: Tx, reasonBefore: string | null, saved: InstrumentRow, at: string): void {
  const { id, messageName: instrument, blockedReason: reason } = saved;
  if (reason === reasonBefore) return;
  tx.audit('equipment.block', id, { instrument, from: reasonBefore, to: reason }, id);
  if (reasonBefore === null && reason !== null)
    tx.emit(instrumentBlocked, id, { instrumentId: id, instrument, reason, at });
  if (reasonBefore !== null && reason === null) tx.emit(instrumentUnblocked, id, { instrumentId: id, instrument, at });
}

/** One job a lab and day, as long as a calibration of the lab can become overdue. */
export function lookAgain(ctx: Ctx, tx: Tx, { calibrationDueOn, status }: InstrumentRow): void {
  if (calibrationDueOn === null || status === 'retired') return;
  const dueAt = startOfTomorrow(calendarDay(ctx.now()));
  tx.schedule(findOverdueJob, { dueAt }, { key: `equipment.find_overdue ${ctx.labId()} ${dueAt}`, runAt: dueAt });
}

/** Looks at every instrument of the lab again: another day has begun, or another policy holds. */
export async function settleAll(ctx: Ctx): Promise<void> {
  const holdsWhenOverdue = await overdueHolds(ctx);
  await ctx.transaction(async (tx) => {
    const today = calendarDay(ctx.now());
    for (const row of await store.lockInUse(tx, ctx.labId())) {
      if (blockOf(row, today, holdsWhenOverdue) === row.blockedReason) lookAgain(ctx, tx, row);
      else await settle(ctx, tx, row, row, holdsWhenOverdue);
    }
  });
}
