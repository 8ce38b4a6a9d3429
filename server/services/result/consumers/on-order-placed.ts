import type { orderPlaced } from '#contract/order.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { layOut } from '../lay-out.ts';
import * as store from '../store.ts';

/** Lays out what the bench expects. */
export async function onOrderPlaced(ctx: Ctx, order: EventPayload<typeof orderPlaced>): Promise<void> {
  const { orderId, patientId, placedAt, priority, gestationWeeks, isFasting, lines } = order;
  const results = layOut(lines, ctx.newId);
  const priorityRank = store.rankOf[priority];
  await ctx.transaction((tx) =>
    store.addExpected(
      tx,
      { labId: ctx.labId(), orderId, patientId, placedAt, priorityRank, gestationWeeks, isFasting },
      results,
    ),
  );
}
