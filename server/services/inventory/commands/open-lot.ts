import { calendarDay } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { book, watchExpiry } from '../book.ts';
import { lotCannot, notFirstToExpire, staleStock } from '../contract.ts';
import type { LotView, openLot as openLotCall } from '../contract.ts';
import { usableUntil } from '../domain/expiry.ts';
import { statusAfter } from '../domain/lot-status.ts';
import * as store from '../store.ts';
import type { LotRow } from '../store.ts';
import { lotView } from '../views.ts';
import { lockLot, lotNow } from './lock-lot.ts';

type Input = ParsedInput<typeof openLotCall>;

/** The next vial of a lot into use: the first of it, or another when the one before is empty or too old. */
export async function openLot(ctx: Ctx, { lotId, expectedVersion, ...input }: Input): Promise<LotView> {
  const labId = ctx.labId();
  const instrument = input.instrument ?? null;
  return ctx.transaction(async (tx) => {
    const { shelf, item, lot } = await lockLot(tx, labId, lotId);
    const isAgain = lot.status === 'in_use' && lot.version === expectedVersion + 1 && lot.instrument === instrument;
    if (isAgain) return lotView(lot);
    if (lot.version !== expectedVersion) throw staleStock({ version: lot.version });
    const openedAt = ctx.now();
    const today = calendarDay(openedAt);
    const status = statusAfter(lot.expiresOn < today ? 'expired' : lot.status, 'open');
    if (status === undefined) {
      const now = lot.expiresOn < today ? 'expired' : lot.status;
      throw lotCannot({ status: now, move: 'opening', who: 'inventory.move' });
    }
    if (!input.reason && lot.status === 'usable') refuseOutOfOrder(lot, [...shelf.lots.values()], today);
    const opened = { ...lot, status, openedAt, instrument, toldOpen: false };
    const until = usableUntil(lot.expiresOn, today, item.openDays);
    await store.changeLot(tx, labId, { ...opened, usableUntil: until });
    await book(ctx, tx, { ...shelf, lots: new Map([[lotId, opened]]) }, [
      { lotId, kind: 'opening', quantity: 0n, reason: input.reason ?? null },
    ]);
    tx.audit(
      'inventory.open_lot',
      lotId,
      { lotNumber: lot.lotNumber, instrument, usableUntil: until, from: lot.status, reason: input.reason ?? null },
      lot.itemId,
    );
    watchExpiry(ctx, tx);
    return lotView(await lotNow(tx, labId, lotId));
  });
}

/** First to expire, first out: a reason is needed to leave an older unopened lot standing. */
function refuseOutOfOrder(lot: LotRow, lots: readonly LotRow[], today: string): void {
  const [earlier] = lots
    .filter((other) => other.status === 'usable' && other.expiresOn < lot.expiresOn && other.expiresOn >= today)
    .toSorted((a, b) => (a.expiresOn < b.expiresOn ? -1 : 1));
  if (earlier !== undefined) throw notFirstToExpire({ lotId: earlier.id, lotNumber: earlier.lotNumber });
}
