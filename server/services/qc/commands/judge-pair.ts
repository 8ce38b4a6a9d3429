// Judges what was recorded, and opens the hold when a run is rejected; in the transaction that wrote the values, with the pair locked.
import type { Ctx, Tx } from '#platform/service.ts';

import { qcFailed, tooLongAgo } from '../contract.ts';
import type { RuleUse } from '../contract/westgard.ts';
import * as controls from '../control-store.ts';
import type { ControlRow } from '../control-store.ts';
import { judgeRuns } from '../domain/judge-runs.ts';
import type { JudgedControl, RunVerdict } from '../domain/judge-runs.ts';
import { usualRules } from '../domain/usual-rules.ts';
import * as store from '../store.ts';
import type { HoldRow, PairRow } from '../store.ts';

/** Judged values that rules may look back on: twelve of each lot, with room for lots side by side. */
const HISTORY = 120;
/** What is judged again at most, after a value was put aside or came late. */
const MOST_AGAIN = 2000;

/** The rules a pair is judged by now. */
export async function rulesInUse(
  db: Parameters<typeof store.levelsOf>[0],
  labId: string,
  pair: Pick<PairRow, 'instrument' | 'analyteCode' | 'rules'>,
): Promise<readonly RuleUse[]> {
  return pair.rules ?? usualRules(await store.levelsOf(db, labId, pair));
}

function judged(row: ControlRow): readonly JudgedControl[] {
  const { z, ...rest } = row;
  return z === null ? [] : [{ ...rest, z }];
}

/**
 * Judges the runs of a pair from a time on.
 * @param fresh ids of the controls just recorded: a rejection of one of them holds; so does one of the last run
 * @throws qc.too_long_ago
 */
export async function judgePair(
  ctx: Ctx,
  tx: Tx,
  pair: PairRow,
  from: string,
  fresh: ReadonlySet<string>,
): Promise<void> {
  const labId = ctx.labId();
  const later = await controls.controlsSince(tx, labId, pair, from, MOST_AGAIN + 1);
  if (later.length > MOST_AGAIN) throw tooLongAgo({});
  const history = await tx.rows<ControlRow>(
    controls.historyQuery(labId, pair, {
      before: from,
      from: pair.historyFrom !== null && pair.historyFrom <= from ? pair.historyFrom : null,
      hasRejected: pair.afterRejection === 'keep',
      limit: HISTORY,
    }),
  );
  const verdicts = judgeRuns(
    history.toReversed().flatMap(judged),
    later.flatMap(judged),
    { ...pair, uses: await rulesInUse(tx, labId, pair) },
    pair.historyFrom,
  );
  const before = new Map(later.map((row) => [row.id, row]));
  await controls.saveVerdicts(
    tx,
    labId,
    verdicts
      .flatMap((run) => run.controls)
      .filter(({ id, outcome, rules }) => {
        const was = before.get(id);
        return was === undefined || was.outcome !== outcome || was.rules.join(' ') !== rules.join(' ');
      }),
  );
  const last = verdicts.at(-1);
  const failed = verdicts.filter(
    (run) =>
      run.isRejected &&
      run.controls.some(({ id }) => fresh.has(id) || (run === last && before.get(id)?.outcome !== 'rejected')),
  );
  await hold(ctx, tx, pair, failed);
  await store.saveStanding(tx, labId, pair, await controls.standingOf(tx, labId, pair));
}

async function hold(ctx: Ctx, tx: Tx, pair: PairRow, failed: readonly RunVerdict[]): Promise<void> {
  let open: HoldRow | undefined;
  if (failed.length > 0 && pair.holdId !== null) open = await store.lockHold(tx, ctx.labId(), pair.holdId);
  for (const run of failed) {
    if (open === undefined) {
      open = await openHold(ctx, tx, pair, {
        rules: [...run.rejectedBy],
        runId: run.runId,
        since: run.runAt,
        lastFailedAt: run.measuredAt,
        lastGoodAt: await controls.lastGoodBefore(tx, ctx.labId(), pair, run.runAt),
      });
      continue;
    }
    const rules = [...new Set([...open.rules, ...run.rejectedBy])];
    open = await store.failAgain(tx, ctx.labId(), open.id, run.measuredAt, rules);
    tx.audit('qc.fail_again', open.id, { runId: run.runId, rules: run.rejectedBy }, open.id);
  }
}

export type Failure = Pick<HoldRow, 'rules' | 'runId' | 'since' | 'lastFailedAt' | 'lastGoodAt'>;

/** Opens a hold and tells it; the pair is locked and has none. */
export async function openHold(
  ctx: Ctx,
  tx: Tx,
  pair: Pick<PairRow, 'instrument' | 'analyteCode'>,
  failure: Failure,
): Promise<HoldRow> {
  const labId = ctx.labId();
  const { instrument, analyteCode } = pair;
  const held = await store.openHold(tx, labId, { ...failure, id: ctx.newId(), instrument, analyteCode });
  await store.setPairHold(tx, labId, pair, held.id);
  const { id: holdId, lastGoodAt, rules } = held;
  tx.audit('qc.fail', holdId, { instrument, analyteCode, rules, runId: held.runId, lastGoodAt }, holdId);
  tx.emit(qcFailed, holdId, { holdId, instrument, analyteCode, lastGoodAt, at: ctx.now(), rules: [...rules] });
  return held;
}
