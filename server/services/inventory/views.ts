// Rows as others see them: quantities without spare zeros.
import type { Db } from '#platform/service.ts';

import { itemNotFound } from './contract.ts';
import type { AnalyteRecipeView, ItemView, LotView, MovementView, PurchaseView, RecipeView } from './contract.ts';
import { shown } from './domain/quantity.ts';
import type { Recipe } from './domain/runs.ts';
import * as store from './store.ts';
import type { ItemWithGtins, LotRow, MovementRow } from './store.ts';

export function itemView({ searchKey: _, ...row }: ItemWithGtins): ItemView {
  return {
    ...row,
    gtins: [...row.gtins],
    reorderPoint: row.reorderPoint === null ? null : shown(row.reorderPoint),
    reorderQuantity: row.reorderQuantity === null ? null : shown(row.reorderQuantity),
    inStock: shown(row.inStock),
  };
}

export function lotView(row: LotRow): LotView {
  const { wasUsable: _used, receiptId: _receipt, toldExpiry: _expiry, toldOpen: _open, ...view } = row;
  return { ...view, quarantineReasons: [...view.quarantineReasons], quantity: shown(view.quantity) };
}

export function movementView({ seq: _, ...row }: MovementRow): MovementView {
  return { ...row, quantity: shown(row.quantity), balance: shown(row.balance) };
}

export async function itemNow(db: Db, labId: string, id: string): Promise<ItemView> {
  const [row] = await store.getItems(db, labId, [id]);
  if (row === undefined) throw itemNotFound({});
  return itemView(row);
}

export function purchaseView(row: PurchaseView): PurchaseView {
  return { ...row, lines: row.lines.map((line) => ({ ...line })) };
}

export function testRecipeView({ code: testCode, instrument, itemId, quantity }: Recipe): RecipeView {
  return { testCode, instrument, itemId, quantity: shown(quantity) };
}

export function analyteRecipeView({ code: analyteCode, instrument, itemId, quantity }: Recipe): AnalyteRecipeView {
  return { analyteCode, instrument, itemId, quantity: shown(quantity) };
}
