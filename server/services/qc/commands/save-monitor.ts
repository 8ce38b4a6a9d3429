// Patient averages: what is drawn, how, and within which limits.
import { calendarDay, compareDecimal, INDIA } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { askUnits } from '../ask-units.ts';
import { limitsCrossed, monitorNotFound, staleQc, tooFewDays, unknownAnalyteOfControl } from '../contract.ts';
import type {
  MonitorView,
  saveMonitor as saveMonitorCall,
  setMonitorLimits as setMonitorLimitsCall,
} from '../contract.ts';
import { limitsFromDays, MIN_DAYS_FOR_LIMITS } from '../domain/patient-average.ts';
import { decimalText } from '../domain/statistics.ts';
import * as patients from '../patient-store.ts';
import type { MonitorRow, NewMonitor } from '../patient-store.ts';
import * as store from '../store.ts';

export function monitorView({ seriesFrom: _from, isOut: _out, ...view }: MonitorRow): MonitorView {
  return view;
}

/** Another way to make the figure begins a series of its own, and its limits no longer fit. */
export async function saveMonitor(ctx: Ctx, input: ParsedInput<typeof saveMonitorCall>): Promise<MonitorView> {
  const { instrument, analyteCode } = input;
  const [known] = await askUnits(ctx, [{ instrument, analyteCode }]);
  if (known === undefined) throw unknownAnalyteOfControl({ analyteCode });
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    // The monitor before the pair, in the order of whoever follows it.
    const before = input.id === undefined ? undefined : await patients.lockMonitor(tx, labId, input.id);
    await store.lockPairs(tx, labId, [known]);
    if (before === undefined && typeof input.expectedVersion === 'number') throw monitorNotFound({});
    const wanted = merge(ctx, input, before);
    if (before !== undefined && isSame(before, wanted)) return monitorView(before);
    if (before !== undefined && before.version !== input.expectedVersion) throw staleQc({ version: before.version });
    const monitor =
      before === undefined
        ? await patients.addMonitor(tx, labId, wanted)
        : await patients.changeMonitor(tx, labId, wanted);
    const { seriesFrom: _, ...facts } = wanted;
    tx.audit('qc.save_monitor', monitor.id, { ...facts, before: before ? monitorView(before) : null }, monitor.id);
    return monitorView(monitor);
  });
}

function merge(ctx: Ctx, input: ParsedInput<typeof saveMonitorCall>, before: MonitorRow | undefined): NewMonitor {
  const { method, block, onAlarm, isOn } = input;
  const truncateLow = input.truncateLow ?? null;
  const truncateHigh = input.truncateHigh ?? null;
  const isSameSeries =
    before !== undefined &&
    before.method === method &&
    before.block === block &&
    before.truncateLow === truncateLow &&
    before.truncateHigh === truncateHigh;
  const isByHand = typeof input.low === 'string' || typeof input.high === 'string';
  if (isByHand && (typeof input.low !== 'string' || typeof input.high !== 'string')) throw limitsCrossed({});
  for (const [low, high] of [
    [truncateLow, truncateHigh],
    [input.low ?? null, input.high ?? null],
  ] as const)
    if (low !== null && high !== null && compareDecimal(low, high) > 0) throw limitsCrossed({});
  const kept = isSameSeries ? before : { low: null, high: null, limitsFrom: 'none' as const };
  return {
    id: before?.id ?? input.id ?? ctx.newId(),
    // The pair of a monitor stays: its series is that pair's.
    instrument: before?.instrument ?? input.instrument,
    analyteCode: before?.analyteCode ?? input.analyteCode,
    method,
    block,
    truncateLow,
    truncateHigh,
    low: isByHand ? (input.low ?? null) : kept.low,
    high: isByHand ? (input.high ?? null) : kept.high,
    limitsFrom: isByHand ? 'hand' : kept.limitsFrom,
    onAlarm,
    isOn,
    seriesFrom: isSameSeries ? before.seriesFrom : ctx.now(),
  };
}

function isSame(before: MonitorRow, wanted: NewMonitor): boolean {
  return (
    before.method === wanted.method &&
    before.block === wanted.block &&
    before.truncateLow === wanted.truncateLow &&
    before.truncateHigh === wanted.truncateHigh &&
    before.low === wanted.low &&
    before.high === wanted.high &&
    before.onAlarm === wanted.onAlarm &&
    before.isOn === wanted.isOn
  );
}

const DAY_MS = 86_400_000;

export async function setMonitorLimits(
  ctx: Ctx,
  { monitorId, expectedVersion, falseAlarmShare, days }: ParsedInput<typeof setMonitorLimitsCall>,
): Promise<MonitorView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const before = await patients.lockMonitor(tx, labId, monitorId);
    if (before === undefined) throw monitorNotFound({});
    if (before.version !== expectedVersion) throw staleQc({ version: before.version });
    const now = ctx.now();
    const found = await patients.daysInControl(tx, labId, {
      monitorId,
      seriesFrom: before.seriesFrom,
      from: calendarDay(new Date(Date.parse(now) - days * DAY_MS).toISOString(), INDIA),
      // Today is not over: its extremes are not known.
      before: calendarDay(now, INDIA),
    });
    const limits = limitsFromDays(found, falseAlarmShare);
    if (limits === null) throw tooFewDays({ days: found.length, needed: MIN_DAYS_FOR_LIMITS });
    const monitor = await patients.changeMonitor(tx, labId, {
      ...before,
      low: decimalText(limits.low, 4),
      high: decimalText(limits.high, 4),
      limitsFrom: 'own_days',
    });
    const facts = { low: monitor.low, high: monitor.high, days: found.length, falseAlarmShare };
    tx.audit('qc.set_monitor_limits', monitorId, { ...facts, before: [before.low, before.high] }, monitorId);
    return monitorView(monitor);
  });
}
