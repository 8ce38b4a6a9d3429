// The one way in which stock changes: movements are written to the ledger, the balances of lots and the sums of items follow in
// the same transaction. Who books has locked the items, so the balance of a lot is always the sum of its movements.
import { calendarDay } from '@nidaan/values';

import type { Ctx, Tx } from '#platform/service.ts';

import { itemNotFound, notEnough, stockLow } from './contract.ts';
import type { MovementView } from './contract.ts';
import { startOfTomorrow } from './domain/expiry.ts';
import { statusWith } from './domain/lot-status.ts';
import { quantityText, shown, thousandths } from './domain/quantity.ts';
import { watchExpiryJob } from './jobs/job-types.ts';
import * as store from './store.ts';
import type { ItemRow, LotRow } from './store.ts';

/** Items with what is there of them, locked. Quantities change with each booking. */
export interface Shelf {
  readonly items: ReadonlyMap<string, ItemRow>;
  readonly lots: Map<string, LotRow>;
}

/**
 * @param lotIds lots that are wanted whatever is left of them
 * @throws inventory.item_not_found when one is not of this lab
 */
export async function lockShelf(
  tx: Tx,
  labId: string,
  itemIds: readonly string[],
  lotIds: readonly string[] = [],
): Promise<Shelf> {
  const ids = [...new Set(itemIds)];
  const items = new Map((await store.lockItems(tx, labId, ids)).map((item) => [item.id, item]));
  if (items.size < ids.length) throw itemNotFound({});
  const lots = new Map((await store.lockLots(tx, labId, ids, lotIds)).map((lot) => [lot.id, lot]));
  return { items, lots };
}

export interface Booking {
  readonly id?: string | undefined;
  readonly lotId: string;
  readonly kind: MovementView['kind'];
  /** Thousandths; what comes in is positive. */
  readonly quantity: bigint;
  readonly at?: string;
  readonly reason?: string | null;
  readonly location?: string | null;
  readonly sourceId?: string | null;
}

/** @throws inventory.not_enough when a lot holds less than is taken from it */
export async function book(ctx: Ctx, tx: Tx, shelf: Shelf, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) return;
  const today = calendarDay(ctx.now());
  const movements = bookings.map((booking): MovementView => {
    const lot = lotOn(shelf, booking.lotId);
    const left = thousandths(shown(lot.quantity)) + booking.quantity;
    if (left < 0n) throw notEnough({ inStock: shown(lot.quantity) });
    const isMove = booking.kind !== 'opening';
    const status = isMove ? statusWith(lot, left, booking.kind === 'discard', today) : lot.status;
    shelf.lots.set(lot.id, { ...lot, quantity: quantityText(left), status });
    return {
      id: booking.id ?? ctx.newId(),
      itemId: lot.itemId,
      lotId: lot.id,
      kind: booking.kind,
      quantity: quantityText(booking.quantity),
      balance: quantityText(left),
      at: booking.at ?? ctx.now(),
      by: ctx.actor.name,
      reason: booking.reason ?? null,
      location: booking.location ?? null,
      sourceId: booking.sourceId ?? null,
    };
  });
  await store.addMovements(tx, ctx.labId(), movements);
  const touched = [...new Set(bookings.map(({ lotId }) => lotId))].map((id) => lotOn(shelf, id));
  await store.settleLots(tx, ctx.labId(), touched);
  await settleItems(ctx, tx, shelf, [...new Set(touched.map(({ itemId }) => itemId))]);
}

function lotOn(shelf: Shelf, id: string): LotRow {
  const lot = shelf.lots.get(id);
  if (lot === undefined) throw new Error('A booked lot is on the shelf');
  return lot;
}

/** Sums again; low is told when it becomes so, once each time. */
export async function settleItems(
  ctx: Ctx,
  tx: Tx,
  shelf: Pick<Shelf, 'items'>,
  ids: readonly string[],
): Promise<void> {
  for (const item of await store.settleItems(tx, ctx.labId(), ids)) {
    const wasLow = shelf.items.get(item.id)?.isLow ?? false;
    if (!item.isLow || wasLow || item.reorderPoint === null) continue;
    const [inStock, reorderPoint] = [shown(item.inStock), shown(item.reorderPoint)];
    tx.emit(stockLow, item.id, { itemId: item.id, code: item.code, inStock, reorderPoint, at: ctx.now() });
  }
}

/** One job a lab and day, as long as there is a lot that ages. */
export function watchExpiry(ctx: Ctx, tx: Tx): void {
  const dueAt = startOfTomorrow(calendarDay(ctx.now()));
  tx.schedule(watchExpiryJob, { dueAt }, { key: `inventory.watch_expiry ${ctx.labId()} ${dueAt}`, runAt: dueAt });
}
