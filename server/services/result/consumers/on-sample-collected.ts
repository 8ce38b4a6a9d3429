import type { sampleCollected } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { orderNotKnownYet } from '../contract.ts';
import { after } from '../domain/status.ts';
import * as store from '../store.ts';

/**
 * The tube is drawn: its results await a value. A line that was collected before keeps its first tube.
 * @throws result.order_not_known_yet, and is tried again: the two events come from two services
 */
export async function onSampleCollected(ctx: Ctx, tube: EventPayload<typeof sampleCollected>): Promise<void> {
  await ctx.transaction(async (tx) => {
    const rows = await store.lockLines(tx, ctx.labId(), tube.orderId, tube.lineIds);
    if (new Set(rows.map((row) => row.lineId)).size < new Set(tube.lineIds).size) throw orderNotKnownYet({});
    const drawn = rows.filter((row) => after(row.status, 'collected') !== undefined).map((row) => row.id);
    await store.setCollected(tx, ctx.labId(), drawn, { barcode: tube.barcode, collectedAt: tube.at });
  });
}
