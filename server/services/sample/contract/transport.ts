// Courier bags: what a collection centre packs, a courier carries and the lab's counter opens.
import * as z from 'zod';

import { defineCall, Id, Instant, PageInput, pageOf, shortText } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { Barcode, Place, RefusedScan, TubeView } from './tubes.ts';

export const BagStatus = z.enum(['packed', 'sent', 'received']);
export type BagStatus = z.output<typeof BagStatus>;

export const BagView = z.object({
  id: Id,
  /** The barcode on the bag: `BAG-`, day, number, check digit. */
  code: z.string(),
  status: BagStatus,
  fromPlace: z.string().nullable(),
  toPlace: z.string(),
  courier: z.string().nullable(),
  tubeCount: z.int(),
  /** Packed, but neither scanned at the counter nor found since. */
  missingCount: z.int(),
  packedAt: Instant,
  packedBy: z.string(),
  sentAt: Instant.nullable(),
  sentBy: z.string().nullable(),
  receivedAt: Instant.nullable(),
  receivedBy: z.string().nullable(),
});
export type BagView = z.output<typeof BagView>;

export const bagNotFound = defineError<{ readonly code: string }>(
  'sample.bag_not_found',
  404,
  ({ code }) => `No courier bag of this lab carries the barcode ${code}.`,
);
export const cannotMoveBag = defineError<{
  readonly status: string;
  readonly move: string;
  readonly expected: string;
  readonly mayBy: string;
}>(
  'sample.cannot_move_bag',
  409,
  ({ status, move, expected, mayBy }) =>
    `A ${status} bag cannot be ${move}; it must be ${expected} first (done by those who hold ${mayBy}).`,
);
export const alreadyPacked = defineError<{ readonly barcodes: readonly string[] }>(
  'sample.already_packed',
  409,
  ({ barcodes }) =>
    `Packed in another bag already: ${Array.isArray(barcodes) ? barcodes.join(', ') : String(barcodes)}.`,
);
export const cannotPack = defineError<{ readonly barcodes: readonly string[] }>(
  'sample.cannot_pack',
  409,
  ({ barcodes }) =>
    `Only tubes that are collected and not yet received go into a bag; take out ${Array.isArray(barcodes) ? barcodes.join(', ') : String(barcodes)} (packing takes sample.transport).`,
);

export const packBag = defineCall(
  'sample.packBag',
  z.object({
    /** Client-made id: packing the same bag twice packs it once. */
    id: Id.optional(),
    barcodes: z.array(Barcode).min(1).max(200),
    toPlace: Place,
    fromPlace: Place.nullish(),
  }),
  BagView,
);
/** Handed to the courier. */
export const sendBag = defineCall(
  'sample.sendBag',
  z.object({ code: Barcode, courier: shortText(80).nullish() }),
  BagView,
);
/**
 * The bag at the counter with what was scanned out of it (lab-day 27). May be repeated: a tube found later joins the
 * received ones. A bag nobody scanned as sent may be received too: it is here.
 */
export const receiveBag = defineCall(
  'sample.receiveBag',
  z.object({ code: Barcode, barcodes: z.array(Barcode).max(200), place: Place.nullish() }),
  z.object({
    bag: BagView,
    received: z.array(TubeView),
    /** Packed, not scanned. They stay listed until found. */
    missing: z.array(TubeView),
    /** Scanned out of this bag without having been packed in it; received all the same. */
    unexpected: z.array(TubeView),
    refused: z.array(RefusedScan),
  }),
);
/** The label of a bag: its barcode, where it goes, how many tubes are in it. */
export const printBagLabel = defineCall(
  'sample.printBagLabel',
  z.object({ code: Barcode, format: z.enum(['zpl', 'pdf']) }),
  z.object({ zpl: z.string().nullable(), /** Base64. */ pdf: z.string().nullable() }),
);
export const getBag = defineCall(
  'sample.getBag',
  z.object({ code: Barcode }),
  z.object({ bag: BagView, tubes: z.array(TubeView), missing: z.array(TubeView) }),
);
/** Bags by status, longest waiting first. */
export const listBags = defineCall('sample.listBags', PageInput.extend({ status: BagStatus }), pageOf(BagView));

export const MissingTube = z.object({ tube: TubeView, bagCode: z.string(), missingSince: Instant });
export type MissingTube = z.output<typeof MissingTube>;
/** Tubes that were packed and never came out of their bag, longest missing first. */
export const listMissing = defineCall('sample.listMissing', PageInput, pageOf(MissingTube));
