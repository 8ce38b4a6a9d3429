import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { itemTwice } from '../contract.ts';
import type {
  AnalyteRecipeView,
  RecipeView,
  setAnalyteRecipes as setAnalyteRecipesCall,
  setRecipes as setRecipesCall,
} from '../contract.ts';
import type { Recipe } from '../domain/runs.ts';
import * as usage from '../usage-store.ts';
import { analyteRecipeView, testRecipeView } from '../views.ts';

type Portions = ParsedInput<typeof setRecipesCall>['recipes'];

export async function setRecipes(
  ctx: Ctx,
  { testCode, recipes }: ParsedInput<typeof setRecipesCall>,
): Promise<RecipeView[]> {
  return (await replace(ctx, 'test', testCode, recipes)).map(testRecipeView);
}

export async function setAnalyteRecipes(
  ctx: Ctx,
  { analyteCode, recipes }: ParsedInput<typeof setAnalyteRecipesCall>,
): Promise<AnalyteRecipeView[]> {
  return (await replace(ctx, 'analyte', analyteCode, recipes)).map(analyteRecipeView);
}

/** What was counted stays counted; the next measurement goes by the new ones. */
async function replace(
  ctx: Ctx,
  measure: Recipe['measure'],
  code: string,
  portions: Portions,
): Promise<readonly Recipe[]> {
  const recipes = portions.map(({ instrument, itemId, quantity }): Recipe => {
    return { measure, code, instrument: instrument ?? null, itemId, quantity };
  });
  if (new Set(recipes.map(({ instrument, itemId }) => `${instrument} ${itemId}`)).size < recipes.length)
    throw itemTwice({});
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    await usage.setRecipes(tx, labId, { measure, code }, recipes);
    const facts = {
      measure,
      code,
      recipes: recipes.map(({ instrument, itemId, quantity }) => ({ instrument, itemId, quantity })),
    };
    tx.audit('inventory.set_recipes', labId, facts, labId);
    const [tests, analytes] = measure === 'test' ? [[code], []] : [[], [code]];
    return usage.getRecipes(tx, labId, tests, analytes);
  });
}
