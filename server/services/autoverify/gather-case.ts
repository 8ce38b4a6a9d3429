// All that the rules ask of other services about one order: five calls, whatever the order holds.
import { FormulaError, parseFormula } from '@nidaan/formula';

import { getOrders, getTests } from '#contract/order.ts';
import { getPatients } from '#contract/patient.ts';
import { getQcStates } from '#contract/qc.ts';
import { resultsOfOrders } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import type { Ctx } from '#platform/service.ts';

import type { Case } from './domain/judge-order.ts';
import { measuredCode } from './domain/judge-order.ts';
import * as store from './store.ts';

export interface Gathered extends Case {
  readonly settings: ReadonlyMap<string, store.SettingRow>;
}

export function resultsOf(ctx: Ctx, orderId: string): Promise<readonly ResultView[]> {
  return ctx.callAsSystem(resultsOfOrders, { ids: [orderId] });
}

/** Nothing when no entered value of the order is of a test that is not off. */
export async function gatherCase(
  ctx: Ctx,
  orderId: string,
  results: readonly ResultView[],
): Promise<Gathered | undefined> {
  const codes = [...new Set(results.map(({ testCode }) => testCode))];
  const settings = new Map(
    (await store.settingsOf(ctx.db, ctx.labId(), codes))
      .filter(({ mode }) => mode !== 'off')
      .map((setting) => [setting.testCode, setting]),
  );
  const first = results.find(({ status, testCode }) => status === 'entered' && settings.has(testCode));
  if (first === undefined) return undefined;
  const [testViews, [order], [patient]] = await Promise.all([
    ctx.callAsSystem(getTests, { codes }),
    ctx.callAsSystem(getOrders, { ids: [orderId] }),
    ctx.callAsSystem(getPatients, { ids: [first.patientId] }),
  ]);
  const tests = new Map(testViews.map((test) => [test.code, test]));
  const states = await qcStates(ctx, results, tests);
  return {
    results,
    settings,
    tests,
    patient: patient ?? null,
    isFasting: order?.isFasting ?? null,
    qcOf: (instrument, analyteCode) => states.get(keyOf(instrument, analyteCode)) ?? null,
    inputsOf,
  };
}

async function qcStates(ctx: Ctx, results: readonly ResultView[], tests: Case['tests']) {
  const measured = results.flatMap((result) =>
    result.source === null || result.source === 'manual' || result.isCalculated
      ? []
      : [{ instrument: result.source, analyteCode: measuredCode(result, tests) }],
  );
  const pairs = [...new Map(measured.map((pair) => [keyOf(pair.instrument, pair.analyteCode), pair])).values()];
  const states = pairs.length === 0 ? [] : await ctx.callAsSystem(getQcStates, { pairs });
  return new Map(states.map(({ instrument, analyteCode, state }) => [keyOf(instrument, analyteCode), state]));
}

function keyOf(instrument: string, analyteCode: string): string {
  return JSON.stringify([instrument, analyteCode]);
}

/** None for a formula that cannot be read: then the value is held, as one of which nobody knows what it is calculated from. */
function inputsOf(formula: string): readonly string[] {
  try {
    return parseFormula(formula).inputs;
  } catch (error) {
    if (error instanceof FormulaError) return [];
    throw error;
  }
}
