import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { lastResults as lastResultsCall, resultsOfOrders as resultsOfOrdersCall } from '../contract.ts';
import * as store from '../store.ts';

export function resultsOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof resultsOfOrdersCall>,
): Promise<readonly store.ResultRow[]> {
  return store.listOfOrders(ctx.db, ctx.labId(), ids);
}

export function lastResults(
  ctx: Ctx,
  { patientId, analyteCode, first }: ParsedInput<typeof lastResultsCall>,
): Promise<readonly store.ResultRow[]> {
  return store.listPrevious(ctx.db, ctx.labId(), { patientId, analyteCode, limit: first });
}
