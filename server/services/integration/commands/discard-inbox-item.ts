import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { inboxItemClosed, inboxItemNotFound } from '../contract.ts';
import type { discardInboxItem as discardInboxItemCall, InboxItem } from '../contract.ts';
import * as store from '../store.ts';

/** Puts an item aside with a reason. The raw message stays, and a replay does not open the item again. */
export async function discardInboxItem(
  ctx: Ctx,
  { itemId, reason }: ParsedInput<typeof discardInboxItemCall>,
): Promise<InboxItem> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const place = await store.messageOfItem(tx, labId, itemId);
    if (!place) throw inboxItemNotFound({});
    await store.lockMessage(tx, labId, place.messageId);
    const item = await store.lockItem(tx, labId, itemId);
    if (item.status === 'discarded' && item.resolution === reason) return item;
    if (item.status !== 'open') throw inboxItemClosed({});
    const discarded = await store.discardItem(tx, labId, { id: itemId, at: ctx.now(), by: ctx.actor.name, reason });
    await store.settleIfEmpty(tx, labId, place.messageId);
    tx.audit('integration.discard', itemId, {
      messageId: place.messageId,
      reason: item.reason,
      location: item.location,
      why: reason,
    });
    return discarded;
  });
}
