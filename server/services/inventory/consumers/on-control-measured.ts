// lab-day 44: what controls took. A control names analytes; the test whose run it was is the largest that has a recipe there.
import { getTests } from '#contract/order.ts';
import type { controlMeasured } from '#contract/qc.ts';
import { inBatches } from '#platform/batches.ts';
import type { EventPayload } from '#platform/contract.ts';
import { derivedId } from '#platform/ids.ts';
import type { Ctx } from '#platform/service.ts';

import { countRuns } from '../count-runs.ts';
import type { CountedRun, Value } from '../count-runs.ts';
import { recipesAt, testsOfControls } from '../domain/runs.ts';
import type { Recipe } from '../domain/runs.ts';
import { takeUses } from '../take-uses.ts';
import type { Use } from '../take-uses.ts';
import * as usage from '../usage-store.ts';

/** Codes a call takes. */
const MAX_CODES = 500;

type Measured = EventPayload<typeof controlMeasured>;
type ControlValue = Value & { readonly testCode: string | null };

export async function onControlMeasured(ctx: Ctx, measured: Measured): Promise<void> {
  const { runId, instrument, analyteCodes, at } = measured;
  const labId = ctx.labId();
  const ofTests = await usage.testRecipesAt(ctx.db, labId, instrument);
  const ofAnalytes = await usage.getRecipes(ctx.db, labId, [], [...new Set(analyteCodes)]);
  const recipes = recipesAt([...ofTests, ...ofAnalytes], instrument);
  if (recipes.length === 0) return;
  const testOf = await ownersOf(ctx, analyteCodes, recipes);
  const seen = new Map<string, number>();
  const values = analyteCodes.flatMap((analyteCode): ControlValue[] => {
    const testCode = testOf.get(analyteCode) ?? null;
    if (testCode === null && !recipes.some(({ measure, code }) => measure === 'analyte' && code === analyteCode))
      return [];
    // An analyte of two levels stands twice.
    const place = (seen.get(analyteCode) ?? 0) + 1;
    seen.set(analyteCode, place);
    const run = derivedId(runId, testCode ?? `analyte ${analyteCode}`, instrument);
    return [{ sourceId: runId, key: `${analyteCode} ${at} ${place}`, run, analyteCode, isRerun: false, testCode }];
  });
  await ctx.transaction(async (tx) => {
    const runs = await countRuns(ctx, tx, at, values);
    await takeUses(
      ctx,
      tx,
      at,
      runs.flatMap((run) => usesOf(recipes, measured, run)),
    );
  });
}

async function ownersOf(
  ctx: Ctx,
  analyteCodes: readonly string[],
  recipes: readonly Recipe[],
): Promise<ReadonlyMap<string, string>> {
  const codes = [...new Set(recipes.filter(({ measure }) => measure === 'test').map(({ code }) => code))];
  const tests = await inBatches(codes, MAX_CODES, (some) => ctx.callAsSystem(getTests, { codes: some }));
  const named = tests.map(({ code, analytes }) => ({ code, analyteCodes: analytes.map((analyte) => analyte.code) }));
  const owners = new Map<string, string>();
  for (const [code, own] of testsOfControls(analyteCodes, named)) for (const analyte of own) owners.set(analyte, code);
  return owners;
}

function usesOf(
  recipes: readonly Recipe[],
  { runId: sourceId, instrument, reagentLot }: Measured,
  { values, first, repeats }: CountedRun<ControlValue>,
): readonly Use[] {
  const use = (recipe: Recipe, runs: number): Use => {
    return { recipe, kind: 'control', runs, instrument, reagentLot, sourceId };
  };
  const testCode = values[0]?.testCode;
  const ofTest = recipes.filter(({ measure, code }) => measure === 'test' && code === testCode);
  const ofValues = values.flatMap(({ analyteCode }) =>
    recipes.filter(({ measure, code }) => measure === 'analyte' && code === analyteCode),
  );
  return [...ofTest.map((recipe) => use(recipe, first + repeats)), ...ofValues.map((recipe) => use(recipe, 1))];
}
