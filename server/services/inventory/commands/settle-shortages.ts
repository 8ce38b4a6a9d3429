import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { book } from '../book.ts';
import { handMoves } from '../domain/lot-status.ts';
import { lotCannot, otherItem, shortageNotFound, shortageSettled } from '../contract.ts';
import type { settleShortages as settleShortagesCall } from '../contract.ts';
import { shown, thousandths } from '../domain/quantity.ts';
import * as usage from '../usage-store.ts';
import type { ShortageRow } from '../usage-store.ts';
import { lockLot } from './lock-lot.ts';

type Input = ParsedInput<typeof settleShortagesCall>;

/** What was used came from this lot after all, or nobody knows: written off. Sent twice it is settled once. */
export async function settleShortages(
  ctx: Ctx,
  { shortageIds, reason, ...input }: Input,
): Promise<{ readonly settled: number }> {
  const labId = ctx.labId();
  const lotId = input.lotId ?? null;
  const ids = [...new Set(shortageIds)];
  return ctx.transaction(async (tx) => {
    // The item and its lots before the shortages, in the order of who makes some.
    const locked = lotId === null ? undefined : await lockLot(tx, labId, lotId);
    const shortages = await usage.lockShortages(tx, labId, ids);
    if (shortages.length < ids.length) throw shortageNotFound({});
    if (shortages.some(({ itemId }) => locked !== undefined && itemId !== locked.item.id)) throw otherItem({});
    if (shortages.every((each) => isSettledSo(each, lotId, reason))) return { settled: 0 };
    if (shortages.some(({ settledAt }) => settledAt !== null)) throw shortageSettled({});
    if (locked !== undefined) {
      const { status } = locked.lot;
      if (!handMoves.discard.includes(status)) throw lotCannot({ status, move: 'use', who: 'inventory.move' });
      await book(
        ctx,
        tx,
        locked.shelf,
        shortages.map(({ kind, quantity, sourceId }) => {
          const amount = -thousandths(shown(quantity));
          return { lotId: locked.lot.id, kind, quantity: amount, reason, sourceId };
        }),
      );
    }
    await settle(ctx, tx, shortages, lotId, reason);
    return { settled: shortages.length };
  });
}

function isSettledSo(
  { settledAt, settledLotId, settleReason }: ShortageRow,
  lotId: string | null,
  reason: string,
): boolean {
  return settledAt !== null && settledLotId === lotId && settleReason === reason;
}

async function settle(
  ctx: Ctx,
  tx: Tx,
  shortages: readonly ShortageRow[],
  lotId: string | null,
  reason: string,
): Promise<void> {
  const ids = shortages.map(({ id }) => id);
  await usage.settleShortages(tx, ctx.labId(), ids, { at: ctx.now(), name: ctx.actor.name, lotId, reason });
  for (const [itemId, own] of Map.groupBy(shortages, (each) => each.itemId)) {
    tx.audit('inventory.settle_shortages', itemId, { shortageIds: own.map(({ id }) => id), lotId, reason }, itemId);
  }
}
