// Recipes, shortages, the report of what was used.
import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import {
  listShortages,
  recipesOf,
  setAnalyteRecipes,
  setRecipes,
  settleShortages,
  UsageKind,
  usageReport,
} from '../contract.ts';
import type { AnalyteRecipeView, RecipeView, ShortageView, UsageRow } from '../contract.ts';

export function usageFields(b: Builder): void {
  const Kind = b.enumType('StockUsageKind', { values: UsageKind.options });
  const TestRecipe = typeRef<RecipeView>(b, 'TestRecipe');
  TestRecipe.implement({
    description: 'What one tube takes once, however many values it gives.',
    fields: (t) => ({
      testCode: t.exposeString('testCode'),
      instrument: t.exposeString('instrument', { nullable: true, description: 'Null: on whichever.' }),
      itemId: t.exposeID('itemId'),
      quantity: t.exposeString('quantity'),
    }),
  });
  const AnalyteRecipe = typeRef<AnalyteRecipeView>(b, 'AnalyteRecipe');
  AnalyteRecipe.implement({
    description: 'What each measured value takes.',
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      instrument: t.exposeString('instrument', { nullable: true, description: 'Null: on whichever.' }),
      itemId: t.exposeID('itemId'),
      quantity: t.exposeString('quantity'),
    }),
  });
  const Recipes = typeRef<CallOutput<typeof recipesOf>>(b, 'StockRecipes');
  Recipes.implement({
    fields: (t) => ({
      tests: t.field({ type: [TestRecipe], resolve: (recipes) => recipes.tests }),
      analytes: t.field({ type: [AnalyteRecipe], resolve: (recipes) => recipes.analytes }),
    }),
  });
  const Shortage = typeRef<ShortageView>(b, 'StockShortage');
  Shortage.implement({
    description: 'Measured, and found in no lot.',
    fields: (t) => ({
      id: t.exposeID('id'),
      itemId: t.exposeID('itemId'),
      kind: t.field({ type: Kind, resolve: (row) => row.kind }),
      measure: t.exposeString('measure', { description: 'test or analyte' }),
      code: t.exposeString('code'),
      instrument: t.exposeString('instrument'),
      quantity: t.exposeString('quantity'),
      why: t.exposeString('why', { description: 'none_in_use, past_time, not_enough' }),
      at: t.field({ type: 'DateTime', resolve: (row) => row.at }),
      sourceId: t.exposeID('sourceId'),
    }),
  });
  const Usage = typeRef<UsageRow>(b, 'StockUsage');
  Usage.implement({
    fields: (t) => ({
      itemId: t.exposeID('itemId'),
      kind: t.field({ type: Kind, resolve: (row) => row.kind }),
      measure: t.exposeString('measure', { description: 'test or analyte' }),
      code: t.exposeString('code'),
      instrument: t.exposeString('instrument', { description: 'Or manual.' }),
      runs: t.exposeInt('runs'),
      quantity: t.exposeString('quantity'),
      short: t.exposeString('short', { description: 'The part found in no lot at the time.' }),
    }),
  });
  const Settled = typeRef<CallOutput<typeof settleShortages>>(b, 'SettledShortages');
  Settled.implement({ fields: (t) => ({ settled: t.exposeInt('settled') }) });

  const Portion = b.inputType('RecipePortionInput', {
    fields: (t) => ({
      instrument: t.string(),
      itemId: t.id({ required: true }),
      quantity: t.string({ required: true }),
    }),
  });

  b.queryFields((t) => ({
    stockRecipes: t.field({
      type: Recipes,
      args: { testCodes: t.arg.stringList(), analyteCodes: t.arg.stringList() },
      resolve: (_, args, ctx) =>
        ctx.call(recipesOf, { testCodes: args.testCodes ?? [], analyteCodes: args.analyteCodes ?? [] }),
    }),
    stockShortages: t.field({
      type: connection(b, Shortage),
      description: 'Those nobody has settled, oldest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listShortages, given(args)),
    }),
    stockUsage: t.field({
      type: connection(b, Usage),
      description: 'What tests, repeats and controls took, both days included.',
      args: {
        from: t.arg({ type: 'Date', required: true }),
        to: t.arg({ type: 'Date', required: true }),
        itemId: t.arg.id(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(usageReport, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    setTestRecipes: t.field({
      type: [TestRecipe],
      args: { testCode: t.arg.string({ required: true }), recipes: t.arg({ type: [Portion], required: true }) },
      resolve: (_, args, ctx) => ctx.call(setRecipes, args),
    }),
    setAnalyteRecipes: t.field({
      type: [AnalyteRecipe],
      args: { analyteCode: t.arg.string({ required: true }), recipes: t.arg({ type: [Portion], required: true }) },
      resolve: (_, args, ctx) => ctx.call(setAnalyteRecipes, args),
    }),
    settleShortages: t.field({
      type: Settled,
      args: {
        shortageIds: t.arg.idList({ required: true }),
        lotId: t.arg.id({ description: 'Left out: written off.' }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(settleShortages, given(args)),
    }),
  }));
}
