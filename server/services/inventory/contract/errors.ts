// Why the store room refuses.
import { defineError } from '#platform/errors.ts';

export const itemNotFound = defineError('inventory.item_not_found', 404, () => 'There is no such item in this lab.');
export const lotNotFound = defineError('inventory.lot_not_found', 404, () => 'There is no such lot in this lab.');
export const notEnough = defineError<{ readonly inStock: string }>(
  'inventory.not_enough',
  409,
  ({ inStock }) => `The lot holds ${inStock}; less than the field quantity.`,
);
export const staleStock = defineError<{ readonly version: number }>(
  'inventory.stale',
  409,
  ({ version }) => `The record was changed meanwhile (now version ${version}); load it again.`,
);
export const itemCodeTaken = defineError(
  'inventory.item_code_taken',
  409,
  () => 'Another item of this lab has that code.',
);
export const gtinTaken = defineError(
  'inventory.gtin_taken',
  409,
  () => 'Another item of this lab has that GTIN on its box.',
);
export const unitFixed = defineError(
  'inventory.unit_fixed',
  409,
  () => 'The unit of an item with stock cannot change: its ledger is counted in it. Make another item.',
);
export const badGtin = defineError<{ readonly gtin: string }>(
  'inventory.bad_gtin',
  400,
  ({ gtin }) => `The GTIN ${gtin} is mistyped: its check digit does not fit.`,
);
export const lotCannot = defineError<{ readonly status: string; readonly move: string; readonly who: string }>(
  'inventory.lot_cannot',
  409,
  ({ status, move, who }) => `A lot that is ${status} takes no ${move}; who may do it where it fits holds ${who}.`,
);
export const notFirstToExpire = defineError<{ readonly lotId: string; readonly lotNumber: string }>(
  'inventory.not_first_to_expire',
  409,
  ({ lotNumber }) => `Lot ${lotNumber} expires earlier and is unopened; to open another first, give the field reason.`,
);
export const quantitySign = defineError(
  'inventory.quantity_sign',
  400,
  () => 'The field quantity is not 0; only an adjustment may be negative: for the others it is what leaves.',
);
export const movementTaken = defineError(
  'inventory.movement_taken',
  409,
  () => 'A movement with this id is in the ledger already, with other content; the ledger is never changed.',
);
export const notVerified = defineError(
  'inventory.not_verified',
  409,
  () => 'The lot must first pass its comparison with a lot that was in use before.',
);
export const verificationTaken = defineError(
  'inventory.verification_taken',
  409,
  () => 'A verification with this id is on record already, with other content.',
);
export const otherLotNotFitting = defineError(
  'inventory.other_lot_not_fitting',
  400,
  () => 'The lot to compare with must be another lot of the same item that is not in quarantine itself.',
);
export const countTaken = defineError(
  'inventory.count_taken',
  409,
  () => 'A stock count with this id is on record already, with other content.',
);
export const lotTwice = defineError(
  'inventory.lot_twice',
  400,
  () => 'One lot stands twice in the list; give each once.',
);
export const expiredOnReceipt = defineError<{ readonly lotNumber: string }>(
  'inventory.expired_on_receipt',
  400,
  ({ lotNumber }) => `Lot ${lotNumber} has expired already; it is sent back, not received.`,
);
export const expiryDiffers = defineError<{ readonly lotNumber: string; readonly expiresOn: string }>(
  'inventory.expiry_differs',
  409,
  ({ lotNumber, expiresOn }) =>
    `Lot ${lotNumber} of this item is in stock with the expiry ${expiresOn}; look at the box.`,
);
export const receiptTaken = defineError(
  'inventory.receipt_taken',
  409,
  () => 'A goods receipt with this id is on record already, with other content.',
);
export const notOnOrder = defineError<{ readonly itemId: string }>(
  'inventory.not_on_order',
  400,
  () => 'An item of the receipt is not on that purchase order; receive it without one.',
);
export const supplierNotFound = defineError(
  'inventory.supplier_not_found',
  404,
  () => 'There is no such supplier in this lab.',
);
export const supplierCodeTaken = defineError(
  'inventory.supplier_code_taken',
  409,
  () => 'Another supplier of this lab has that code.',
);
export const purchaseNotFound = defineError(
  'inventory.purchase_not_found',
  404,
  () => 'There is no such purchase order in this lab.',
);
export const purchaseCannot = defineError<{ readonly status: string; readonly move: string; readonly who: string }>(
  'inventory.purchase_cannot',
  409,
  ({ status, move, who }) =>
    `A purchase order that is ${status} takes no ${move}; who may do it where it fits holds ${who}.`,
);
export const itemTwice = defineError(
  'inventory.item_twice',
  400,
  () => 'One item stands twice in the list; give each once.',
);
export const shortageNotFound = defineError(
  'inventory.shortage_not_found',
  404,
  () => 'There is no such shortage in this lab.',
);
export const shortageSettled = defineError(
  'inventory.shortage_settled',
  409,
  () => 'The shortage was settled already, in another way.',
);
export const otherItem = defineError(
  'inventory.other_item',
  400,
  () => 'The lot is of another item than the shortage.',
);
export const labelUnreadable = defineError<{ readonly at: number; readonly expected: string }>(
  'inventory.label_unreadable',
  400,
  ({ at, expected }) => `The label cannot be read as GS1 at character ${at}: expected ${expected}.`,
);
export const badReportPeriod = defineError(
  'inventory.bad_period',
  400,
  () => 'The period ends before it begins, or is longer than 3,660 days.',
);
export const watchNotDue = defineError(
  'inventory.watch_not_due',
  409,
  () => 'The day whose expiries are to be looked for has not begun.',
  'transient',
);
