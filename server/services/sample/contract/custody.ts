// The chain of custody of a tube, and what happens to one that cannot be used.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { Barcode, Place, RejectDecision, RejectReason, TubeView } from './tubes.ts';

/** What was done with a tube. */
export const CustodyAct = z.enum([
  'planned',
  'not_drawn',
  'collected',
  'packed',
  'sent',
  'missing',
  'found',
  'received',
  'rejected',
  'decided',
  'tests_added',
  'tests_removed',
  'cancelled',
  'poured_off',
  'poured',
  'routed',
  'stored',
  'retrieved',
  'listed',
  'sent_out',
  'disposed',
]);
export type CustodyAct = z.output<typeof CustodyAct>;

/** One step of a tube: who, when, where. Never changed. */
export const CustodyStep = z.object({
  tubeId: Id,
  barcode: z.string(),
  act: CustodyAct,
  /** When it was done; for a collection told later, when the blood was drawn. */
  at: Instant,
  /** Login name of who did it. */
  by: z.string(),
  /** Branch, bench, bag or rack; null when nobody said. */
  place: z.string().nullable(),
  reason: z.string().nullable(),
  /** Codes and numbers of the step, such as the minutes of a timed draw. */
  facts: z.record(z.string(), z.unknown()),
});
export type CustodyStep = z.output<typeof CustodyStep>;
/** Every step of a tube, oldest first; at most 500. */
export const custody = defineCall('sample.custody', z.object({ barcode: Barcode }), z.array(CustodyStep));

/** One rejection. A tube that was run with a comment may be rejected again, and then has two. */
export const RejectionView = z.object({
  id: Id,
  tubeId: Id,
  orderId: Id,
  patientId: Id,
  barcode: z.string(),
  specimen: z.string(),
  containerCode: z.string(),
  section: z.string(),
  testCodes: z.array(z.string()),
  /** Who drew it: for teaching, not for blame. */
  collectedBy: z.string(),
  collectedAt: Instant,
  reasonCode: RejectReason,
  /** In words, as written on reports. */
  reason: z.string(),
  rejectedAt: Instant,
  rejectedBy: z.string(),
  decision: RejectDecision.nullable(),
  comment: z.string().nullable(),
  decidedAt: Instant.nullable(),
  decidedBy: z.string().nullable(),
  /** The tube drawn instead. */
  newTubeId: Id.nullable(),
});
export type RejectionView = z.output<typeof RejectionView>;

export const decidedAlready = defineError<{ readonly decision: string }>(
  'sample.decided_already',
  409,
  ({ decision }) => `It was decided already what becomes of this tube's tests: ${decision}.`,
);
export const noRejection = defineError<{ readonly barcode: string }>(
  'sample.no_rejection',
  404,
  ({ barcode }) => `The tube ${barcode} is not rejected.`,
);
export const commentNeeded = defineError(
  'sample.comment_needed',
  400,
  () => 'A rejected tube is run with a comment only: give the field comment, it is printed on the report.',
);
export const reasonNeeded = defineError(
  'sample.reason_needed',
  400,
  () => 'The reason "other" needs words: give the field note.',
);

/** Refuses a tube at any time after it was drawn (lab-day 28). Nothing is run from it until it is decided what follows. */
export const rejectTube = defineCall(
  'sample.reject',
  z.object({
    barcode: Barcode,
    reasonCode: RejectReason,
    /** More words; needed for `other`. */
    note: noteText(300).nullish(),
    place: Place.nullish(),
  }),
  z.object({ tube: TubeView, rejection: RejectionView }),
);
/** What becomes of the tests (lab-day 29): a new tube, the money back, or run it and say so on the report. */
export const decideRejected = defineCall(
  'sample.decideRejected',
  z.object({ barcode: Barcode, decision: RejectDecision, comment: noteText(300).nullish() }),
  z.object({ tube: TubeView, rejection: RejectionView, newTube: TubeView.nullable() }),
);
/** Rejections that wait for a decision, oldest first. */
export const listUndecided = defineCall('sample.listUndecided', PageInput, pageOf(RejectionView));

const Period = z.object({ fromDay: Day, /** Included. */ toDay: Day });
/** The rejection register of a period (days of the lab), newest first. */
export const listRejections = defineCall(
  'sample.listRejections',
  PageInput.extend({ ...Period.shape, reasonCode: RejectReason.nullish() }),
  pageOf(RejectionView),
);
/** How many tubes of a period were rejected, why, and out of how many collected (lab-day 72). */
export const rejectionCounts = defineCall(
  'sample.rejectionCounts',
  Period.refine(
    ({ fromDay, toDay }) => fromDay <= toDay && Date.parse(toDay) - Date.parse(fromDay) <= 366 * 86_400_000,
    { path: ['toDay'], message: 'a day not before fromDay, and at most a year after it' },
  ),
  z.object({
    collected: z.int(),
    rejected: z.int(),
    reasons: z.array(z.object({ reasonCode: RejectReason, section: z.string(), count: z.int() })),
  }),
);
