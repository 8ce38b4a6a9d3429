// Stock: reagents, controls, calibrators, consumables by lot and expiry; what each test takes; what has to be bought.
import * as z from 'zod';

import {
  Day,
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  searchText,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';

import { ItemKind, ItemView, LotView } from './contract/lots.ts';
import { Quantity } from './contract/quantity.ts';

export * from './contract/errors.ts';
export * from './contract/lots.ts';
export * from './contract/purchase.ts';
export * from './contract/usage.ts';

export const MovementView = z.object({
  id: Id,
  itemId: Id,
  lotId: Id,
  kind: z.enum([
    'receipt',
    'opening',
    'consumption',
    'repeat',
    'control',
    'adjustment',
    'discard',
    'transfer',
    'return',
  ]),
  /** Signed: what came in is positive. */
  quantity: z.string(),
  balance: z.string(),
  at: Instant,
  by: z.string(),
  reason: z.string().nullable(),
  /** Of a transfer: where it went. */
  location: z.string().nullable(),
  /** Result, control run, goods receipt … behind it. */
  sourceId: Id.nullable(),
});
export type MovementView = z.output<typeof MovementView>;

export const saveItem = defineCall(
  'inventory.saveItem',
  z.object({
    id: Id.optional(),
    expectedVersion: Version.nullish(),
    code: z.string().regex(/^[A-Z0-9_-]{2,30}$/, '2 to 30 capital letters, digits, dashes or underscores'),
    name: shortText(120),
    kind: ItemKind,
    maker: shortText(80).nullish(),
    unit: shortText(20),
    storage: z.enum(['room', 'refrigerated', 'frozen']),
    openDays: z.int().min(1).max(3650).nullish(),
    reorderPoint: Quantity.nullish(),
    reorderQuantity: Quantity.nullish(),
    gtins: z
      .array(z.string().regex(/^\d{14}$/, '14 digits'))
      .max(20)
      .default([]),
    needsVerification: z.boolean().default(false),
  }),
  ItemView,
);
export const listItems = defineCall(
  'inventory.listItems',
  PageInput.extend({ kind: ItemKind.nullish(), text: searchText(60), isLow: z.boolean().nullish() }),
  pageOf(ItemView),
);
/** Lots in the order in which they are to be used: first to expire, first out (FEFO). */
export const lotsOfItems = defineCall(
  'inventory.lotsOfItems',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(LotView),
);
/** Lots whose usable time ends by that day. */
export const listExpiring = defineCall('inventory.listExpiring', PageInput.extend({ until: Day }), pageOf(LotView));
export const listMovements = defineCall(
  'inventory.listMovements',
  PageInput.extend({ itemId: Id, lotId: Id.nullish() }),
  pageOf(MovementView),
);
/** Takes the next vial or pack into use; the open-vial expiry counts from now. */
export const openLot = defineCall(
  'inventory.openLot',
  z.object({
    lotId: Id,
    expectedVersion: Version,
    instrument: z.string().min(1).max(100).nullish(),
    /** Why this lot and not the one that expires first. */
    reason: noteText(300).nullish(),
  }),
  LotView,
);
/** By hand: adjustment after a count, discard, transfer, return; the reason is kept. */
export const moveStock = defineCall(
  'inventory.move',
  z.object({
    id: Id.optional(),
    lotId: Id,
    kind: z.enum(['adjustment', 'discard', 'transfer', 'return']),
    /** Signed for an adjustment, else what leaves. */
    quantity: z.string().regex(/^-?\d{1,9}(\.\d{1,3})?$/, 'a quantity with at most three decimals'),
    reason: noteText(300),
    location: shortText(60).nullish(),
  }),
  LotView,
);
export const inventoryTrail = trailCall('inventory');

/** Stock of an item fell to its reorder point or below. The subject of both is the item. */
export const stockLow = defineEvent(
  'inventory.low',
  1,
  z.object({ itemId: Id, code: z.string(), inStock: z.string(), reorderPoint: z.string(), at: Instant }),
);
export const stockExpiring = defineEvent(
  'inventory.expiring',
  1,
  z.object({ itemId: Id, lotId: Id, code: z.string(), lotNumber: z.string(), usableUntil: Day, at: Instant }),
);
