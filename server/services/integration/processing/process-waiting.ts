// One turn of the processing: takes what waits, oldest first, and settles it. A crash at any point leaves messages waiting, and
// doing them again is harmless.
import type { Ctx, Tx } from '#platform/service.ts';

import * as store from '../store.ts';
import type { MessageInHand, WaitingMessage } from '../store.ts';
import type { ReadCatalogue } from './code-books.ts';
import { isOutage, noteFailure, processMessages } from './process-messages.ts';

export const BATCH = 100;
/** Of raw bytes in hand at once; one larger message still goes, alone. */
const BATCH_BYTES = 16_777_216;

/** The ids of as many as fit. */
function takeFitting(waiting: readonly WaitingMessage[]): readonly string[] {
  let bytes = 0;
  const ids: string[] = [];
  for (const { id, sizeBytes } of waiting) {
    bytes += sizeBytes;
    if (ids.length > 0 && bytes > BATCH_BYTES) break;
    ids.push(id);
  }
  return ids;
}

/** Returns how many messages were taken. @throws when another service or the database is away */
export async function processWaiting(ctx: Ctx, catalogueOf: ReadCatalogue): Promise<number> {
  let ids: readonly string[] = [];
  try {
    return await ctx.transaction(async (tx) => {
      ids = takeFitting(await store.lockWaiting(tx, ctx.labId(), ctx.now(), BATCH));
      if (ids.length > 0) await processIds(ctx, tx, ids, catalogueOf);
      return ids.length;
    });
  } catch (error) {
    if (isOutage(error)) throw error;
    // Something in one of them cannot even be written: each in a transaction of its own, so that it holds up no other.
    for (const id of ids) await processAlone(ctx, id, catalogueOf);
    return ids.length;
  }
}

async function processAlone(ctx: Ctx, id: string, catalogueOf: ReadCatalogue): Promise<void> {
  const isWaiting = async (tx: Tx): Promise<boolean> =>
    (await store.lockMessage(tx, ctx.labId(), id))?.status === 'stored';
  try {
    await ctx.transaction(async (tx) => {
      if (await isWaiting(tx)) await processIds(ctx, tx, [id], catalogueOf);
    });
  } catch (error) {
    if (isOutage(error)) throw error;
    await ctx.transaction(async (tx) => {
      if (!(await isWaiting(tx))) return;
      for (const message of await store.loadMessages(tx, ctx.labId(), [id]))
        await noteFailure(ctx, tx, { message, error });
    });
  }
}

async function processIds(ctx: Ctx, tx: Tx, ids: readonly string[], catalogueOf: ReadCatalogue): Promise<void> {
  const messages = await store.loadMessages(tx, ctx.labId(), ids);
  const repeats = messages.filter((message) => message.repeatOf !== null);
  const fresh = messages.filter((message) => message.repeatOf === null);
  await settleRepeats(ctx, tx, repeats);
  const again = await loadHeldOriginals(ctx, tx, repeats, fresh);
  for (const failure of await processMessages(ctx, tx, 'integration.process', [...fresh, ...again], catalogueOf)) {
    await noteFailure(ctx, tx, failure);
  }
}

/** The same bytes have come before: kept as an arrival, entered once. */
async function settleRepeats(ctx: Ctx, tx: Tx, repeats: readonly MessageInHand[]): Promise<void> {
  await store.settleMessages(
    tx,
    ctx.labId(),
    ctx.now(),
    repeats.map(({ id }) => ({ id, status: 'processed', problem: null })),
  );
  for (const { id, repeatOf } of repeats) tx.audit('integration.process', id, { repeatOf });
}

/** Whoever sends a message again at the analyzer, when it waits in the inbox, wants it tried again. */
async function loadHeldOriginals(
  ctx: Ctx,
  tx: Tx,
  repeats: readonly MessageInHand[],
  fresh: readonly MessageInHand[],
): Promise<readonly MessageInHand[]> {
  const inHand = new Set(fresh.map(({ id }) => id));
  const originals = [
    ...new Set(repeats.flatMap(({ repeatOf }) => (repeatOf === null || inHand.has(repeatOf) ? [] : [repeatOf]))),
  ];
  if (originals.length === 0) return [];
  const held = await store.lockHeld(tx, ctx.labId(), originals);
  return held.length === 0 ? [] : store.loadMessages(tx, ctx.labId(), takeFitting(held));
}
