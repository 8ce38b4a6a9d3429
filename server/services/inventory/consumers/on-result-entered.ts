// lab-day 44: what the tests and repeats of a patient took. A test's recipe is taken once for each tube it was run on, an
// analyte's for each value. Typed by hand, only the first value is a measurement: a corrected typing takes nothing.
import { getResults } from '#contract/result.ts';
import type { resultEntered } from '#contract/result.ts';
import { inBatches } from '#platform/batches.ts';
import type { EventPayload } from '#platform/contract.ts';
import { derivedId } from '#platform/ids.ts';
import type { Ctx } from '#platform/service.ts';

import { countRuns } from '../count-runs.ts';
import type { CountedRun, Value } from '../count-runs.ts';
import { recipesAt } from '../domain/runs.ts';
import type { Recipe } from '../domain/runs.ts';
import { BY_HAND, takeUses } from '../take-uses.ts';
import type { Use } from '../take-uses.ts';
import * as usage from '../usage-store.ts';

type Entered = EventPayload<typeof resultEntered>;
type Item = Entered['items'][number];
type MeasuredValue = Value & { readonly item: Item };

/** Results in one call. */
const BATCH = 500;

export async function onResultEntered(ctx: Ctx, { orderId, at, items }: Entered): Promise<void> {
  const measured = items.filter(({ source }) => source !== 'calculated' && source !== '');
  const codes = (pick: (item: Item) => string): string[] => [...new Set(measured.map(pick))];
  const recipes = await usage.getRecipes(
    ctx.db,
    ctx.labId(),
    codes(({ testCode }) => testCode),
    codes(({ analyteCode }) => analyteCode),
  );
  const counted = measured.filter((item) => recipesOfItem(recipes, item).length > 0);
  if (counted.length === 0) return;
  const barcodes = await barcodesOf(ctx, counted);
  const values = counted.map((item): MeasuredValue => {
    const { resultId: sourceId, testCode, analyteCode, source, isRerun } = item;
    const run = derivedId(orderId, testCode, barcodes.get(sourceId) ?? '', source);
    const key = source === BY_HAND && !isRerun ? BY_HAND : at;
    return { sourceId, key, run, analyteCode, isRerun, item };
  });
  await ctx.transaction(async (tx) => {
    const runs = await countRuns(ctx, tx, at, values);
    await takeUses(
      ctx,
      tx,
      at,
      runs.flatMap((run) => usesOf(recipes, run)),
    );
  });
}

function instrumentOf({ source }: Item): string | null {
  return source === BY_HAND ? null : source;
}

function recipesOfItem(recipes: readonly Recipe[], item: Item): readonly Recipe[] {
  return recipesAt(recipes, instrumentOf(item)).filter(
    ({ measure, code }) => code === (measure === 'test' ? item.testCode : item.analyteCode),
  );
}

/** The tube of each result: a test of several draws is run once on each. */
async function barcodesOf(ctx: Ctx, items: readonly Item[]): Promise<ReadonlyMap<string, string>> {
  const resultIds = new Set(items.map(({ resultId }) => resultId));
  const results = await inBatches(resultIds, BATCH, (ids) => ctx.callAsSystem(getResults, { ids }));
  return new Map(results.flatMap(({ id, barcode }) => (barcode === null ? [] : [[id, barcode]])));
}

function usesOf(recipes: readonly Recipe[], run: CountedRun<MeasuredValue>): readonly Use[] {
  const [first] = run.values;
  if (first === undefined) return [];
  const use = (recipe: Recipe, { item }: MeasuredValue, kind: Use['kind'], runs: number): Use => {
    const { reagentLot, resultId: sourceId } = item;
    return { recipe, kind, runs, instrument: instrumentOf(item), reagentLot, sourceId };
  };
  const ofTest = recipesOfItem(recipes, first.item)
    .filter(({ measure }) => measure === 'test')
    .flatMap((recipe) => [use(recipe, first, 'consumption', run.first), use(recipe, first, 'repeat', run.repeats)]);
  const ofValues = run.values.flatMap((value) =>
    recipesOfItem(recipes, value.item)
      .filter(({ measure }) => measure === 'analyte')
      .map((recipe) => use(recipe, value, run.firstValues.has(value) ? 'consumption' : 'repeat', 1)),
  );
  return [...ofTest, ...ofValues];
}
