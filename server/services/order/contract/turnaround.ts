// Time: what is promised, what is late or will be, and why a test is not ready.
import * as z from 'zod';

import { Day, defineCall, Id, Instant, noteText, PageInput, pageOf } from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

import { LineStage } from './order-changes.ts';
import { Priority } from './orders.ts';

/** An open line as the board shows it. */
export const PendingLine = z.object({
  lineId: Id,
  orderId: Id,
  orderNumber: z.string(),
  patientId: Id,
  testCode: z.string(),
  testName: z.string(),
  section: z.string(),
  priority: Priority,
  stage: LineStage,
  isOutsourced: z.boolean(),
  placedAt: Instant,
  promisedAt: Instant,
  collectedAt: Instant.nullable(),
  receivedAt: Instant.nullable(),
  isOverdue: z.boolean(),
});
export type PendingLine = z.output<typeof PendingLine>;

/**
 * What is still open, oldest first. before_today: ordered on an earlier day of the lab; overdue: its promise has passed.
 * lab-day 5.
 */
export const listPending = defineCall(
  'order.listPending',
  PageInput.extend({
    kind: z.enum(['before_today', 'overdue', 'all']).default('before_today'),
    section: z.string().max(40).nullish(),
  }),
  pageOf(PendingLine),
);

export const AtRiskLine = PendingLine.extend({
  /** overdue: the promise has passed; predicted: at the lab's usual pace it will pass. */
  risk: z.enum(['overdue', 'predicted']),
  /** When it will be ready at the usual pace. */
  expectedAt: Instant,
  /** Where the pace comes from: the lab's last lines of the test, or the catalogue while there are too few. */
  basis: z.enum(['history', 'catalogue']),
  /** In words, for the row of the list. */
  reason: z.string(),
});
export type AtRiskLine = z.output<typeof AtRiskLine>;
/** Overdue first, then those that will be, by promise. */
export const listAtRisk = defineCall(
  'order.listAtRisk',
  PageInput.extend({ section: z.string().max(40).nullish() }),
  pageOf(AtRiskLine),
);

/** Where a line stands, in the words of the lab. */
export const PendingStage = z.enum([
  'not_drawn',
  'not_received',
  'rejected',
  'awaiting_value',
  'held',
  'qc_hold',
  'awaiting_verification',
  'critical_call_missing',
  'awaiting_authorisation',
  'sent_out',
  'authorised',
  'cancelled',
]);
export type PendingStage = z.output<typeof PendingStage>;

export const WhyPending = z.object({
  orderId: Id,
  lineId: Id,
  testCode: z.string(),
  stage: PendingStage,
  /** The sentence a person reads. */
  words: z.string(),
  /** Since when it stands there; null when that is not known. */
  since: Instant.nullable(),
  /** Holds of its values, each once; the meaning is in the result service's contract. */
  holds: z.array(z.string()),
  promisedAt: Instant,
  isOverdue: z.boolean(),
  /** Whether the patient's consent is on record; null for a test that takes none (lab-day 14). */
  consent: z.enum(['given', 'missing']).nullable(),
});
export type WhyPending = z.output<typeof WhyPending>;
/** Batch: every line of some orders, cancelled ones too, with why it is not ready. */
export const whyPending = defineCall(
  'order.whyPending',
  z.object({ orderIds: z.array(Id).min(1).max(100) }),
  z.array(WhyPending),
);

/** The same by the name batches have: of many orders in one call. */
export const pendingOfOrders = defineCall(
  'order.pendingOfOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(WhyPending),
);

export const BreachReason = z.enum([
  'late_collection',
  'transport',
  'sample_rejected',
  'instrument_down',
  'reagent',
  'qc',
  'rerun',
  'workload',
  'staff',
  'power',
  'outsourced',
  'other',
]);
export type BreachReason = z.output<typeof BreachReason>;

export const BreachView = z.object({
  lineId: Id,
  orderId: Id,
  orderNumber: z.string(),
  testCode: z.string(),
  section: z.string(),
  promisedAt: Instant,
  /** Null while it is still open. */
  finishedAt: Instant.nullable(),
  /** Null until a person has said why. */
  reason: BreachReason.nullable(),
  note: z.string().nullable(),
  setBy: z.string().nullable(),
  setAt: Instant.nullable(),
});
export type BreachView = z.output<typeof BreachView>;

export const notOverdue = defineError(
  'order.not_overdue',
  409,
  () => 'The promise of this line was kept, or has not passed yet.',
);
/** Newest promise first: lines signed after their promise, and open ones somebody gave a reason for. */
export const listBreaches = defineCall(
  'order.listBreaches',
  PageInput.extend({ fromDay: Day, toDay: Day, section: z.string().max(40).nullish() }),
  pageOf(BreachView),
);
export const setBreachReason = defineCall(
  'order.setBreachReason',
  z.object({ orderId: Id, lineId: Id, reason: BreachReason, note: noteText(500).nullish() }),
  BreachView,
);

/** How long lines took that were signed in a period, and how many promises were not kept (lab-day 71). */
export const TurnaroundGroup = z.object({
  /** Code of the test, the section, or the priority as the order has it now. */
  key: z.string(),
  lines: z.int(),
  /** Minutes of the clock from when the promise counts (ordered, added, or to be drawn again) to the first signature. */
  medianMinutes: z.int(),
  p90Minutes: z.int(),
  /** Signed after the promise. */
  breaches: z.int(),
});
export type TurnaroundGroup = z.output<typeof TurnaroundGroup>;

/** Days of the lab, both included, at most 92; by key, at most 1,000 groups. */
export const turnaroundSummary = defineCall(
  'order.turnaroundSummary',
  z
    .object({ fromDay: Day, toDay: Day, groupBy: z.enum(['test', 'section', 'priority']) })
    .refine(({ fromDay, toDay }) => fromDay <= toDay && Date.parse(toDay) - Date.parse(fromDay) < 92 * 86_400_000, {
      path: ['toDay'],
      message: 'a day not before fromDay; together at most 92 days',
    }),
  z.object({ lines: z.int(), breaches: z.int(), groups: z.array(TurnaroundGroup) }),
);
