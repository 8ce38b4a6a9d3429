// A purchase order is written as a draft, sent, and waited for no more.
import { calendarDay } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { itemNotFound, itemTwice, purchaseCannot, purchaseNotFound, staleStock } from '../contract.ts';
import type {
  cancelPurchase as cancelPurchaseCall,
  PurchaseView,
  savePurchase as savePurchaseCall,
  sendPurchase as sendPurchaseCall,
} from '../contract.ts';
import { moves, statusAfter } from '../domain/purchase-status.ts';
import type { PurchaseMove } from '../domain/purchase-status.ts';
import { shown } from '../domain/quantity.ts';
import * as purchases from '../purchase-store.ts';
import * as store from '../store.ts';
import { purchaseView } from '../views.ts';

type SaveInput = ParsedInput<typeof savePurchaseCall>;

/** Sent twice with one id, a draft is written once and has one number. */
export async function savePurchase(ctx: Ctx, input: SaveInput): Promise<PurchaseView> {
  const labId = ctx.labId();
  const id = input.id ?? ctx.newId();
  const { supplierId } = input;
  const note = input.note ?? null;
  const lines = input.lines.map(({ itemId, quantity, pricePaise }) => {
    return { itemId, quantity: shown(quantity), received: '0', pricePaise: pricePaise ?? null };
  });
  const itemIds = lines.map(({ itemId }) => itemId);
  if (new Set(itemIds).size < itemIds.length) throw itemTwice({});
  return ctx.transaction(async (tx) => {
    await purchases.lockId(tx, labId, id);
    const before = await purchases.lockPurchase(tx, labId, id);
    if ((await store.getItems(tx, labId, itemIds)).length < itemIds.length) throw itemNotFound({});
    if (before === undefined) {
      if (typeof input.expectedVersion === 'number') throw purchaseNotFound({});
      const at = ctx.now();
      const number = await nextNumber(tx, labId, at);
      const added = await purchases.addPurchase(tx, labId, { id, number, supplierId, lines, note, createdAt: at });
      tx.audit('inventory.add_purchase', id, { number, supplierId, lines }, id);
      return purchaseView(added);
    }
    if (sameDraft(purchaseView(before), { supplierId, note, lines })) return purchaseView(before);
    if (before.version !== input.expectedVersion) throw staleStock({ version: before.version });
    move(before, 'edit');
    const after = await purchases.changePurchase(tx, labId, { ...before, supplierId, note, lines });
    tx.audit('inventory.change_purchase', id, { from: before.lines, to: lines, supplierId }, id);
    return purchaseView(after);
  });
}

async function nextNumber(tx: Tx, labId: string, at: string): Promise<string> {
  const year = Number(calendarDay(at).slice(0, 4));
  const serial = await purchases.nextSerial(tx, labId, year);
  return `PO-${year}-${String(serial).padStart(4, '0')}`;
}

function sameDraft(held: PurchaseView, asked: Pick<PurchaseView, 'supplierId' | 'note' | 'lines'>): boolean {
  const text = (of: typeof asked): string =>
    JSON.stringify([of.supplierId, of.note, of.lines.map((line) => [line.itemId, line.quantity, line.pricePaise])]);
  return text(held) === text(asked);
}

function move(purchase: PurchaseView, by: PurchaseMove): PurchaseView['status'] {
  const status = statusAfter(purchase.status, by);
  if (status === undefined) throw purchaseCannot({ status: purchase.status, move: by, who: moves[by].may });
  return status;
}

export function sendPurchase(ctx: Ctx, input: ParsedInput<typeof sendPurchaseCall>): Promise<PurchaseView> {
  return step(ctx, input, 'send', null);
}

export function cancelPurchase(
  ctx: Ctx,
  { reason, ...input }: ParsedInput<typeof cancelPurchaseCall>,
): Promise<PurchaseView> {
  return step(ctx, input, 'cancel', reason);
}

async function step(
  ctx: Ctx,
  { purchaseId, expectedVersion }: ParsedInput<typeof sendPurchaseCall>,
  by: 'send' | 'cancel',
  reason: string | null,
): Promise<PurchaseView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const before = await purchases.lockPurchase(tx, labId, purchaseId);
    if (before === undefined) throw purchaseNotFound({});
    const target = by === 'send' ? 'sent' : 'cancelled';
    if (before.status === target && before.version === expectedVersion + 1) return purchaseView(before);
    if (before.version !== expectedVersion) throw staleStock({ version: before.version });
    const status = move(before, by);
    const sentAt = by === 'send' ? ctx.now() : before.sentAt;
    const after = await purchases.changePurchase(tx, labId, { ...before, status, sentAt });
    tx.audit(`inventory.${by}_purchase`, purchaseId, { from: before.status, to: status, reason }, purchaseId);
    return purchaseView(after);
  });
}
