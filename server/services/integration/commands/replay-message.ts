import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { messageNotFound } from '../contract.ts';
import type { MessageView, replayMessage as replayMessageCall } from '../contract.ts';
import { readCatalogue } from '../processing/code-books.ts';
import { noteFailure, processMessages } from '../processing/process-messages.ts';
import { clearStarts } from '../store-starts.ts';
import * as store from '../store.ts';

/**
 * Processes a stored message again: after a mapping, a collection, an order. A repeat stands for its first arrival. A refused
 * message stays refused: the same bytes would be refused again.
 */
export async function replayMessage(
  ctx: Ctx,
  { messageId }: ParsedInput<typeof replayMessageCall>,
): Promise<MessageView> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const asked = await store.lockMessage(tx, labId, messageId);
    if (!asked) throw messageNotFound({});
    const first = asked.repeatOf === null ? asked : await store.lockMessage(tx, labId, asked.repeatOf);
    const messages = first ? await store.loadMessages(tx, labId, [first.id]) : [];
    const readable = messages.filter((message) => message.status !== 'refused');
    if (readable.length === 0) tx.audit('integration.replay', messageId, { refused: true });
    for (const failure of await processMessages(ctx, tx, 'integration.replay', readable, readCatalogue))
      await noteFailure(ctx, tx, failure);
    // It came to an end: what was given up as one that never does may be tried again.
    await clearStarts(
      tx,
      labId,
      readable.map(({ id }) => id),
    );
    const view = await store.getMessage(tx, labId, messageId);
    if (!view) throw messageNotFound({});
    return view;
  });
}
