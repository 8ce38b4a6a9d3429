// Reading somebody's results is an act of its own (lab-day 70): a person's look is in the trail, a service's is not.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { lastResults as lastResultsCall, resultsOfOrders as resultsOfOrdersCall } from '../contract.ts';
import * as store from '../store.ts';

export async function resultsOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof resultsOfOrdersCall>,
): Promise<readonly store.ResultRow[]> {
  const rows = await store.listOfOrders(ctx.db, ctx.labId(), ids);
  if (ctx.actor.kind === 'user') {
    for (const orderId of new Set(rows.map((row) => row.orderId))) ctx.auditView('result.view', orderId, orderId);
  }
  return rows;
}

export async function lastResults(
  ctx: Ctx,
  { patientId, analyteCode, first }: ParsedInput<typeof lastResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const rows = await store.listPrevious(ctx.db, ctx.labId(), { patientId, analyteCode, limit: first });
  if (ctx.actor.kind === 'user' && rows.length > 0) ctx.auditView('result.view_previous', patientId, patientId);
  return rows;
}
