// Tubes as everyone sees them, and their first steps: planned from an order, labelled, collected, received.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

/**
 * planned: label made, not drawn; collected; received at the counter; rejected: with a coded reason, and nothing may be run
 * from it until someone decides; cancelled: not needed any more; disposed: thrown away when its time was over.
 */
export const TubeStatus = z.enum(['planned', 'collected', 'received', 'rejected', 'cancelled', 'disposed']);
export type TubeStatus = z.output<typeof TubeStatus>;

/** What a scanner reads: letters, digits and dashes. */
export const Barcode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{2,29}$/, '3 to 30 letters, digits or dashes');

/** Why a tube was refused (lab-day 28). */
export const RejectReason = z.enum([
  'haemolysed',
  'clotted',
  'insufficient',
  'unlabelled',
  'mislabelled',
  'wrong_tube',
  'too_late',
  'temperature',
  'leaking',
  'lipaemic',
  'icteric',
  'contaminated',
  'other',
]);
export type RejectReason = z.output<typeof RejectReason>;

/** What becomes of the tests of a rejected tube (lab-day 29). */
export const RejectDecision = z.enum(['recollect', 'refund', 'run_with_comment']);
export type RejectDecision = z.output<typeof RejectDecision>;

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
  /** Whoever drew it has asked the patient's name and ticked it (lab-day 20); false until it is drawn. */
  isIdentityChecked: z.boolean(),
  receivedAt: Instant.nullable(),
  receivedBy: z.string().nullable(),
  labelsPrinted: z.int(),
  rejectedAt: Instant.nullable(),
  rejectedBy: z.string().nullable(),
  rejectReason: RejectReason.nullable(),
  rejectDecision: RejectDecision.nullable(),
  /** The tube this one was drawn again for. */
  replacesTubeId: Id.nullable(),
  /** The tube this aliquot was poured from; its barcode is that of the parent with a suffix. */
  parentTubeId: Id.nullable(),
  /** What is left in it as far as known, mL. */
  remainingMl: z.number().nullable(),
  /** Where it stands, `rack/position`; null when not stored. */
  location: z.string().nullable(),
  /** Referral lab it is to go to; null when it stays. */
  referralLabId: Id.nullable(),
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
  /** The permission the move takes. */
  readonly mayBy: string;
}>(
  'sample.cannot_move',
  409,
  ({ status, move, expected, mayBy }) =>
    `A ${status} tube cannot be ${move}; it must be ${expected} first (done by those who hold ${mayBy}).`,
);
export const testsCancelled = defineError<{ readonly barcode: string }>(
  'sample.tests_cancelled',
  409,
  ({ barcode }) =>
    `Every test of the tube ${barcode} was cancelled or refunded: it is not to be drawn, received or run.`,
);
export const nothingToLabel = defineError(
  'sample.nothing_to_label',
  409,
  () => 'None of the tubes asked for needs a label: their tests were cancelled, or they are not of this order.',
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
/** Tubes by status: what waits to be drawn, to be received. STAT before urgent before routine, then longest waiting first. */
export const listTubes = defineCall('sample.listTubes', PageInput.extend({ status: TubeStatus }), pageOf(TubeView));

/** Scan at the bedside. Scanning the same tube again changes nothing and is no error. */
/** Where a step is taken, as the person there would say it: branch, bench, ward. */
export const Place = shortText(80);

export const collectTube = defineCall(
  'sample.collect',
  z.object({
    barcode: Barcode,
    /** When the blood was drawn, at most seven days back and not before the patient was born; now when absent. */
    collectedAt: Instant.nullish(),
    /** The barcode of a pre-printed label that is stuck on instead of ours. */
    preprintedBarcode: Barcode.nullish(),
    expectedVersion: Version.nullish(),
    place: Place.nullish(),
    /** When the meal was eaten or the glucose was drunk, for a timed draw; the fasting tube tells when absent. */
    timedFrom: Instant.nullish(),
    /** What was drawn, mL; what the container holds when absent. */
    volumeMl: z.number().positive().max(5000).nullish(),
    /** The tick of whoever draws: the patient was asked who it is. */
    isIdentityChecked: z.boolean().default(false),
  }),
  TubeView.extend({
    /** What the collector has to know: a timed draw out of its time. The tube is collected all the same. */
    warnings: z.array(z.string()),
  }),
);

/** Why a tube could not be drawn (lab-day 25). */
export const NotDrawnReason = z.enum([
  'patient_absent',
  'not_fasting',
  'refused',
  'no_vein',
  'unwell',
  'no_consent',
  'no_specimen',
  'other',
]);
export type NotDrawnReason = z.output<typeof NotDrawnReason>;
export const NotDrawnView = z.object({
  tube: TubeView,
  reason: NotDrawnReason,
  at: Instant,
  /** When the next try is due; null when none was agreed. */
  rescheduledTo: Instant.nullable(),
});
export type NotDrawnView = z.output<typeof NotDrawnView>;
export const rescheduledInPast = defineError(
  'sample.rescheduled_in_past',
  400,
  () => 'The field rescheduledTo lies in the past.',
);
/** Not drawn: the tube stays planned and the bill open. */
export const markNotDrawn = defineCall(
  'sample.notDrawn',
  z.object({
    barcode: Barcode,
    reason: NotDrawnReason,
    note: noteText(300).nullish(),
    rescheduledTo: Instant.nullish(),
    place: Place.nullish(),
  }),
  NotDrawnView,
);
/** Tubes that could not be drawn, by when the next try is due. */
export const listNotDrawn = defineCall('sample.listNotDrawn', PageInput, pageOf(NotDrawnView));
/** A scan that changed nothing, and why. */
export const RefusedScan = z.object({ barcode: z.string(), code: z.string(), reason: z.string() });
export type RefusedScan = z.output<typeof RefusedScan>;

/** Scan at the lab's counter; several at once from one courier bag. Each is received or named with its reason. */
export const receiveTubes = defineCall(
  'sample.receive',
  z.object({ barcodes: z.array(Barcode).min(1).max(200), place: Place.nullish() }),
  z.object({ received: z.array(TubeView), refused: z.array(RefusedScan) }),
);

/** Code 128 for every scanner; the 2D codes for small tubes and camera readers. All carry the same text. */
export const Symbology = z.enum(['code128', 'datamatrix', 'qr']);
export type Symbology = z.output<typeof Symbology>;
/**
 * Labels of an order's tubes, of all that are not cancelled when none is named; prints are counted and in the audit trail.
 * `pdf` is base64 of a document with one 50×25 mm label a page.
 */
export const printLabels = defineCall(
  'sample.printLabels',
  z.object({
    orderId: Id,
    format: z.enum(['zpl', 'pdf']),
    symbology: Symbology.default('code128'),
    /** Only the labels of these tubes: one that came off, an aliquot, a tube drawn again. */
    barcodes: z.array(Barcode).min(1).max(200).nullish(),
  }),
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
/**
 * Also told for a tube that is drawn already when a test is added to it: then with the added lines alone; and for an aliquot
 * that takes tests along: then with those lines and its own barcode, and the time its parent was drawn.
 */
export const sampleCollected = defineEvent(
  'sample.collected',
  1,
  TubeFact.extend({
    /** For a timed tube drawn out of its time, what the collector was warned of. Not told again with a test that is added later. */
    outOfTime: z.string().nullish(),
  }),
);
export const sampleReceived = defineEvent('sample.received', 1, TubeFact);

/** Nothing may be run from the tube; values that came from it and are not signed are put aside. */
export const sampleRejected = defineEvent(
  'sample.rejected',
  1,
  TubeFact.extend({ reasonCode: RejectReason, reason: z.string() }),
);
/** What was decided for the lines of a rejected tube. run_with_comment: it may be used after all, and the comment is printed. */
export const sampleDecided = defineEvent(
  'sample.decided',
  1,
  TubeFact.extend({ decision: RejectDecision, comment: z.string().nullable(), newTubeId: Id.nullable() }),
);
