// What tests, repeats and controls take: recipes, shortages, the report.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf } from '#platform/contract.ts';

import { SomeQuantity } from './quantity.ts';

/** What one measurement of a test on an instrument takes of an item. */
export const RecipeView = z.object({
  testCode: z.string(),
  /** Null: on whichever instrument. */
  instrument: z.string().nullable(),
  itemId: Id,
  quantity: z.string(),
});
export type RecipeView = z.output<typeof RecipeView>;
/** What each measured value of an analyte takes: its own reagent, where a test's recipe is for what all its values share. */
export const AnalyteRecipeView = RecipeView.omit({ testCode: true }).extend({ analyteCode: z.string() });
export type AnalyteRecipeView = z.output<typeof AnalyteRecipeView>;

const Portions = z
  .array(z.object({ instrument: z.string().min(1).max(100).nullish(), itemId: Id, quantity: SomeQuantity }))
  .max(50);
/** Replaces the recipes of a test: what one tube takes once, however many values it gives. */
export const setRecipes = defineCall(
  'inventory.setRecipes',
  z.object({ testCode: z.string().min(1).max(40), recipes: Portions }),
  z.array(RecipeView),
);
/** Replaces the recipes of an analyte. */
export const setAnalyteRecipes = defineCall(
  'inventory.setAnalyteRecipes',
  z.object({ analyteCode: z.string().min(1).max(40), recipes: Portions }),
  z.array(AnalyteRecipeView),
);
export const recipesOf = defineCall(
  'inventory.recipes',
  z.object({ testCodes: z.array(z.string().max(40)).max(200), analyteCodes: z.array(z.string().max(40)).max(200) }),
  z.object({ tests: z.array(RecipeView), analytes: z.array(AnalyteRecipeView) }),
);

export const UsageKind = z.enum(['consumption', 'repeat', 'control']);
export type UsageKind = z.output<typeof UsageKind>;
const Use = z.object({
  itemId: Id,
  kind: UsageKind,
  /** What the recipe is for: the code of a test or of an analyte. */
  measure: z.enum(['test', 'analyte']),
  code: z.string(),
  /** The instrument, or `manual`. */
  instrument: z.string(),
});
/** What was measured and found in no lot; a person says which lot it came from, or writes it off. */
export const ShortageView = Use.extend({
  id: Id,
  quantity: z.string(),
  /** none_in_use: no lot is open there; past_time: what is open there is past its time; not_enough: the lots held less. */
  why: z.enum(['none_in_use', 'past_time', 'not_enough']),
  at: Instant,
  /** Result or control run. */
  sourceId: Id,
});
export type ShortageView = z.output<typeof ShortageView>;
/** Oldest first: those nobody has settled. */
export const listShortages = defineCall('inventory.listShortages', PageInput, pageOf(ShortageView));
/** From a lot, which must hold it; or, without one, written off. */
export const settleShortages = defineCall(
  'inventory.settleShortages',
  z.object({ shortageIds: z.array(Id).min(1).max(200), lotId: Id.nullish(), reason: noteText(300) }),
  z.object({ settled: z.int() }),
);

export const UsageRow = Use.extend({
  /** Measurements: tubes for a test's recipe, values for an analyte's. */
  runs: z.int(),
  /** What they took by their recipes. */
  quantity: z.string(),
  /** The part of it found in no lot at the time. */
  short: z.string(),
});
export type UsageRow = z.output<typeof UsageRow>;
/** lab-day 44: what tests, repeats and controls took, both days included. */
export const usageReport = defineCall(
  'inventory.usage',
  PageInput.extend({ from: Day, to: Day, itemId: Id.nullish() }),
  pageOf(UsageRow),
);
