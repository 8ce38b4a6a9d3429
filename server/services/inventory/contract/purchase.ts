// Suppliers, purchase orders, goods that come in.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf, shortText, Version } from '#platform/contract.ts';

import { LotView } from './lots.ts';
import { SomeQuantity } from './quantity.ts';

export const SupplierView = z.object({
  id: Id,
  code: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  isActive: z.boolean(),
  version: Version,
});
export type SupplierView = z.output<typeof SupplierView>;
export const saveSupplier = defineCall(
  'inventory.saveSupplier',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    code: z.string().regex(/^[A-Z0-9-]{2,20}$/, '2 to 20 capital letters, digits or dashes'),
    name: shortText(120),
    phone: shortText(40).nullish(),
    email: z.email().nullish(),
    isActive: z.boolean().default(true),
  }),
  SupplierView,
);
export const listSuppliers = defineCall('inventory.listSuppliers', PageInput, pageOf(SupplierView));

export const PurchaseStatus = z.enum(['draft', 'sent', 'part_received', 'received', 'cancelled']);
export type PurchaseStatus = z.output<typeof PurchaseStatus>;
export const PurchaseView = z.object({
  id: Id,
  /** Consecutive within a year of the lab: PO-2026-0001. */
  number: z.string(),
  supplierId: Id,
  status: PurchaseStatus,
  lines: z.array(
    z.object({
      itemId: Id,
      quantity: z.string(),
      received: z.string(),
      /** For one of the item's unit; null: not agreed. */
      pricePaise: z.int().nullable(),
    }),
  ),
  note: z.string().nullable(),
  createdAt: Instant,
  sentAt: Instant.nullable(),
  version: Version,
});
export type PurchaseView = z.output<typeof PurchaseView>;
/** Writes a draft, or changes it while it is one. */
export const savePurchase = defineCall(
  'inventory.savePurchase',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    supplierId: Id,
    lines: z
      .array(z.object({ itemId: Id, quantity: SomeQuantity, pricePaise: z.int().min(0).nullish() }))
      .min(1)
      .max(200),
    note: noteText(500).nullish(),
  }),
  PurchaseView,
);
export const sendPurchase = defineCall(
  'inventory.sendPurchase',
  z.object({ purchaseId: Id, expectedVersion: Version }),
  PurchaseView,
);
/** What has not come is not waited for any more; what has come stays. */
export const cancelPurchase = defineCall(
  'inventory.cancelPurchase',
  z.object({ purchaseId: Id, expectedVersion: Version, reason: noteText(300) }),
  PurchaseView,
);
export const getPurchase = defineCall('inventory.getPurchase', z.object({ purchaseId: Id }), PurchaseView);
/** Newest first. */
export const listPurchases = defineCall(
  'inventory.listPurchases',
  PageInput.extend({ status: PurchaseStatus.nullish() }),
  pageOf(PurchaseView),
);

export const ReceiptView = z.object({
  id: Id,
  purchaseId: Id.nullable(),
  supplierId: Id.nullable(),
  invoiceNumber: z.string().nullable(),
  receivedAt: Instant,
  by: z.string(),
  lots: z.array(LotView),
});
export type ReceiptView = z.output<typeof ReceiptView>;
/** Goods come in, on a purchase order or without. Every box of one lot in one receipt is one lot in stock. */
export const receiveGoods = defineCall(
  'inventory.receive',
  z.object({
    /** Client-made: sending it twice receives once. */
    id: Id.optional(),
    purchaseId: Id.nullish(),
    /** Of a receipt without an order. */
    supplierId: Id.nullish(),
    invoiceNumber: shortText(60).nullish(),
    lots: z
      .array(
        z.object({
          itemId: Id,
          lotNumber: shortText(40),
          expiresOn: Day,
          quantity: SomeQuantity,
          /** False: the box came warm, or its indicator has changed. */
          isTemperatureOk: z.boolean(),
          location: shortText(60).nullish(),
        }),
      )
      .min(1)
      .max(100),
  }),
  ReceiptView,
);
/** Newest first. */
export const listReceipts = defineCall('inventory.listReceipts', PageInput, pageOf(ReceiptView));
