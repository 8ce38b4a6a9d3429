import type { Tx } from '#platform/service.ts';

import { lockShelf } from '../book.ts';
import type { Shelf } from '../book.ts';
import { lotNotFound } from '../contract.ts';
import * as store from '../store.ts';
import type { ItemRow, LotRow } from '../store.ts';

export interface LockedLot {
  readonly shelf: Shelf;
  readonly item: ItemRow;
  readonly lot: LotRow;
}

/** A lot with its item and the item's other lots: the item first, as everybody locks. @throws inventory.lot_not_found */
export async function lockLot(tx: Tx, labId: string, lotId: string): Promise<LockedLot> {
  const [found] = await store.getLots(tx, labId, [lotId]);
  if (found === undefined) throw lotNotFound({});
  const shelf = await lockShelf(tx, labId, [found.itemId], [lotId]);
  const [item, lot] = [shelf.items.get(found.itemId), shelf.lots.get(lotId)];
  if (item === undefined || lot === undefined) throw lotNotFound({});
  return { shelf, item, lot };
}

export async function lotNow(tx: Tx, labId: string, lotId: string): Promise<LotRow> {
  const [lot] = await store.getLots(tx, labId, [lotId]);
  if (lot === undefined) throw lotNotFound({});
  return lot;
}
