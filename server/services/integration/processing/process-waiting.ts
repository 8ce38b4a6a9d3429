// One turn of the processing: takes what waits, oldest first, and settles it. A crash at any point leaves messages waiting, and
// doing them again is harmless: unless it is one of them that brings the process down. So each start is counted before the first
// byte is read; what was begun and not ended goes alone, and after a few starts not at all.
import type { Ctx, Tx } from '#platform/service.ts';

import { MAX_STARTS } from '../domain/fate.ts';
import { clearStarts, noteStarts, startsOf } from '../store-starts.ts';
import * as store from '../store.ts';
import type { MessageInHand, WaitingMessage } from '../store.ts';
import type { ReadCatalogue } from './code-books.ts';
import { isOutage, leaveToPerson, noteFailure, processMessages } from './process-messages.ts';

export const BATCH = 100;
/** Of raw bytes in hand at once; one larger message still goes, alone. */
const BATCH_BYTES = 16_777_216;

/** What goes together: all before the first that was begun before, or that one alone. */
function takeUnsuspected(
  waiting: readonly WaitingMessage[],
  starts: ReadonlyMap<string, number>,
): readonly WaitingMessage[] {
  const suspect = waiting.findIndex(({ id }) => starts.has(id));
  if (suspect < 0) return waiting;
  return waiting.slice(0, Math.max(suspect, 1));
}

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
      const waiting = await store.lockWaiting(tx, ctx.labId(), ctx.now(), BATCH);
      if (waiting.length === 0) return 0;
      const starts = await startsOf(
        tx,
        ctx.labId(),
        waiting.map(({ id }) => id),
      );
      const taken = takeFitting(takeUnsuspected(waiting, starts));
      if (taken.some((id) => (starts.get(id) ?? 0) >= MAX_STARTS)) {
        await giveUp(ctx, tx, taken);
        return taken.length;
      }
      await noteStarts(ctx.db, ctx.labId(), taken);
      ids = taken;
      await processIds(ctx, tx, ids, catalogueOf);
      return ids.length;
    });
  } catch (error) {
    if (isOutage(error)) {
      // Nobody died. When the database is what is away the count stands, and the messages go alone once more.
      if (ids.length > 0) await clearStarts(ctx.db, ctx.labId(), ids).catch(() => {});
      throw error;
    }
    if (ids.length === 0) throw error;
    // Something in one of them cannot even be written: each in a transaction of its own, so that it holds up no other.
    for (const id of ids) await processAlone(ctx, id, catalogueOf);
    return ids.length;
  }
}

/** The count of starts stays: the same bytes sent again do not try it again. A person may, by a replay. */
async function giveUp(ctx: Ctx, tx: Tx, ids: readonly string[]): Promise<void> {
  const codeText = `Processing was begun ${MAX_STARTS} times and came to no end; it is not tried again by itself.`;
  for (const message of await store.loadMessages(tx, ctx.labId(), ids))
    await leaveToPerson(ctx, tx, message, codeText, { failed: 'no_end', starts: MAX_STARTS });
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
      await clearStarts(tx, ctx.labId(), [id]);
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
  await clearStarts(tx, ctx.labId(), ids);
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
  const givenUp = await startsOf(tx, ctx.labId(), originals);
  const held = await store.lockHeld(
    tx,
    ctx.labId(),
    originals.filter((id) => (givenUp.get(id) ?? 0) < MAX_STARTS),
  );
  return held.length === 0 ? [] : store.loadMessages(tx, ctx.labId(), takeFitting(held));
}
