// What becomes of the tests of a rejected tube (lab-day 29). Run with a comment: they await a value from the same tube, which
// will be held, with the comment printed. To be drawn again: the new tube comes like any other. A refund comes by the order.
import type { sampleDecided } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { orderNotKnownYet } from '../contract.ts';
import { after } from '../domain/status.ts';
import { setAccepted } from '../release/rejection-store.ts';
import * as store from '../store.ts';

/** @throws result.order_not_known_yet, and is tried again */
export async function onSampleDecided(ctx: Ctx, tube: EventPayload<typeof sampleDecided>): Promise<void> {
  if (tube.decision !== 'run_with_comment') return;
  const labId = ctx.labId();
  const lines = new Set(tube.lineIds);
  const comment = tube.comment ?? 'The sample was run although it did not meet the criteria of acceptance';
  await ctx.transaction(async (tx) => {
    const all = await store.lockOrders(tx, labId, [tube.orderId]);
    const own = all.filter(({ lineId }) => lines.has(lineId));
    if (new Set(own.map(({ lineId }) => lineId)).size < lines.size) throw orderNotKnownYet({});
    const waiting = own.filter(
      ({ status, rejectedTube }) =>
        rejectedTube?.barcode === tube.barcode && after(status, 'tube accepted') !== undefined,
    );
    const ids = waiting.map(({ id }) => id);
    if (ids.length > 0) await setAccepted(tx, labId, ids, comment);
    for (const { id, status: from, analyteCode } of waiting) {
      tx.audit(
        'result.tube_accepted',
        id,
        { from, to: 'awaiting', analyteCode, barcode: tube.barcode, comment, by: tube.by },
        tube.orderId,
      );
    }
  });
}
