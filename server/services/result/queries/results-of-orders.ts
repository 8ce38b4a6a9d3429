// Reading somebody's results is an act of its own (lab-day 70): a person's look is in the trail, a service's is not.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { resultsOfOrders as resultsOfOrdersCall } from '../contract.ts';
import type { ResultRow } from '../store.ts';
import * as store from '../worklist-store.ts';

export async function resultsOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof resultsOfOrdersCall>,
): Promise<readonly ResultRow[]> {
  const rows = await store.listOfOrders(ctx.db, ctx.labId(), ids);
  if (ctx.actor.kind === 'user') {
    for (const orderId of new Set(rows.map((row) => row.orderId))) ctx.auditView('result.view', orderId, orderId);
  }
  return rows;
}
