import type { sampleReceived } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { orderNotKnownYet } from '../contract.ts';
import * as store from '../store.ts';

/**
 * The tube is at the counter: noted, no state changes, for a value may have come from the analyzer before the scan.
 * @throws result.order_not_known_yet, and is tried again
 */
export async function onSampleReceived(ctx: Ctx, tube: EventPayload<typeof sampleReceived>): Promise<void> {
  await ctx.transaction(async (tx) => {
    const rows = await store.lockLines(tx, ctx.labId(), tube.orderId, tube.lineIds);
    if (new Set(rows.map((row) => row.lineId)).size < new Set(tube.lineIds).size) throw orderNotKnownYet({});
    const ids = rows.map((row) => row.id);
    await store.setReceived(tx, ctx.labId(), ids, tube.at);
  });
}
