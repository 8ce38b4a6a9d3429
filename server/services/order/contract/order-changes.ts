// What is done to an order after it was placed: tests added and taken back, facts corrected, reflex tests decided.
import * as z from 'zod';

import { defineCall, Id, Instant, noteText, PageInput, pageOf, Version } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { OrderView, Priority } from './orders.ts';

/**
 * How far a line has come. ordered: not drawn, or to be drawn again; collected; received at the lab; rejected: its tube was
 * refused and nobody has decided yet; entered: some value is there; verified and authorised: all of its values are; cancelled.
 */
export const LineStage = z.enum([
  'ordered',
  'collected',
  'received',
  'rejected',
  'entered',
  'verified',
  'authorised',
  'cancelled',
]);
export type LineStage = z.output<typeof LineStage>;

const listed = (codes: unknown): string => (Array.isArray(codes) ? codes.join(', ') : String(codes));

export const staleOrder = defineError<{ readonly version: number }>(
  'order.stale',
  409,
  ({ version }) => `The order was changed meanwhile (now version ${version}); load it again.`,
);
export const alreadyOrdered = defineError<{ readonly codes: readonly string[] }>(
  'order.already_ordered',
  409,
  ({ codes }) => `The order has these already: ${listed(codes)}.`,
);
export const requestTaken = defineError(
  'order.request_taken',
  409,
  () => 'Another request to add tests carries this id already.',
);
export const lineNotFound = defineError('order.line_not_found', 404, () => 'There is no such line in this order.');
export const cannotMoveLine = defineError<{
  readonly testCode: string;
  readonly stage: string;
  readonly move: string;
  readonly whoMay: string;
}>(
  'order.cannot_move',
  409,
  ({ testCode, stage, move, whoMay }) =>
    `The test ${testCode} is ${stage}, so this cannot be done to it: ${move}. Who may: ${whoMay}.`,
);
export const neededForCalculation = defineError<{
  readonly codes: readonly string[];
  readonly neededBy: readonly string[];
}>(
  'order.needed_for_calculation',
  409,
  ({ codes, neededBy }) =>
    `${listed(codes)} cannot be cancelled while ${listed(neededBy)} is calculated from it; cancel those together.`,
);
export const proposalNotFound = defineError(
  'order.proposal_not_found',
  404,
  () => 'There is no such reflex proposal in this lab.',
);
export const proposalDecided = defineError<{ readonly status: string; readonly by: string }>(
  'order.proposal_decided',
  409,
  ({ status, by }) => `The proposal was ${status} meanwhile by ${by}.`,
);

/** An add-on: tests for an order that is there. They go on a stored tube that fits, or a new tube is planned (lab-day 32). */
export const addTests = defineCall(
  'order.addTests',
  z.object({
    orderId: Id,
    /** Client-made: the same request sent again adds nothing. */
    requestId: Id,
    /** Codes of tests and panels. */
    items: z.array(z.string().max(40)).min(1).max(50),
    reason: noteText(300).nullish(),
  }),
  OrderView,
);

/** Takes tests back with a reason; what is at the bench needs the permission order.cancel_at_bench (lab-day 18). */
export const cancelLines = defineCall(
  'order.cancelLines',
  z.object({
    orderId: Id,
    lineIds: z.array(Id).min(1).max(200),
    reason: noteText(300),
    expectedVersion: Version,
  }),
  OrderView,
);

/** Corrects what was said about an order. A field left out stays, null takes it away. */
export const editOrder = defineCall(
  'order.edit',
  z.object({
    orderId: Id,
    expectedVersion: Version,
    priority: Priority.optional(),
    referredBy: noteText(120).nullish(),
    clinicalNotes: noteText(1000).nullish(),
    isFasting: z.boolean().nullish(),
    gestationWeeks: z.int().min(1).max(45).nullish(),
  }),
  OrderView,
);

/** A test that a rule calls for and the desk has to confirm, as somebody has to pay for it. */
export const ReflexProposal = z.object({
  id: Id,
  orderId: Id,
  orderNumber: z.string(),
  patientId: Id,
  ruleCode: z.string(),
  testCode: z.string(),
  /** The values that called for it. */
  resultIds: z.array(Id),
  status: z.enum(['open', 'confirmed', 'declined']),
  proposedAt: Instant,
  decidedAt: Instant.nullable(),
  decidedBy: z.string().nullable(),
});
export type ReflexProposal = z.output<typeof ReflexProposal>;

/** Oldest first. */
export const listReflexProposals = defineCall(
  'order.listReflexProposals',
  PageInput.extend({ status: z.enum(['open', 'confirmed', 'declined']).default('open') }),
  pageOf(ReflexProposal),
);
export const decideReflex = defineCall(
  'order.decideReflex',
  z.object({ proposalId: Id, isConfirmed: z.boolean() }),
  ReflexProposal,
);
