import { calendarDay, INDIA, parseLabValue } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { askUnits, pairIn } from '../ask-units.ts';
import {
  controlNotNumeric,
  controlTwice,
  lotNotFound,
  lotNotUsable,
  measuredInFuture,
  runDiffers,
  unknownAnalyteOfControl,
} from '../contract.ts';
import type { ControlRunView, recordControls as recordControlsCall } from '../contract.ts';
import * as controls from '../control-store.ts';
import type { ControlRow } from '../control-store.ts';
import * as store from '../store.ts';
import type { LotRow } from '../store.ts';
import { controlView } from '../views.ts';
import { pairsOf, writeControls } from './write-controls.ts';
import type { MeasuredControl } from './write-controls.ts';

type Input = ParsedInput<typeof recordControlsCall>;

/** A clock at the bench may run a little ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/** By hand: all values of one run, judged together. The same run sent again gives what it came to the first time. */
export async function recordControls(ctx: Ctx, input: Input): Promise<ControlRunView[]> {
  const runId = input.runId ?? ctx.newId();
  const now = ctx.now();
  const measuredAt = input.measuredAt ? new Date(input.measuredAt).toISOString() : now;
  if (Date.parse(measuredAt) > Date.parse(now) + AHEAD_MS) throw measuredInFuture({});
  const { instrument } = input;
  const units = await askUnits(
    ctx,
    input.values.map(({ analyteCode }) => ({ instrument, analyteCode })),
  );
  return ctx.transaction(async (tx) => {
    const lots = await store.getLots(tx, ctx.labId(), [...new Set(input.values.map(({ lotId }) => lotId))]);
    const measured = input.values.map((each): MeasuredControl => {
      const { analyteCode } = each;
      const pair = pairIn(units, { instrument, analyteCode });
      if (pair === undefined) throw unknownAnalyteOfControl({ analyteCode });
      const lot = lots.find(({ id }) => id === each.lotId);
      if (lot === undefined) throw lotNotFound({});
      const read = parseLabValue(each.value);
      if (read.kind !== 'number' || read.number === undefined) throw controlNotNumeric({ analyteCode });
      return {
        key: `${runId}/${lot.id}/${analyteCode}`,
        lot,
        pair,
        value: read.number,
        measuredAt,
        by: ctx.actor.name,
        messageId: null,
        reagentLot: input.reagentLot ?? null,
        note: input.note ?? null,
        runId,
      };
    });
    const twice = measured.find(({ key }, at) => measured.some((other, before) => before < at && other.key === key));
    if (twice !== undefined) throw controlTwice({ analyteCode: twice.pair.analyteCode });
    const pairs = await store.lockPairs(tx, ctx.labId(), pairsOf(measured));
    const there = await controls.controlsOfRuns(tx, ctx.labId(), [runId]);
    if (there.length > 0) {
      if (!isSame(there, measured)) throw runDiffers({});
      return there.map(controlView);
    }
    for (const lot of lots) refuseUnusable(lot, calendarDay(measuredAt, INDIA));
    await writeControls(ctx, tx, pairs, measured);
    return readRun(tx, ctx.labId(), runId);
  });
}

async function readRun(tx: Tx, labId: string, runId: string): Promise<ControlRunView[]> {
  return (await controls.controlsOfRuns(tx, labId, [runId])).map(controlView);
}

function isSame(there: readonly ControlRow[], measured: readonly MeasuredControl[]): boolean {
  return (
    there.length === measured.length &&
    measured.every((each) =>
      there.some(({ key, value, instrument }) => {
        return key === each.key && value === each.value && instrument === each.pair.instrument;
      }),
    )
  );
}

function refuseUnusable(lot: LotRow, day: string): void {
  if (!lot.isActive) throw lotNotUsable({ lotId: lot.id, why: 'not active' });
  if (lot.expiresOn < day) throw lotNotUsable({ lotId: lot.id, why: `expired on ${lot.expiresOn}` });
}
