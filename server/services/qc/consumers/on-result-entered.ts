// Patient-based QC: each value an analyzer gave moves the figure of its pair on, where one is drawn.
import { calendarDay, INDIA, isDecimal } from '@nidaan/values';

import { getResults } from '#contract/result.ts';
import type { ResultView, resultEntered } from '#contract/result.ts';
import { inBatches } from '#platform/batches.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { openHold } from '../commands/judge-pair.ts';
import { patientAlarm } from '../contract.ts';
import * as controls from '../control-store.ts';
import { isCounted, moveOn } from '../domain/patient-average.ts';
import type { MovingSettings, Step } from '../domain/patient-average.ts';
import { decimalText } from '../domain/statistics.ts';
import * as patients from '../patient-store.ts';
import type { MonitorRow, NewPatientValue, PatientValue } from '../patient-store.ts';
import * as store from '../store.ts';

/** Results in one call. */
const BATCH = 500;

export async function onResultEntered(ctx: Ctx, { items }: EventPayload<typeof resultEntered>): Promise<void> {
  // A rerun is the same patient's blood again; what was typed or calculated no analyzer gave.
  const given = items.filter(({ source, isRerun }) => !isRerun && source !== 'manual' && source !== 'calculated');
  if (given.length === 0) return;
  const pairs = given.map(({ source, analyteCode }) => ({ instrument: source, analyteCode }));
  const monitors = await patients.monitorsOf(ctx.db, ctx.labId(), pairs);
  const wanted = given.filter(({ source, analyteCode }) =>
    monitors.some((monitor) => monitor.instrument === source && monitor.analyteCode === analyteCode),
  );
  if (wanted.length === 0) return;
  const resultIds = wanted.map(({ resultId }) => resultId);
  const results = await inBatches(resultIds, BATCH, (ids) => ctx.callAsSystem(getResults, { ids }));
  await ctx.transaction(async (tx) => {
    for (const { id } of monitors) {
      const monitor = await patients.lockMonitor(tx, ctx.labId(), id);
      if (monitor?.isOn) await follow(ctx, tx, monitor, results);
    }
  });
}

export function settingsOf(monitor: MonitorRow): MovingSettings {
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  const { method, block } = monitor;
  return { method, block, truncateLow: number(monitor.truncateLow), truncateHigh: number(monitor.truncateHigh) };
}

async function follow(ctx: Ctx, tx: Tx, monitor: MonitorRow, results: readonly ResultView[]): Promise<void> {
  const labId = ctx.labId();
  const settings = settingsOf(monitor);
  const ofPair = results.filter(
    ({ analyteCode, source }) => analyteCode === monitor.analyteCode && source === monitor.instrument,
  );
  const known = await patients.knownResults(
    tx,
    labId,
    monitor.id,
    ofPair.map(({ id }) => id),
  );
  const fresh = ofPair.flatMap(({ id, value, enteredAt }) => {
    // A bound is no number, and a value that has gone meanwhile is none either.
    const isNumber = value !== null && isDecimal(value) && isCounted(settings, Number(value));
    return !isNumber || known.has(id) ? [] : [{ id, value: Number(value), at: enteredAt ?? ctx.now() }];
  });
  if (fresh.length === 0) return;
  const before = await tx.rows<PatientValue>(
    patients.seriesQuery(labId, {
      monitorId: monitor.id,
      from: monitor.seriesFrom,
      before: null,
      limit: monitor.block,
    }),
  );
  const recent = before.toReversed().map(({ value }) => value);
  let step: Step | null = before[0] ?? null;
  let isOut = monitor.isOut;
  const rows: NewPatientValue[] = [];
  for (const { id, value, at } of fresh.toSorted((a, b) => a.at.localeCompare(b.at))) {
    step = moveOn(settings, step, recent, value);
    recent.push(value);
    const { figure, filled, carried } = step;
    const isBeyond = isBeyondLimits(monitor, figure);
    rows.push({ resultId: id, at, day: calendarDay(at, INDIA), value, filled, figure, carried, isAlarm: isBeyond });
    // Told when it goes out, not for each value while it is.
    if (isBeyond && !isOut && figure !== null) await alarm(ctx, tx, monitor, { figure, resultId: id });
    isOut = isBeyond;
  }
  await patients.addValues(tx, labId, monitor.id, rows);
  if (isOut !== monitor.isOut) await patients.setOut(tx, labId, monitor.id, isOut);
}

function isBeyondLimits({ low, high }: MonitorRow, figure: number | null): boolean {
  return figure !== null && low !== null && high !== null && (figure < Number(low) || figure > Number(high));
}

async function alarm(
  ctx: Ctx,
  tx: Tx,
  monitor: MonitorRow,
  { figure, resultId }: { readonly figure: number; readonly resultId: string },
): Promise<void> {
  const labId = ctx.labId();
  const { instrument, analyteCode } = monitor;
  const id = ctx.newId();
  const at = ctx.now();
  const holdId = monitor.onAlarm === 'hold' ? await holdPair(ctx, tx, monitor, id, at) : null;
  await patients.addAlarm(tx, labId, {
    id,
    monitorId: monitor.id,
    instrument,
    analyteCode,
    at,
    figure: decimalText(figure, 4) ?? '0',
    low: monitor.low ?? '0',
    high: monitor.high ?? '0',
    resultId,
    holdId,
  });
  tx.audit('qc.patient_alarm', monitor.id, { instrument, analyteCode, resultId, holdId }, holdId ?? monitor.id);
  tx.emit(patientAlarm, monitor.id, { monitorId: monitor.id, instrument, analyteCode, resultId, holdId, at });
}

/** As after a rejected control, with no rule named; one that is held already stays as it is. */
async function holdPair(ctx: Ctx, tx: Tx, monitor: MonitorRow, alarmId: string, at: string): Promise<string | null> {
  const [pair] = await store.lockPairs(tx, ctx.labId(), [{ ...monitor, unit: '', ucum: null }]);
  if (pair === undefined) return null;
  if (pair.holdId !== null) return pair.holdId;
  const lastGoodAt = await controls.lastGoodBefore(tx, ctx.labId(), pair, at);
  const hold = await openHold(ctx, tx, pair, { rules: [], runId: alarmId, since: at, lastFailedAt: at, lastGoodAt });
  return hold.id;
}
