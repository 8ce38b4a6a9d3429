// Judges the values of an order and verifies what passes. A job, in three steps that may each be repeated: judge; write the decisions;
// verify and write that it is done. A decision is on record before the result is verified, so that a process which ends in between
// leaves no verified result without its reasons.
import { autoVerifyResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { autoverifyDecided } from '../contract.ts';
import type { DecisionView } from '../contract.ts';
import * as decisions from '../decision-store.ts';
import { ENGINE } from '../domain/facts.ts';
import type { Judgement } from '../domain/judge-order.ts';
import { judgeOrder } from '../domain/judge-order.ts';
import { nextAskAt } from '../domain/settings.ts';
import { gatherCase, resultsOf } from '../gather-case.ts';
import { askAgainJob } from '../jobs/job-types.ts';
import * as store from '../store.ts';

interface Passed {
  readonly decisionId: string;
  readonly judgement: Judgement;
}

/** @throws platform.busy, and is tried again: the lab's rules changed meanwhile */
export async function decideOrder(ctx: Ctx, { orderId }: { readonly orderId: string }): Promise<void> {
  const labId = ctx.labId();
  const { isStopped, revision } = (await store.getSwitch(ctx.db, labId)) ?? store.neverStopped;
  const results = await resultsOf(ctx, orderId);
  await recover(ctx, orderId, results);
  const gathered = isStopped ? undefined : await gatherCase(ctx, orderId, results);
  if (gathered === undefined) {
    await ctx.transaction((tx) => store.waitNoLonger(tx, labId, orderId));
    return;
  }
  const judgements = judgeOrder(gathered);
  const ruleSet = `${ENGINE} r${revision}`;
  const passed = await ctx.transaction(async (tx) => {
    const now = await store.shareSwitch(tx, labId);
    if (now.isStopped) return [];
    if (now.revision !== revision) throw busyRow({});
    const waiting = await store.holdOrder(tx, labId, orderId, ctx.now());
    const written = await write(ctx, tx, {
      judgements,
      ruleSet,
      revisionOf: (code) => gathered.settings.get(code)?.revision ?? 0,
    });
    const isOpen = written.length > 0 || judgements.some((judgement) => !judgement.hasPassed);
    await waitOrNot(ctx, tx, waiting, isOpen);
    return written;
  });
  if (passed.length > 0) await verify(ctx, orderId, ruleSet, revision, passed, judgements.length > passed.length);
}

interface ToWrite {
  readonly judgements: readonly Judgement[];
  readonly ruleSet: string;
  revisionOf(testCode: string): number;
}

/** Adds the decisions that say something new. @returns those that are to be verified, new or left from before */
async function write(ctx: Ctx, tx: Tx, { judgements, ruleSet, revisionOf }: ToWrite): Promise<readonly Passed[]> {
  const labId = ctx.labId();
  const ids = judgements.map(({ result }) => result.id);
  const lasts = new Map((await decisions.lastOf(tx, labId, ids)).map((last) => [last.resultId, last]));
  const fresh: decisions.NewDecision[] = [];
  const passed: Passed[] = [];
  for (const judgement of judgements) {
    const row = toRow(ctx.newId(), judgement, ruleSet, revisionOf(judgement.result.testCode));
    const last = lasts.get(row.resultId);
    // Another run, which read the result later, was quicker.
    if (last !== undefined && last.resultVersion > row.resultVersion) continue;
    const isSame = last !== undefined && verdictOf(last) === verdictOf(row);
    if (!isSame) fresh.push(row);
    if (isSame && last.outcome === 'verified') continue;
    if (row.outcome === 'passed') passed.push({ decisionId: isSame ? last.id : row.id, judgement });
  }
  await decisions.addDecisions(tx, labId, ctx.now(), fresh);
  const [first] = fresh;
  if (first === undefined) return passed;
  const held = fresh.filter(({ mode, outcome }) => mode === 'on' && outcome === 'held').map(({ resultId }) => resultId);
  tx.audit(
    'autoverify.decide',
    first.orderId,
    {
      ruleSet,
      decisions: fresh.map(({ resultId, analyteCode, mode, outcome, failed }) => ({
        resultId,
        analyteCode,
        mode,
        outcome,
        failed,
      })),
    },
    first.orderId,
  );
  if (held.length > 0)
    tx.emit(autoverifyDecided, first.orderId, { orderId: first.orderId, verified: [], held, ruleSet, at: ctx.now() });
  return passed;
}

function toRow(id: string, judgement: Judgement, ruleSet: string, settingRevision: number): decisions.NewDecision {
  const { result, setting, facts, outcomes, hasPassed } = judgement;
  const ifPassed: DecisionView['outcome'] = setting.mode === 'on' ? 'passed' : 'would_verify';
  return {
    id,
    resultId: result.id,
    orderId: result.orderId,
    testCode: result.testCode,
    analyteCode: result.analyteCode,
    resultVersion: result.version,
    value: result.value,
    ruleSet,
    settingRevision,
    mode: setting.mode,
    outcome: hasPassed ? ifPassed : 'held',
    rules: outcomes.map((outcome) => ({ ...outcome })),
    failed: outcomes.filter((outcome) => !outcome.hasPassed).map(({ rule }) => rule),
    facts,
  };
}

/** A decision is new when this differs: held by the same rules for the same value is the same decision, however often it is asked for. */
function verdictOf(decision: Omit<decisions.LastDecision, 'id' | 'resultId'>): string {
  const { resultVersion, settingRevision, mode, outcome, failed } = decision;
  const verdict = outcome === 'verified' ? 'passed' : outcome;
  return JSON.stringify([resultVersion, settingRevision, mode, verdict, failed]);
}

async function waitOrNot(ctx: Ctx, tx: Tx, { orderId, since }: store.WaitingRow, isOpen: boolean): Promise<void> {
  const nextAt = isOpen ? nextAskAt(since, ctx.now()) : null;
  if (nextAt === null) {
    await store.waitNoLonger(tx, ctx.labId(), orderId);
    return;
  }
  await store.waitUntil(tx, ctx.labId(), orderId, nextAt);
  askAgainAt(ctx, tx, nextAt, false);
}

/** One job a lab and time at most; times are rounded up to the minute, so that a thousand orders are one job. */
export function askAgainAt(ctx: Ctx, tx: Tx, at: string, isEach: boolean): void {
  const stepMs = isEach ? 10_000 : 60_000;
  const dueAt = new Date(Math.ceil(Date.parse(at) / stepMs) * stepMs).toISOString();
  const key = `autoverify.ask_again ${ctx.labId()} ${dueAt}${isEach ? ' each' : ''}`;
  tx.schedule(askAgainJob, { dueAt, isEach }, { key, runAt: dueAt });
}

/**
 * Why the call is made inside the transaction, where others are made before it: the switch is held shared until the results are
 * verified, and whoever stops waits for it. Asked before and called after, a stop could answer in between and a result pass behind it.
 */
async function verify(
  ctx: Ctx,
  orderId: string,
  ruleSet: string,
  revision: number,
  passed: readonly Passed[],
  areOthersHeld: boolean,
): Promise<void> {
  const labId = ctx.labId();
  await ctx.transaction(async (tx) => {
    const now = await store.shareSwitch(tx, labId);
    // Stopped, or set otherwise, since it was judged.
    if (now.isStopped) return;
    if (now.revision !== revision) throw busyRow({});
    const verified = await ctx.callAsSystem(autoVerifyResults, {
      items: passed.map(({ judgement: { result, outcomes } }) => ({
        resultId: result.id,
        expectedVersion: result.version,
        rules: outcomes.map(({ rule }) => rule),
      })),
      ruleSet,
    });
    const done = new Set(verified.map(({ id }) => id));
    const own = passed.filter(({ judgement }) => done.has(judgement.result.id)).map(({ decisionId }) => decisionId);
    await noteVerified(ctx, tx, orderId, ruleSet, own);
    if (!areOthersHeld && done.size === passed.length) await store.waitNoLonger(tx, labId, orderId);
  });
}

async function noteVerified(
  ctx: Ctx,
  tx: Tx,
  orderId: string,
  ruleSet: string,
  decisionIds: readonly string[],
): Promise<void> {
  const resultIds = [...(await decisions.setVerified(tx, ctx.labId(), decisionIds))];
  if (resultIds.length === 0) return;
  tx.audit('autoverify.verify', orderId, { ruleSet, resultIds, decisionIds }, orderId);
  tx.emit(autoverifyDecided, orderId, { orderId, verified: resultIds, held: [], ruleSet, at: ctx.now() });
}

/** The results were verified, and the process ended before that was written here. */
async function recover(ctx: Ctx, orderId: string, results: readonly ResultView[]): Promise<void> {
  const open = await decisions.openOf(ctx.db, ctx.labId(), orderId);
  if (open.length === 0) return;
  const byId = new Map(results.map((result) => [result.id, result]));
  const done = open.filter(({ resultId, resultVersion }) => {
    const result = byId.get(resultId);
    return result !== undefined && result.autoRules.length > 0 && result.version > resultVersion;
  });
  if (done.length === 0) return;
  await ctx.transaction((tx) =>
    noteVerified(
      ctx,
      tx,
      orderId,
      ENGINE,
      done.map(({ id }) => id),
    ),
  );
}
