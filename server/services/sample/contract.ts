// Tubes: planned from an order, labelled, collected, received.
import * as z from 'zod';

import { defineCall, defineEvent, Id, Instant, PageInput, pageOf, trailCall, Version } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const TubeStatus = z.enum(['planned', 'collected', 'received']);
export type TubeStatus = z.output<typeof TubeStatus>;

/** What a scanner reads: letters, digits and dashes. */
export const Barcode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{2,29}$/, '3 to 30 letters, digits or dashes');

export const TubeView = z.object({
  id: Id,
  orderId: Id,
  patientId: Id,
  /** The text of the Code 128 on the tube: our accession number, or that of a pre-printed label. */
  barcode: z.string(),
  isPreprinted: z.boolean(),
  containerCode: z.string(),
  containerName: z.string(),
  capColour: z.string(),
  additive: z.string(),
  volumeMl: z.number().nullable(),
  orderOfDraw: z.int(),
  specimen: z.string(),
  section: z.string(),
  /** The timed draw the tube is for, as printed on its label (`fasting`, `2 h after food`); null for an ordinary draw. */
  draw: z.string().nullable(),
  lineIds: z.array(Id),
  testCodes: z.array(z.string()),
  status: TubeStatus,
  collectedAt: Instant.nullable(),
  collectedBy: z.string().nullable(),
  receivedAt: Instant.nullable(),
  receivedBy: z.string().nullable(),
  labelsPrinted: z.int(),
  version: Version,
});
export type TubeView = z.output<typeof TubeView>;

export const tubeNotFound = defineError<{ readonly barcode: string }>(
  'sample.tube_not_found',
  404,
  ({ barcode }) => `No tube in this lab carries the barcode ${barcode}.`,
);
export const cannotMoveTube = defineError<{
  readonly status: string;
  readonly move: string;
  readonly expected: string;
}>(
  'sample.cannot_move',
  409,
  ({ status, move, expected }) => `A ${status} tube cannot be ${move}; it must be ${expected} first.`,
);
export const barcodeTaken = defineError(
  'sample.barcode_taken',
  409,
  () => 'Another tube of this lab carries that barcode.',
);
export const staleTube = defineError<{ readonly version: number }>(
  'sample.stale',
  409,
  ({ version }) => `The tube was changed meanwhile (now version ${version}); load it again.`,
);
export const collectedInFuture = defineError(
  'sample.collected_in_future',
  400,
  () => 'The field collectedAt lies in the future.',
);
export const collectedTooEarly = defineError(
  'sample.collected_too_early',
  400,
  () => 'The field collectedAt lies more than seven days back, or before the patient was born.',
);

/** The tubes of an order, planned now when they were not yet. Safe to repeat. */
export const planTubes = defineCall('sample.planTubes', z.object({ orderId: Id }), z.array(TubeView));
/** Batch: tubes by order. */
export const tubesOfOrders = defineCall(
  'sample.tubesOfOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(TubeView),
);
export const findTube = defineCall('sample.findTube', z.object({ barcode: Barcode }), TubeView);
/** Batch: for each barcode that leads to a tube, by accession or pre-printed label, that tube; strangers are left out. */
export const findTubes = defineCall(
  'sample.findTubes',
  z.object({ barcodes: z.array(Barcode).max(500) }),
  z.array(z.object({ /** As asked. */ barcode: z.string(), tube: TubeView })),
);
/** Tubes by status, oldest first: what waits to be drawn, what waits to be received. */
export const listTubes = defineCall('sample.listTubes', PageInput.extend({ status: TubeStatus }), pageOf(TubeView));

/** Scan at the bedside. Scanning the same tube again changes nothing and is no error. */
export const collectTube = defineCall(
  'sample.collect',
  z.object({
    barcode: Barcode,
    /** When the blood was drawn, at most seven days back and not before the patient was born; now when absent. */
    collectedAt: Instant.nullish(),
    /** The barcode of a pre-printed label that is stuck on instead of ours. */
    preprintedBarcode: Barcode.nullish(),
    expectedVersion: Version.nullish(),
  }),
  TubeView,
);
/** Scan at the lab's counter; several at once from one courier bag. Each is received or named with its reason. */
export const receiveTubes = defineCall(
  'sample.receive',
  z.object({ barcodes: z.array(Barcode).min(1).max(200) }),
  z.object({
    received: z.array(TubeView),
    refused: z.array(z.object({ barcode: z.string(), code: z.string(), reason: z.string() })),
  }),
);
/** Labels of an order's tubes; prints are counted. `pdf` is base64 of a document with one 50×25 mm label a page. */
export const printLabels = defineCall(
  'sample.printLabels',
  z.object({ orderId: Id, format: z.enum(['zpl', 'pdf']) }),
  z.object({
    format: z.enum(['zpl', 'pdf']),
    zpl: z.string().nullable(),
    pdf: z.string().nullable(),
    tubes: z.array(TubeView),
  }),
);
export const sampleTrail = trailCall('sample');

const TubeFact = z.object({
  tubeId: Id,
  orderId: Id,
  patientId: Id,
  barcode: z.string(),
  lineIds: z.array(Id),
  at: Instant,
  /** Login name of who did it. */
  by: z.string(),
});
/** The subject of both is the order, so that they arrive in order for it. */
export const sampleCollected = defineEvent('sample.collected', 1, TubeFact);
export const sampleReceived = defineEvent('sample.received', 1, TubeFact);
