// Shortly after midnight: what expired yesterday is marked so, and what expires soon is told, each once. Asked for when goods come
// in, and by itself for the next day as long as there is a lot that ages.
import { calendarDay } from '@nidaan/values';

import { LEAST_ID } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { lockShelf, settleItems, watchExpiry as watchTomorrow } from '../book.ts';
import { stockExpiring, watchNotDue } from '../contract.ts';
import { addDays, newsOf, TELL_EXPIRY_DAYS } from '../domain/expiry.ts';
import { statusAfter } from '../domain/lot-status.ts';
import * as store from '../store.ts';
import type { ExpiringPlace, LotRow } from '../store.ts';

const EVERYTHING = 100_000;

/** @throws inventory.watch_not_due, and is tried again shortly: the queue's clock runs ahead of ours */
export async function watchExpiry(ctx: Ctx, { dueAt }: { readonly dueAt: string }): Promise<void> {
  if (Date.parse(ctx.now()) < Date.parse(dueAt)) throw watchNotDue({});
  const labId = ctx.labId();
  const today = calendarDay(ctx.now());
  const soon: ExpiringPlace = {
    until: addDays(today, TELL_EXPIRY_DAYS),
    after: ['0001-01-01', LEAST_ID],
    limit: EVERYTHING,
  };
  await ctx.transaction(async (tx) => {
    const expired = await tx.rows<{ readonly itemId: string }>(store.expiredItemsQuery(labId, today));
    const ageing = await tx.rows<LotRow>(store.expiringQuery(labId, soon));
    const shelf = await lockShelf(
      tx,
      labId,
      [...expired, ...ageing].map(({ itemId }) => itemId),
    );
    const gone = [...shelf.lots.values()].flatMap((lot) => {
      const status = lot.expiresOn < today ? statusAfter(lot.status, 'expire') : undefined;
      return status === undefined ? [] : [{ ...lot, status }];
    });
    for (const { id, itemId, lotNumber, expiresOn, quantity } of gone)
      tx.audit('inventory.expire', id, { lotNumber, expiresOn, quantity }, itemId);
    await store.settleLots(tx, labId, gone);
    await settleItems(ctx, tx, shelf, [...new Set(gone.map(({ itemId }) => itemId))]);

    const told = [...shelf.lots.values()].flatMap((lot) => {
      if (lot.expiresOn < today || !['quarantine', 'usable', 'in_use'].includes(lot.status)) return [];
      const news = newsOf(lot, today);
      if (!news.expiry && !news.open) return [];
      return [{ ...lot, toldExpiry: lot.toldExpiry || news.expiry, toldOpen: lot.toldOpen || news.open }];
    });
    for (const { id: lotId, itemId, lotNumber, usableUntil } of told) {
      const code = shelf.items.get(itemId)?.code ?? '';
      tx.emit(stockExpiring, itemId, { itemId, lotId, code, lotNumber, usableUntil, at: ctx.now() });
    }
    await store.markTold(tx, labId, told);
    if (await store.hasAgeingLots(tx, labId)) watchTomorrow(ctx, tx);
  });
}
