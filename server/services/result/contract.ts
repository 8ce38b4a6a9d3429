// Values: entered or sent by an analyzer, flagged against the patient's own range, verified, authorised.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

/** expected: tube not drawn yet; awaiting: tube drawn, no value; then entered, verified, authorised. */
export const ResultStatus = z.enum(['expected', 'awaiting', 'entered', 'verified', 'authorised']);
export type ResultStatus = z.output<typeof ResultStatus>;

/** L and H: outside the reference range; LL and HH: beyond the critical limit; A: abnormal text. */
export const Flag = z.enum(['L', 'H', 'LL', 'HH', 'A']);
export type Flag = z.output<typeof Flag>;

/**
 * Why a person must look before this value may pass. range_unclear: nothing was flagged, for two bands of the catalogue
 * fit, or the band cannot be used, or the age at collection is unknown, or there are limits for others and none for this
 * person; absurd: beyond the physiological limit, or below 0 where nothing is; limit_undecided: a value with < or > that may lie on
 * either side of a limit.
 */
export const Hold = z.enum([
  'absurd',
  'not_numeric',
  'no_unit',
  'not_a_choice',
  'instrument_flag',
  'preliminary',
  'rerun_differs',
  'range_unclear',
  'limit_undecided',
]);
export type Hold = z.output<typeof Hold>;

/** The range a value was judged by, as stored with it: later catalogue changes do not reach it. */
export const UsedRange = z.object({
  low: z.string().nullable(),
  high: z.string().nullable(),
  text: z.string().nullable(),
  kind: z.enum(['reference', 'decision', 'none']),
  criticalLow: z.string().nullable(),
  criticalHigh: z.string().nullable(),
  sex: z.enum(['any', 'male', 'female']),
  ageFromDays: z.int(),
  ageToDays: z.int().nullable(),
  /** The patient's age in days at collection. */
  ageDays: z.int(),
  source: z.string(),
});
export type UsedRange = z.output<typeof UsedRange>;

/** What a value consists of: everything that is written when one is entered. A new part of it goes here. */
export const ResultValue = z.object({
  status: ResultStatus,
  /** As reported: rounded to the analyte's decimals, comparator in front; null until entered. */
  value: z.string().nullable(),
  /** As typed or sent. */
  rawValue: z.string().nullable(),
  flags: z.array(Flag),
  holds: z.array(Hold),
  range: UsedRange.nullable(),
  note: z.string().nullable(),
  /** `manual`, or the instrument's name. */
  source: z.string().nullable(),
  /** The raw message it came from. */
  messageId: Id.nullable(),
  /** Further values for the same analyte that came later and were kept beside. */
  otherValues: z.array(
    z.object({ value: z.string(), unit: z.string(), source: z.string(), messageId: Id.nullable(), at: Instant }),
  ),
  /** Why it is back at the bench, in words: the pathologist's, that its patient was corrected, or which instrument sent another value; until it is verified again. */
  sentBackReason: z.string().nullish(),
});
export type ResultValue = z.output<typeof ResultValue>;

export const ResultView = z.object({
  ...ResultValue.shape,
  id: Id,
  orderId: Id,
  lineId: Id,
  patientId: Id,
  testCode: z.string(),
  testName: z.string(),
  section: z.string(),
  specimen: z.string(),
  method: z.string().nullable(),
  analyteCode: z.string(),
  analyteName: z.string(),
  loinc: z.string().nullable(),
  kind: z.enum(['numeric', 'text', 'coded', 'titre']),
  unit: z.string(),
  barcode: z.string().nullable(),
  collectedAt: Instant.nullable(),
  receivedAt: Instant.nullable(),
  enteredAt: Instant.nullable(),
  enteredBy: z.string().nullable(),
  verifiedAt: Instant.nullable(),
  verifiedBy: z.string().nullable(),
  authorisedAt: Instant.nullable(),
  authorisedBy: z.string().nullable(),
  /** User id of who authorised: the signature on the report. */
  authorisedById: Id.nullable(),
  version: Version,
});
export type ResultView = z.output<typeof ResultView>;

export const resultNotFound = defineError('result.not_found', 404, () => 'There is no such result in this lab.');
export const cannotMoveResult = defineError<{ readonly status: string; readonly move: string }>(
  'result.cannot_move',
  409,
  ({ status, move }) => `A result that is ${status} cannot be ${move}.`,
);
export const staleResult = defineError<{ readonly resultId: string; readonly version: number }>(
  'result.stale',
  409,
  ({ version }) => `The result was changed meanwhile (now version ${version}); look at it again before you act.`,
);
export const holdsUnseen = defineError<{ readonly resultId: string; readonly holds: readonly string[] }>(
  'result.holds_unseen',
  409,
  ({ holds }) =>
    `The result is held for: ${Array.isArray(holds) ? holds.join(', ') : String(holds)}. Verify it with those holds named in holdsSeen once you have looked.`,
);
export const unitMismatch = defineError<{ readonly expected: string }>(
  'result.unit_mismatch',
  400,
  ({ expected }) => `The field unit differs from the unit of the test; expected ${expected}.`,
);
export const emptyValue = defineError(
  'result.empty_value',
  400,
  () => 'The field value is empty; expected a number or a text.',
);
export const notANumber = defineError(
  'result.not_a_number',
  400,
  () => 'The field value is not a number; expected digits, if need be with < or > in front and a decimal point.',
);
export const notAChoice = defineError<{ readonly choices: readonly string[] }>(
  'result.not_a_choice',
  400,
  ({ choices }) =>
    `The field value is not one of the test's choices; expected ${Array.isArray(choices) ? choices.join(', ') : String(choices)}.`,
);
export const orderNotKnownYet = defineError(
  'result.order_not_known_yet',
  503,
  () => 'The order has not reached the bench yet; it will be tried again.',
  'transient',
);

/** By hand at the bench. */
export const enterResult = defineCall(
  'result.enter',
  z.object({
    resultId: Id,
    value: z.string().trim().max(4000),
    unit: z.string().trim().max(40).nullish(),
    note: noteText(1000).nullish(),
    expectedVersion: Version,
  }),
  ResultView,
);
const Step = z.object({ resultId: Id, expectedVersion: Version });
/** All or none: a technician has looked at these values. */
export const verifyResults = defineCall(
  'result.verify',
  z.object({
    items: z
      .array(Step.extend({ holdsSeen: z.array(Hold).default([]) }))
      .min(1)
      .max(500),
  }),
  z.array(ResultView),
);
/** All or none: the pathologist signs. */
export const authoriseResults = defineCall(
  'result.authorise',
  z.object({ items: z.array(Step).min(1).max(500) }),
  z.array(ResultView),
);
/** Back to the bench, with a reason. */
export const sendBackResults = defineCall(
  'result.sendBack',
  z.object({ items: z.array(Step).min(1).max(500), reason: noteText(500) }),
  z.array(ResultView),
);
/** STAT first, then urgent, then by the time the tube came. */
export const listWorklist = defineCall(
  'result.worklist',
  PageInput.extend({ status: ResultStatus.default('awaiting'), section: z.string().max(40).nullish() }),
  pageOf(ResultView),
);
/** Batch: results by order, in catalogue order. */
export const resultsOfOrders = defineCall(
  'result.ofOrders',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(ResultView),
);
/** The authorised values of one patient and analyte, newest first: the bench's "previous". */
export const lastResults = defineCall(
  'result.last',
  z.object({ patientId: Id, analyteCode: z.string().max(40), first: z.int().min(1).max(50).default(5) }),
  z.array(ResultView),
);

export const InstrumentObservation = z.object({
  /** Same key, same observation: a message sent or processed twice enters once. */
  key: z.string().max(200),
  messageId: Id,
  instrument: z.string().max(100),
  barcode: z.string().max(60),
  analyteCode: z.string().max(40),
  value: z.string().max(4000),
  /** Unit as sent; empty when the instrument sent none. */
  unit: z.string().max(60),
  /** Flags as sent that say the instrument doubts the value. */
  doubts: z.array(z.string().max(60)).max(50),
  isPreliminary: z.boolean(),
  note: z.string().max(4000).nullable(),
});
export type InstrumentObservation = z.output<typeof InstrumentObservation>;

export const EntryOutcome = z.enum([
  'entered',
  /** The same value was there already. */
  'repeated',
  /** Another value was there already; this one is kept beside it, and holds the result, which comes back when verified. */
  'kept_beside',
  /** A value that differs came for a signed result: kept beside, nothing of the result changes, a person must be told. */
  'after_authorised',
  'unknown_barcode',
  'not_ordered',
  'not_collected',
  /** The tube is drawn, but the news of it has not reached the bench yet: try again shortly. */
  'not_ready',
  'unit_mismatch',
  'no_value',
]);
export type EntryOutcome = z.output<typeof EntryOutcome>;

/** For the integration service: many observations, each with its own fate; safe to repeat. */
export const enterFromInstrument = defineCall(
  'result.enterFromInstrument',
  z.object({ observations: z.array(InstrumentObservation).min(1).max(5000) }),
  z.array(z.object({ key: z.string(), outcome: EntryOutcome, resultId: Id.nullable(), orderId: Id.nullable() })),
);
export const resultTrail = trailCall('result');

const ResultsFact = z.object({ orderId: Id, patientId: Id, resultIds: z.array(Id), at: Instant, by: z.string() });
/** The subject of each is the order. */
export const resultEntered = defineEvent('result.entered', 1, ResultsFact.extend({ source: z.string() }));
export const resultVerified = defineEvent('result.verified', 1, ResultsFact);
export const resultAuthorised = defineEvent(
  'result.authorised',
  1,
  ResultsFact.extend({ isOrderComplete: z.boolean() }),
);
