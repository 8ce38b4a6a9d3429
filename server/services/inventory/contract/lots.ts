// What happens to a lot beside its use: verification against the one before, release, counting, the label of its box.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, Version } from '#platform/contract.ts';

import { Quantity } from './quantity.ts';

export const ItemKind = z.enum(['reagent', 'calibrator', 'control', 'consumable']);
export type ItemKind = z.output<typeof ItemKind>;

export const ItemView = z.object({
  id: Id,
  code: z.string(),
  name: z.string(),
  kind: ItemKind,
  maker: z.string().nullable(),
  /** What stock is counted in: `test`, `mL`, `vial`, `piece`. */
  unit: z.string(),
  storage: z.enum(['room', 'refrigerated', 'frozen']),
  /** Days an opened vial may be used; null: until it expires. */
  openDays: z.int().nullable(),
  /** At or below this, stock.low is told; null: never. */
  reorderPoint: z.string().nullable(),
  reorderQuantity: z.string().nullable(),
  /** What stands in the barcode of its boxes, 14 digits each. */
  gtins: z.array(z.string()),
  /** A new lot waits in quarantine until it agrees with the one before. */
  needsVerification: z.boolean(),
  /** Sum over usable lots. */
  inStock: z.string(),
  /** At or below the reorder point. */
  isLow: z.boolean(),
  version: Version,
});
export type ItemView = z.output<typeof ItemView>;

export const QuarantineReason = z.enum(['verification', 'temperature']);
export type QuarantineReason = z.output<typeof QuarantineReason>;
export const LotStatus = z.enum(['quarantine', 'usable', 'in_use', 'used_up', 'expired', 'discarded']);
export type LotStatus = z.output<typeof LotStatus>;

export const LotView = z.object({
  id: Id,
  itemId: Id,
  lotNumber: z.string(),
  expiresOn: Day,
  receivedAt: Instant,
  openedAt: Instant.nullable(),
  /** The earlier of the lot's expiry and the open-vial expiry. */
  usableUntil: Day,
  quantity: z.string(),
  /** quarantine: not to be used before its lot-to-lot verification has passed. */
  status: LotStatus,
  /** What keeps it in quarantine: no verification yet, or it came warm. */
  quarantineReasons: z.array(QuarantineReason),
  /** Where it is in use; null: not opened, or not on an instrument. */
  instrument: z.string().nullable(),
  location: z.string().nullable(),
  version: Version,
});
export type LotView = z.output<typeof LotView>;

const Measured = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'a decimal number');
const Comparison = z.object({
  analyteCode: z.string().min(1).max(40),
  instrument: z.string().min(1).max(100),
  /** Allowed difference, percent of the old lot's value. */
  allowedPercent: z.string().regex(/^\d{1,3}(\.\d{1,2})?$/, 'percent with at most two decimals'),
  pairs: z
    .array(z.object({ sample: z.string().trim().min(1).max(40), old: Measured, new: Measured }))
    .min(3)
    .max(40),
});
export const VerificationView = z.object({
  id: Id,
  lotId: Id,
  oldLotId: Id,
  comparisons: z.array(
    Comparison.extend({
      pairs: z.array(
        z.object({
          sample: z.string(),
          old: z.string(),
          new: z.string(),
          /** Percent of the old value, two decimals; null where that is 0. */
          differencePercent: z.string().nullable(),
          isWithin: z.boolean(),
        }),
      ),
      /** Two decimals, over the pairs that have one; null when none has. */
      meanDifferencePercent: z.string().nullable(),
      hasPassed: z.boolean(),
    }),
  ),
  /** Every pair of every analyte is within the allowed difference. */
  hasPassed: z.boolean(),
  at: Instant,
  by: z.string(),
  note: z.string().nullable(),
});
export type VerificationView = z.output<typeof VerificationView>;
/** Lot-to-lot: the same samples measured with both lots. Passed, the lot leaves quarantine; failed, it stays and may be measured again. */
export const verifyLot = defineCall(
  'inventory.verifyLot',
  z.object({
    id: Id.optional(),
    lotId: Id,
    oldLotId: Id,
    comparisons: z.array(Comparison).min(1).max(60),
    note: noteText(500).nullish(),
  }),
  VerificationView,
);
/** Batch: newest first. */
export const verificationsOfLots = defineCall(
  'inventory.verificationsOfLots',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(VerificationView),
);
/** The manager's word: it came warm and is good, or it is the item's first lot and there is none to compare with. */
export const releaseLot = defineCall(
  'inventory.releaseLot',
  z.object({ lotId: Id, expectedVersion: Version, reason: noteText(300) }),
  LotView,
);
/** What was counted against what stood on the sheet; the difference is booked, so use meanwhile does no harm. */
export const countStock = defineCall(
  'inventory.count',
  z.object({
    id: Id.optional(),
    reason: noteText(300),
    lines: z
      .array(z.object({ lotId: Id, onSheet: Quantity, counted: Quantity }))
      .min(1)
      .max(200),
  }),
  z.array(LotView),
);
/** The barcode of a box (GS1 element string), with the item and lots it names. @throws inventory.label_unreadable */
export const readLabel = defineCall(
  'inventory.readLabel',
  z.object({ text: z.string().min(1).max(400) }),
  z.object({
    gtin: z.string().nullable(),
    lotNumber: z.string().nullable(),
    expiresOn: Day.nullable(),
    producedOn: Day.nullable(),
    serialNumber: z.string().nullable(),
    item: ItemView.nullable(),
    lots: z.array(LotView),
  }),
);
