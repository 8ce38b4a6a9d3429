// Quality control and equipment hold an instrument's values, or let them go (lab-day 43): what is not signed of the bracket is
// held at once, what comes later as it comes, and what is signed is never touched: the look-back list is quality control's.
import type { instrumentBlocked, instrumentUnblocked } from '#contract/equipment.ts';
import type { qcCleared, qcFailed } from '#contract/qc.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { takeHoldNews } from '../release/owner-holds.ts';

/** Held since the last control that was good; all that is not signed when there was none. */
export function onQcFailed(ctx: Ctx, failed: EventPayload<typeof qcFailed>): Promise<void> {
  const { holdId: id, instrument, analyteCode, lastGoodAt: fromAt, rules, at: toldAt } = failed;
  const reason = `Control failed on ${instrument}: ${rules.join(', ')}`;
  return takeHoldNews(ctx, { hold: 'qc_failed', id, instrument, analyteCode, fromAt, isActive: true, reason, toldAt });
}

export function onQcCleared(ctx: Ctx, cleared: EventPayload<typeof qcCleared>): Promise<void> {
  const { holdId: id, instrument, analyteCode, lastGoodAt: fromAt, at: toldAt, by } = cleared;
  const reason = `Corrective action recorded by ${by}`;
  return takeHoldNews(ctx, { hold: 'qc_failed', id, instrument, analyteCode, fromAt, isActive: false, reason, toldAt });
}

/** From the moment it was blocked on, every analyte. */
export function onInstrumentBlocked(ctx: Ctx, blocked: EventPayload<typeof instrumentBlocked>): Promise<void> {
  const { instrumentId: id, instrument, reason: why, at: toldAt } = blocked;
  const reason = `${instrument} is blocked: ${why}`;
  const news = { hold: 'instrument_blocked', id, instrument, analyteCode: null, fromAt: toldAt } as const;
  return takeHoldNews(ctx, { ...news, isActive: true, reason, toldAt });
}

export function onInstrumentUnblocked(ctx: Ctx, freed: EventPayload<typeof instrumentUnblocked>): Promise<void> {
  const { instrumentId: id, instrument, at: toldAt } = freed;
  const news = { hold: 'instrument_blocked', id, instrument, analyteCode: null, fromAt: null } as const;
  return takeHoldNews(ctx, { ...news, isActive: false, reason: `${instrument} may be used again`, toldAt });
}
