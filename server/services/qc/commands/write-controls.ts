// Writes control values, by hand or from analyzers, and judges them: one transaction, each pair locked first, so that two at once
// see each other.
import type { Ctx, Tx } from '#platform/service.ts';

import { controlMeasured } from '../contract.ts';
import * as controls from '../control-store.ts';
import type { NewControl } from '../control-store.ts';
import { joined, runOf } from '../domain/place-in-run.ts';
import type { Run } from '../domain/place-in-run.ts';
import { zScore } from '../domain/statistics.ts';
import { targetAt } from '../domain/targets.ts';
import * as store from '../store.ts';
import type { LotRow, NewPair, PairRow } from '../store.ts';
import { judgePair } from './judge-pair.ts';

export interface MeasuredControl {
  readonly key: string;
  readonly lot: Pick<LotRow, 'id' | 'level'>;
  readonly pair: NewPair;
  /** Plain decimal. */
  readonly value: string;
  readonly measuredAt: string;
  readonly by: string;
  readonly messageId: string | null;
  readonly reagentLot: string | null;
  readonly note: string | null;
  /** Null: joins the pair's run of its time, or begins one. */
  readonly runId: string | null;
}

/** The distinct pairs, for locking. */
export function pairsOf(measured: readonly MeasuredControl[]): readonly NewPair[] {
  return [...Map.groupBy(measured, ({ pair }) => pairName(pair)).values()].flatMap(([first]) =>
    first === undefined ? [] : [first.pair],
  );
}

const pairName = (pair: store.PairKey): string => `${pair.analyteCode}\n${pair.instrument}`;

/** Only what is new: the caller has locked the pairs and left out what is there. Returns the runs touched. */
export async function writeControls(
  ctx: Ctx,
  tx: Tx,
  pairs: readonly PairRow[],
  measured: readonly MeasuredControl[],
): Promise<readonly string[]> {
  const labId = ctx.labId();
  const newRuns = createRunIds(ctx);
  const byPair = Map.groupBy(measured, ({ pair }) => pairName(pair));
  const written: NewControl[] = [];
  for (const pair of pairs) {
    const ofPair = (byPair.get(pairName(pair)) ?? []).toSorted((a, b) => a.measuredAt.localeCompare(b.measuredAt));
    if (ofPair.length === 0) continue;
    const targets = await store.targetsOfPair(tx, labId, pair);
    const runs = await runsAround(tx, labId, pair, ofPair);
    const rows: NewControl[] = [];
    const idsOfPair = newRuns();
    for (const each of ofPair) {
      const run = runFor([...runs.values()], each, pair, idsOfPair);
      runs.set(run.runId, run);
      const target = targetAt(targets, each.lot.id, each.measuredAt);
      rows.push({
        id: ctx.newId(),
        key: each.key,
        lotId: each.lot.id,
        level: each.lot.level,
        instrument: pair.instrument,
        analyteCode: pair.analyteCode,
        runId: run.runId,
        runAt: run.runAt,
        value: each.value,
        unit: pair.unit,
        measuredAt: each.measuredAt,
        recordedAt: ctx.now(),
        recordedBy: each.by,
        messageId: each.messageId,
        reagentLot: each.reagentLot,
        mean: target?.mean ?? null,
        sd: target?.sd ?? null,
        z: target === undefined ? null : zScore(each.value, target.mean, target.sd),
        note: each.note,
      });
    }
    await controls.addControls(tx, labId, rows);
    const from = rows.map(({ runAt }) => runAt).reduce((a, b) => (a < b ? a : b));
    await judgePair(ctx, tx, pair, from, new Set(rows.map(({ id }) => id)));
    written.push(...rows);
  }
  for (const [runId, rows] of Map.groupBy(written, (row) => row.runId)) {
    const [first] = rows;
    if (first === undefined) continue;
    for (const [lotId, ofLot] of Map.groupBy(rows, (row) => row.lotId))
      tx.audit(
        'qc.record',
        runId,
        { instrument: first.instrument, analytes: ofLot.map(({ analyteCode }) => analyteCode), by: first.recordedBy },
        lotId,
      );
    tx.emit(controlMeasured, runId, {
      runId,
      instrument: first.instrument,
      analyteCodes: rows.map(({ analyteCode }) => analyteCode),
      reagentLot: rows.find(({ reagentLot }) => reagentLot !== null)?.reagentLot ?? null,
      at: ctx.now(),
    });
  }
  return [...new Set(written.map(({ runId }) => runId))];
}

async function runsAround(
  tx: Tx,
  labId: string,
  pair: PairRow,
  measured: readonly MeasuredControl[],
): Promise<Map<string, Run>> {
  const times = new Set(measured.flatMap(({ runId, measuredAt }) => (runId === null ? [measuredAt] : [])));
  if (times.size === 0) return new Map();
  const runs = await tx.rows<Run>(controls.runsAroundQuery(labId, pair, [...times], pair.runMinutes));
  return new Map(runs.map((run) => [run.runId, run]));
}

/** With the control in it. By hand a run is named; only what analyzers send one by one is put together. */
function runFor(
  runs: readonly Run[],
  { runId, measuredAt, lot, messageId }: MeasuredControl,
  { runMinutes, historyFrom }: PairRow,
  newRunId: RunIds,
): Run {
  const control = { lotId: lot.id, measuredAt };
  const found =
    runId === null
      ? runOf(runs, control, { runMinutes, correctedAt: historyFrom })
      : runs.find((run) => run.runId === runId);
  if (found !== undefined) return joined(found, control);
  return {
    runId: runId ?? newRunId(messageId, lot.id),
    runAt: measuredAt,
    firstMeasuredAt: measuredAt,
    lastMeasuredAt: measuredAt,
    lotIds: [lot.id],
    isNamed: runId !== null,
  };
}

type RunIds = (messageId: string | null, lotId: string) => string;

/** One new run for the analytes of one control in one message; an analyte that stands there twice gets a second. */
function createRunIds(ctx: Ctx): () => RunIds {
  const ids = new Map<string, string>();
  return () => {
    const begun = new Map<string, number>();
    return (messageId, lotId) => {
      const control = `${messageId}/${lotId}`;
      const turn = (begun.get(control) ?? 0) + 1;
      begun.set(control, turn);
      const name = `${control}/${turn}`;
      const id = ids.get(name) ?? ctx.newId();
      ids.set(name, id);
      return id;
    };
  };
}
