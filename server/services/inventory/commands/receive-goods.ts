import { calendarDay } from '@nidaan/values';

import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { book, lockShelf, watchExpiry } from '../book.ts';
import type { Shelf } from '../book.ts';
import {
  expiredOnReceipt,
  expiryDiffers,
  lotTwice,
  notOnOrder,
  purchaseCannot,
  purchaseNotFound,
  receiptTaken,
  supplierNotFound,
} from '../contract.ts';
import type { PurchaseView, QuarantineReason, ReceiptView, receiveGoods as receiveGoodsCall } from '../contract.ts';
import { moves, statusAfter } from '../domain/purchase-status.ts';
import { quantityText, thousandths } from '../domain/quantity.ts';
import * as purchases from '../purchase-store.ts';
import type { ReceiptRow } from '../purchase-store.ts';
import * as store from '../store.ts';
import { lotView } from '../views.ts';

type Input = ParsedInput<typeof receiveGoodsCall>;
type Incoming = Input['lots'][number];

/** Goods come in: each lot into quarantine or ready for use. Sent twice with one id they are received once. */
export async function receiveGoods(ctx: Ctx, { id: givenId, lots, ...input }: Input): Promise<ReceiptView> {
  const labId = ctx.labId();
  const today = calendarDay(ctx.now());
  const names = lots.map(({ itemId, lotNumber }) => `${itemId} ${lotNumber}`);
  if (new Set(names).size < names.length) throw lotTwice({});
  const receipt: ReceiptRow = {
    id: givenId ?? ctx.newId(),
    purchaseId: input.purchaseId ?? null,
    supplierId: input.supplierId ?? null,
    invoiceNumber: input.invoiceNumber ?? null,
    receivedAt: ctx.now(),
    by: ctx.actor.name,
    content: JSON.stringify([input.purchaseId ?? null, input.supplierId ?? null, input.invoiceNumber ?? null, lots]),
  };
  return ctx.transaction(async (tx) => {
    const purchase = await lockPurchase(tx, labId, receipt.purchaseId);
    const supplierId = purchase?.supplierId ?? receipt.supplierId;
    if (!(await purchases.addReceipt(tx, labId, { ...receipt, supplierId }))) {
      const known = await purchases.getReceipt(tx, labId, receipt.id);
      if (known.content !== receipt.content) throw receiptTaken({});
      return receiptNow(tx, labId, known);
    }
    if (supplierId !== null && (await purchases.getSupplier(tx, labId, supplierId)) === undefined)
      throw supplierNotFound({});
    for (const { lotNumber, expiresOn } of lots) if (expiresOn < today) throw expiredOnReceipt({ lotNumber });
    const shelf = await lockShelf(
      tx,
      labId,
      lots.map(({ itemId }) => itemId),
    );
    for (const lot of lots) await putOnShelf(ctx, tx, shelf, receipt, lot);
    if (purchase !== undefined) await fulfil(ctx, tx, purchase, lots);
    watchExpiry(ctx, tx);
    return receiptNow(tx, labId, { ...receipt, supplierId });
  });
}

async function lockPurchase(tx: Tx, labId: string, id: string | null): Promise<PurchaseView | undefined> {
  if (id === null) return undefined;
  const purchase = await purchases.lockPurchase(tx, labId, id);
  if (purchase === undefined) throw purchaseNotFound({});
  return purchase;
}

async function receiptNow(tx: Tx, labId: string, { content: _, ...receipt }: ReceiptRow): Promise<ReceiptView> {
  return { ...receipt, lots: (await store.lotsOfReceipts(tx, labId, [receipt.id])).map(lotView) };
}

async function putOnShelf(ctx: Ctx, tx: Tx, shelf: Shelf, receipt: ReceiptRow, incoming: Incoming): Promise<void> {
  const labId = ctx.labId();
  const { itemId, lotNumber, expiresOn } = incoming;
  const earlier = await store.lotsOfNumber(tx, labId, itemId, lotNumber);
  const differing = earlier.find((lot) => lot.expiresOn !== expiresOn);
  if (differing !== undefined) throw expiryDiffers({ lotNumber, expiresOn: differing.expiresOn });
  // A later delivery of a lot that was compared once is the same lot.
  const needsVerification = shelf.items.get(itemId)?.needsVerification && !earlier.some(({ wasUsable }) => wasUsable);
  const quarantineReasons: QuarantineReason[] = [
    ...(needsVerification ? (['verification'] as const) : []),
    ...(incoming.isTemperatureOk ? [] : (['temperature'] as const)),
  ];
  const isFree = quarantineReasons.length === 0;
  const lot = await store.addLot(tx, labId, {
    id: ctx.newId(),
    itemId,
    lotNumber,
    expiresOn,
    receivedAt: receipt.receivedAt,
    openedAt: null,
    usableUntil: expiresOn,
    status: isFree ? 'usable' : 'quarantine',
    quarantineReasons,
    wasUsable: isFree,
    instrument: null,
    location: incoming.location ?? null,
    receiptId: receipt.id,
    toldExpiry: false,
    toldOpen: false,
  });
  shelf.lots.set(lot.id, lot);
  const quantity = thousandths(incoming.quantity);
  await book(ctx, tx, shelf, [{ lotId: lot.id, kind: 'receipt', quantity, sourceId: receipt.id }]);
  const facts = { receiptId: receipt.id, lotNumber, expiresOn, quantity: quantityText(quantity), quarantineReasons };
  tx.audit('inventory.receive', lot.id, { ...facts, purchaseId: receipt.purchaseId }, itemId);
}

/** More than was ordered may come; the order is fulfilled when nothing is missing. */
async function fulfil(ctx: Ctx, tx: Tx, purchase: PurchaseView, lots: readonly Incoming[]): Promise<void> {
  const stranger = lots.find(({ itemId }) => !purchase.lines.some((line) => line.itemId === itemId));
  if (stranger !== undefined) throw notOnOrder({ itemId: stranger.itemId });
  const lines = purchase.lines.map((line) => {
    const came = lots.filter(({ itemId }) => itemId === line.itemId);
    const received = came.reduce((sum, { quantity }) => sum + thousandths(quantity), thousandths(line.received));
    return { ...line, received: quantityText(received) };
  });
  const isAll = lines.every(({ quantity, received }) => thousandths(received) >= thousandths(quantity));
  const move = isAll ? 'receive_all' : 'receive_part';
  const status = statusAfter(purchase.status, move);
  if (status === undefined) throw purchaseCannot({ status: purchase.status, move: 'receipt', who: moves[move].may });
  await purchases.changePurchase(tx, ctx.labId(), { ...purchase, lines, status });
  tx.audit('inventory.receive_purchase', purchase.id, { from: purchase.status, to: status, lines }, purchase.id);
}
