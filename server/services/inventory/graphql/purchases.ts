// Suppliers, purchase orders, goods receipts.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import {
  cancelPurchase,
  getPurchase,
  listPurchases,
  listReceipts,
  listSuppliers,
  PurchaseStatus,
  receiveGoods,
  savePurchase,
  saveSupplier,
  sendPurchase,
} from '../contract.ts';
import type { LotView, PurchaseView, ReceiptView, SupplierView } from '../contract.ts';

export function purchaseFields(b: Builder): void {
  const Status = b.enumType('PurchaseStatus', { values: PurchaseStatus.options });
  const StockLot = typeRef<LotView>(b, 'StockLot');
  const Supplier = typeRef<SupplierView>(b, 'Supplier');
  Supplier.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { nullable: true }),
      email: t.exposeString('email', { nullable: true }),
      isActive: t.exposeBoolean('isActive'),
      version: t.exposeInt('version'),
    }),
  });
  const Line = typeRef<PurchaseView['lines'][number]>(b, 'PurchaseLine');
  Line.implement({
    fields: (t) => ({
      itemId: t.exposeID('itemId'),
      quantity: t.exposeString('quantity'),
      received: t.exposeString('received'),
      pricePaise: t.exposeInt('pricePaise', { nullable: true, description: 'For one of the item’s unit.' }),
    }),
  });
  const Purchase = typeRef<PurchaseView>(b, 'PurchaseOrder');
  Purchase.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeString('number'),
      supplierId: t.exposeID('supplierId'),
      status: t.field({ type: Status, resolve: (purchase) => purchase.status }),
      lines: t.field({ type: [Line], resolve: (purchase) => purchase.lines }),
      note: t.exposeString('note', { nullable: true }),
      createdAt: t.field({ type: 'DateTime', resolve: (purchase) => purchase.createdAt }),
      sentAt: t.field({ type: 'DateTime', nullable: true, resolve: (purchase) => purchase.sentAt }),
      version: t.exposeInt('version'),
    }),
  });
  const Receipt = typeRef<ReceiptView>(b, 'GoodsReceipt');
  Receipt.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      purchaseId: t.exposeID('purchaseId', { nullable: true }),
      supplierId: t.exposeID('supplierId', { nullable: true }),
      invoiceNumber: t.exposeString('invoiceNumber', { nullable: true }),
      receivedAt: t.field({ type: 'DateTime', resolve: (receipt) => receipt.receivedAt }),
      by: t.exposeString('by'),
      lots: t.field({ type: [StockLot], resolve: (receipt) => receipt.lots }),
    }),
  });

  const SaveSupplier = b.inputType('SaveSupplierInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int({ description: 'Needed when the supplier is there already.' }),
      code: t.string({ required: true }),
      name: t.string({ required: true }),
      phone: t.string(),
      email: t.string(),
      isActive: t.boolean(),
    }),
  });
  const LineInput = b.inputType('PurchaseLineInput', {
    fields: (t) => ({
      itemId: t.id({ required: true }),
      quantity: t.string({ required: true }),
      pricePaise: t.int(),
    }),
  });
  const SavePurchase = b.inputType('SavePurchaseOrderInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int({ description: 'Needed when the order is there already.' }),
      supplierId: t.id({ required: true }),
      lines: t.field({ type: [LineInput], required: true }),
      note: t.string(),
    }),
  });
  const Incoming = b.inputType('IncomingLotInput', {
    fields: (t) => ({
      itemId: t.id({ required: true }),
      lotNumber: t.string({ required: true }),
      expiresOn: t.field({ type: 'Date', required: true }),
      quantity: t.string({ required: true }),
      isTemperatureOk: t.boolean({ required: true, description: 'False: the box came warm.' }),
      location: t.string(),
    }),
  });
  const Receive = b.inputType('ReceiveGoodsInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client: sent twice, received once.' }),
      purchaseId: t.id(),
      supplierId: t.id({ description: 'Of a receipt without an order.' }),
      invoiceNumber: t.string(),
      lots: t.field({ type: [Incoming], required: true }),
    }),
  });

  b.queryFields((t) => ({
    suppliers: t.field({
      type: connection(b, Supplier),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listSuppliers, given(args)),
    }),
    purchaseOrder: t.field({
      type: Purchase,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getPurchase, { purchaseId: id }),
    }),
    purchaseOrders: t.field({
      type: connection(b, Purchase),
      args: { status: t.arg({ type: Status }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listPurchases, given(args)),
    }),
    goodsReceipts: t.field({
      type: connection(b, Receipt),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listReceipts, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    saveSupplier: t.field({
      type: Supplier,
      args: { input: t.arg({ type: SaveSupplier, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveSupplier, given(input)),
    }),
    savePurchaseOrder: t.field({
      type: Purchase,
      args: { input: t.arg({ type: SavePurchase, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(savePurchase, given(input)),
    }),
    sendPurchaseOrder: t.field({
      type: Purchase,
      args: { id: t.arg.id({ required: true }), expectedVersion: t.arg.int({ required: true }) },
      resolve: (_, { id, expectedVersion }, ctx) => ctx.call(sendPurchase, { purchaseId: id, expectedVersion }),
    }),
    cancelPurchaseOrder: t.field({
      type: Purchase,
      args: {
        id: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_, { id, ...args }, ctx) => ctx.call(cancelPurchase, { purchaseId: id, ...args }),
    }),
    receiveGoods: t.field({
      type: Receipt,
      args: { input: t.arg({ type: Receive, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(receiveGoods, given(input)),
    }),
  }));
}
