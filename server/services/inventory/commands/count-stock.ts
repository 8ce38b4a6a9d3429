import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { book, lockShelf } from '../book.ts';
import { countTaken, lotCannot, lotNotFound, lotTwice } from '../contract.ts';
import type { countStock as countStockCall, LotView } from '../contract.ts';
import { handMoves } from '../domain/lot-status.ts';
import { quantityText, thousandths } from '../domain/quantity.ts';
import * as store from '../store.ts';
import { lotView } from '../views.ts';

type Input = ParsedInput<typeof countStockCall>;

/** Books the difference found to what stood on the sheet, so that tests run meanwhile are not undone by the count. */
export async function countStock(ctx: Ctx, { reason, lines, ...input }: Input): Promise<LotView[]> {
  const labId = ctx.labId();
  const id = input.id ?? ctx.newId();
  const lotIds = lines.map(({ lotId }) => lotId);
  if (new Set(lotIds).size < lotIds.length) throw lotTwice({});
  return ctx.transaction(async (tx) => {
    const found = await store.getLots(tx, labId, lotIds);
    if (found.length < lotIds.length) throw lotNotFound({});
    if (!(await store.addCount(tx, labId, { id, at: ctx.now(), by: ctx.actor.name, reason, lines }))) {
      const known = await store.getCount(tx, labId, id);
      if (contentOf(known) !== contentOf({ reason, lines })) throw countTaken({});
      return views(tx, labId, lotIds);
    }
    const itemIds = found.map(({ itemId }) => itemId);
    const shelf = await lockShelf(tx, labId, itemIds, lotIds);
    const differences = lines
      .map(({ lotId, onSheet, counted }) => ({ lotId, quantity: thousandths(counted) - thousandths(onSheet) }))
      .filter(({ quantity }) => quantity !== 0n);
    for (const { lotId } of differences) {
      const status = shelf.lots.get(lotId)?.status ?? 'discarded';
      if (!handMoves.adjustment.includes(status))
        throw lotCannot({ status, move: 'adjustment', who: 'inventory.move' });
    }
    await book(
      ctx,
      tx,
      shelf,
      differences.map((difference) => ({ ...difference, kind: 'adjustment', reason, sourceId: id })),
    );
    for (const { lotId, quantity } of differences) {
      const itemId = shelf.lots.get(lotId)?.itemId;
      tx.audit('inventory.count', lotId, { countId: id, difference: quantityText(quantity), reason }, itemId);
    }
    return views(tx, labId, lotIds);
  });
}

function contentOf({ reason, lines }: store.StockCountRow): string {
  return JSON.stringify([reason, lines.map(({ lotId, onSheet, counted }) => [lotId, onSheet, counted])]);
}

async function views(tx: Tx, labId: string, ids: readonly string[]): Promise<LotView[]> {
  return (await store.getLots(tx, labId, ids)).map(lotView);
}
