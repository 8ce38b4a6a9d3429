import { calendarDay, INDIA, parseLabValue } from '@nidaan/values';

import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { askUnits, pairIn } from '../ask-units.ts';
import type { takeControls as takeControlsCall } from '../contract.ts';
import * as controls from '../control-store.ts';
import { lotOf } from '../domain/sample-ids.ts';
import { isSameUnit } from '../domain/unit.ts';
import * as store from '../store.ts';
import type { LotRow, NewPair } from '../store.ts';
import { pairsOf, writeControls } from './write-controls.ts';
import type { MeasuredControl } from './write-controls.ts';

type Outcome = CallOutput<typeof takeControlsCall>[number]['outcome'];
type Observation = ParsedInput<typeof takeControlsCall>['observations'][number];

/** From analyzers: each observation has its own fate; one that comes twice is recorded once. */
export async function takeControls(
  ctx: Ctx,
  { observations }: ParsedInput<typeof takeControlsCall>,
): Promise<CallOutput<typeof takeControlsCall>> {
  const lots = (await store.allLots(ctx.db, ctx.labId())).filter(({ isActive }) => isActive);
  const units = await askUnits(ctx, observations);
  const outcomes = new Map<string, Outcome>();
  const measured = [...new Map(observations.map((each) => [each.key, each])).values()].flatMap((each) => {
    const control = prepare(ctx, lots, units, each);
    if (typeof control !== 'string') return [control];
    outcomes.set(each.key, control);
    return [];
  });
  if (measured.length > 0)
    await ctx.transaction(async (tx) => {
      const pairs = await store.lockPairs(tx, ctx.labId(), pairsOf(measured));
      const there = await controls.controlsByKey(
        tx,
        ctx.labId(),
        measured.map(({ key }) => key),
      );
      const known = new Set(there.map(({ key }) => key));
      for (const { key } of measured) outcomes.set(key, known.has(key) ? 'repeated' : 'recorded');
      await writeControls(
        ctx,
        tx,
        pairs,
        measured.filter(({ key }) => !known.has(key)),
      );
    });
  return observations.map(({ key }) => ({ key, outcome: outcomes.get(key) ?? 'unknown_lot' }));
}

function prepare(
  ctx: Ctx,
  lots: readonly LotRow[],
  units: readonly NewPair[],
  each: Observation,
): MeasuredControl | Outcome {
  const now = ctx.now();
  const sent = each.measuredAt === null ? now : new Date(each.measuredAt).toISOString();
  // A clock that runs ahead would put this control behind all that come until then.
  const measuredAt = sent > now ? now : sent;
  const lot = lotOf(lots, each.sampleId);
  if (lot === undefined || lot.expiresOn < calendarDay(measuredAt, INDIA)) return 'unknown_lot';
  const read = parseLabValue(each.value);
  if (read.kind !== 'number' || read.number === undefined) return 'not_numeric';
  const pair = pairIn(units, each);
  if (pair === undefined || !isSameUnit(each.unit, pair.ucum, pair.unit)) return 'unit_mismatch';
  return {
    key: each.key,
    lot,
    pair,
    value: read.number,
    measuredAt,
    by: each.instrument,
    messageId: each.messageId,
    reagentLot: each.reagentLot,
    note: null,
    runId: null,
  };
}
