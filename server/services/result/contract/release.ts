// What release adds to the bench: the pathologist's queue, the way back of an amendment, reversed approvals.
import * as z from 'zod';

import { defineCall, Id, Instant, noteText, PageInput, pageOf, Version } from '#platform/contract.ts';

import { ResultView } from './value.ts';

/** Gives an amendment up: the results are again what was signed, as if they had not been opened. All or none. */
export const withdrawAmendments = defineCall(
  'result.withdrawAmendment',
  z.object({
    items: z
      .array(z.object({ resultId: Id, expectedVersion: Version }))
      .min(1)
      .max(100),
    reason: noteText(500),
  }),
  z.array(ResultView),
);

/**
 * sent_back, amended: by a pathologist; withdrawn: an amendment was given up after it was verified; tube_rejected, cancelled: with
 * the tube or the test; rerun: an instrument sent another value; judged_again: the patient was corrected.
 */
export const ReversalKind = z.enum([
  'sent_back',
  'amended',
  'withdrawn',
  'tube_rejected',
  'cancelled',
  'rerun',
  'judged_again',
]);
export type ReversalKind = z.output<typeof ReversalKind>;

/** An approval that was taken back. */
export const ReversalView = z.object({
  id: Id,
  kind: ReversalKind,
  resultId: Id,
  orderId: Id,
  patientId: Id,
  testName: z.string(),
  analyteCode: z.string(),
  analyteName: z.string(),
  section: z.string(),
  /** What had been approved. */
  value: z.string(),
  unit: z.string(),
  /** Who had verified, or signed, and when. */
  approvedBy: z.string(),
  approvedAt: Instant,
  reason: z.string(),
  at: Instant,
  by: z.string(),
});
export type ReversalView = z.output<typeof ReversalView>;
/** Reversed approvals, newest first. */
export const listReversals = defineCall('result.listReversals', PageInput, pageOf(ReversalView));

/** A signed value of before, as the pathologist compares it. */
export const EarlierValue = z.object({
  resultId: Id,
  value: z.string(),
  unit: z.string(),
  flags: ResultView.shape.flags,
  collectedAt: Instant.nullable(),
  authorisedAt: Instant,
  /** From this value to the one that waits: decimal text, and percent of this one to one decimal; null when either is no number. */
  change: z.string().nullable(),
  percent: z.string().nullable(),
});
export type EarlierValue = z.output<typeof EarlierValue>;

/** An order with values that wait for a signature, and what one has to know to sign them (lab-day 46). */
export const SigningCase = z.object({
  orderId: Id,
  patientId: Id,
  priority: ResultView.shape.priority,
  /** Verified: what is to be signed; in the section asked for. */
  results: z.array(ResultView),
  /** The order's other results, other sections' too, in any state: pending ones are printed as pending. */
  others: z.array(ResultView),
  /** For each of `results`, the last signed values of that person and analyte, newest first, five at most. */
  earlier: z.array(z.object({ resultId: Id, values: z.array(EarlierValue) })),
  /** Ids of `results` that may not be signed yet: a critical that nobody was told, a hold of its owner. */
  uncalledResultIds: z.array(Id),
  lockedResultIds: z.array(Id),
});
export type SigningCase = z.output<typeof SigningCase>;
/** STAT first, then urgent, then as the orders were placed. */
export const signingQueue = defineCall(
  'result.signingQueue',
  PageInput.extend({ first: z.int().min(1).max(50).default(20), section: z.string().max(40).nullish() }),
  pageOf(SigningCase),
);
