// An analyzer was quicker than the scan at the bedside: what waits in the inbox for this tube is tried again by itself.
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';
import type { sampleCollected } from '#contract/sample.ts';

import * as store from '../store.ts';

export async function onSampleCollected(
  ctx: Ctx,
  { barcode, orderId }: EventPayload<typeof sampleCollected>,
): Promise<void> {
  await ctx.transaction(async (tx) => {
    for (const messageId of await store.wakeHeld(tx, ctx.labId(), barcode, ctx.now())) {
      tx.audit('integration.retry', messageId, { barcode }, orderId);
    }
  });
}
