import { isUuid } from '@nidaan/values';

import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, instantKey, LEAST_ID, START_OF_TIME, toPage } from '#platform/paging.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import { badReportPeriod } from '../contract.ts';
import type {
  listShortages as listShortagesCall,
  recipesOf as recipesOfCall,
  ShortageView,
  usageReport as usageReportCall,
  UsageRow,
} from '../contract.ts';
import { addDays } from '../domain/expiry.ts';
import { shown } from '../domain/quantity.ts';
import * as usage from '../usage-store.ts';
import { analyteRecipeView, testRecipeView } from '../views.ts';

const MOST_DAYS = 3660;

export async function recipesOf(
  ctx: Ctx,
  { testCodes, analyteCodes }: ParsedInput<typeof recipesOfCall>,
): Promise<Answer<typeof recipesOfCall>> {
  const recipes = await usage.getRecipes(ctx.db, ctx.labId(), testCodes, analyteCodes);
  return {
    tests: recipes.filter(({ measure }) => measure === 'test').map(testRecipeView),
    analytes: recipes.filter(({ measure }) => measure === 'analyte').map(analyteRecipeView),
  };
}

export async function listShortages(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listShortagesCall>,
): Promise<Page<ShortageView>> {
  const place = after ? instantKey(after) : START_OF_TIME;
  const rows = await ctx.db.rows<ShortageView>(usage.shortagesQuery(ctx.labId(), place, first + 1));
  return toPage(
    rows,
    first,
    (row) => [row.at, row.id],
    (row) => ({ ...row, quantity: shown(row.quantity) }),
  );
}

export async function usageReport(
  ctx: Ctx,
  { from, to, itemId, first, after }: ParsedInput<typeof usageReportCall>,
): Promise<Page<UsageRow>> {
  if (to < from || addDays(from, MOST_DAYS) < to) throw badReportPeriod({});
  const [item, ...rest] = after ? decodeCursor(after, 5) : [LEAST_ID, '', '', '', ''];
  const [measure, code, instrument, kind] = rest.map(String);
  if (
    !isUuid(String(item)) ||
    [measure, code, instrument, kind].some((part) => part === undefined || part.includes('\0'))
  )
    throw badCursor({});
  const rows = await ctx.db.rows<UsageRow>(
    usage.usageQuery(ctx.labId(), {
      from,
      to,
      itemId: itemId ?? null,
      after: [String(item), measure ?? '', code ?? '', instrument ?? '', kind ?? ''],
      limit: first + 1,
    }),
  );
  return toPage(
    rows,
    first,
    (row) => [row.itemId, row.measure, row.code, row.instrument, row.kind],
    (row) => ({ ...row, quantity: shown(row.quantity), short: shown(row.short) }),
  );
}
