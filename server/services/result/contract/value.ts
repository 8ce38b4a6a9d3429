// What a result consists of, as everyone sees it.
import * as z from 'zod';

import { Id, Instant, Version } from '#platform/contract.ts';

/**
 * expected: tube not drawn yet, or to be drawn again; awaiting: tube drawn, no value; then entered, verified, authorised.
 * An authorised one that is opened for amendment is entered again, its signed version stays on record. cancelled: the test
 * was taken back before it was signed.
 */
export const ResultStatus = z.enum(['expected', 'awaiting', 'entered', 'verified', 'authorised', 'cancelled']);
export type ResultStatus = z.output<typeof ResultStatus>;

/**
 * L and H: outside the reference range; LL and HH: beyond the critical limit; A: abnormal text; AA: critical text;
 * D: changed more than the delta rule allows; X: beyond the physiological limit. Several may stand together (lab-day 41).
 */
export const Flag = z.enum(['L', 'H', 'LL', 'HH', 'A', 'AA', 'D', 'X']);
export type Flag = z.output<typeof Flag>;

/**
 * Why a person must look before this value may pass. range_unclear: nothing was flagged, for two bands of the catalogue
 * fit, or the band cannot be used, or the age at collection is unknown, or there are limits for others and none for this
 * person; absurd: beyond the physiological limit, or below 0 where nothing is; limit_undecided: a value with < or > that may lie on
 * either side of a limit; delta: changed more than its rule allows; mix_up: several markers of this sample changed at once,
 * so that the blood may be another person's; inconsistent: contradicts other values of the sample; index: haemolysis,
 * icterus or lipaemia over the limit; outside_reportable: beyond the measuring interval; input_held: calculated from a
 * value that is held; second_check: transcribed from a referral lab's paper, a second person has to compare;
 * wrong_slot: timed test whose time of drawing does not fit; tube_doubt: its tube is to be run with a comment.
 * qc_failed and instrument_blocked are lifted by their owners alone: nobody can verify past them.
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
  'delta',
  'mix_up',
  'inconsistent',
  'index',
  'outside_reportable',
  'input_held',
  'second_check',
  'wrong_slot',
  'tube_doubt',
  'qc_failed',
  'instrument_blocked',
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
  /** Texts that are critical; absent when there are none. */
  criticalTexts: z.array(z.string()).optional(),
  sex: z.enum(['any', 'male', 'female']),
  ageFromDays: z.int(),
  ageToDays: z.int().nullable(),
  /** The patient's age in days at collection. */
  ageDays: z.int(),
  source: z.string(),
});
export type UsedRange = z.output<typeof UsedRange>;

/** The change from the patient's latest earlier value, whether or not it is unusual. Source: lab-medicine notes, section 3. */
export const Delta = z.object({
  previousResultId: Id,
  previousValue: z.string(),
  previousCollectedAt: Instant,
  /** New minus previous, decimal text in the analyte's unit. */
  change: z.string(),
  /** Of the previous value, one decimal; null when that is 0. */
  percent: z.string().nullable(),
  /** The rules it breaks; empty when it breaks none. */
  broken: z.array(
    z.object({
      mode: z.enum(['absolute', 'percent', 'rate']),
      limit: z.string(),
      direction: z.enum(['any', 'rise', 'fall']),
    }),
  ),
});
export type Delta = z.output<typeof Delta>;

/** Indices of the serum as the analyzer measured them, decimal text or its own grade. */
export const SerumIndices = z.object({ H: z.string().nullable(), I: z.string().nullable(), L: z.string().nullable() });
export type SerumIndices = z.output<typeof SerumIndices>;

const Isolate = z.object({
  /** Species or group, as reported. */
  organism: z.string().max(200),
  quantity: z.string().max(100).nullable(),
  comment: z.string().max(1000).nullable(),
  /** S susceptible, I intermediate (or susceptible, increased exposure), SDD susceptible dose dependent, R resistant, NS not susceptible. */
  antibiogram: z
    .array(
      z.object({
        antibiotic: z.string().max(100),
        method: z.enum(['disk', 'mic']).nullable(),
        /** Zone in mm or MIC in mg/L, as measured, with < or > where the panel ends. */
        measured: z.string().max(20).nullable(),
        interpretation: z.enum(['S', 'I', 'SDD', 'R', 'NS']),
        /** False: tested but not to be printed (cascade reporting). */
        isReported: z.boolean(),
      }),
    )
    .max(80),
});

/** What is more than one text: cultures, narrative findings, images. */
export const ResultDetail = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('culture'),
    stage: z.enum(['preliminary', 'final']),
    growth: z.enum(['pending', 'none', 'growth', 'mixed']),
    incubationHours: z.int().min(0).max(2000).nullable(),
    microscopy: z.string().max(2000).nullable(),
    colonyCount: z.string().max(100).nullable(),
    isolates: z.array(Isolate).max(12),
    comment: z.string().max(4000).nullable(),
  }),
  z.object({
    kind: z.literal('narrative'),
    /** Specimen, gross, microscopy, impression … in the order they are printed. */
    sections: z
      .array(z.object({ title: z.string().max(100), text: z.string().max(20_000) }))
      .min(1)
      .max(20),
    /** The one line that stands for it in lists. */
    impression: z.string().max(1000),
    /** SNOMED CT, ICD-O or ICD-10, as `system|code`. */
    codes: z.array(z.string().max(80)).max(20),
  }),
  z.object({ kind: z.literal('image'), fileIds: z.array(Id).min(1).max(20), caption: z.string().max(1000) }),
]);
export type ResultDetail = z.output<typeof ResultDetail>;

/** An authorised value that was opened again: why, by whom, and what stood there. */
export const Amendment = z.object({
  /** 1 for the first. */
  number: z.int(),
  reason: z.string(),
  at: Instant,
  by: z.string(),
  previousValue: z.string(),
  /** continued: the next stage of a culture that was signed as interim, which corrects nothing; amended when absent. */
  kind: z.enum(['amended', 'continued']).optional(),
});
export type Amendment = z.output<typeof Amendment>;

/** What a value consists of: everything that is written when one is entered. A new part of it goes here. */
export const ResultValue = z.object({
  status: ResultStatus,
  /** As reported: rounded to the analyte's decimals, comparator in front; null until entered. */
  value: z.string().nullable(),
  /** As typed or sent. */
  rawValue: z.string().nullable(),
  flags: z.array(Flag),
  holds: z.array(Hold),
  /** What a hold says in words: which rule of the catalogue, which marker; not every hold has one. */
  holdNotes: z.array(z.object({ hold: Hold, text: z.string() })).default([]),
  range: UsedRange.nullable(),
  note: z.string().nullable(),
  /** `manual`, or the instrument's name. */
  source: z.string().nullable(),
  /**
   * The instrument a typed value was read from, or whose held value it took the place of: that one's holds bind it.
   * Null for any other.
   */
  readFrom: z.string().nullish(),
  /** The raw message it came from. */
  messageId: Id.nullable(),
  /** Further values for the same analyte that came later and were kept beside. */
  otherValues: z.array(
    z.object({
      value: z.string(),
      unit: z.string(),
      source: z.string(),
      messageId: Id.nullable(),
      at: Instant,
      /** Why it was set aside, when it stood in the result before: its tube was rejected. */
      dilution: z.string().nullish(),
      reagentLot: z.string().nullish(),
      why: z.string().nullish(),
      readFrom: z.string().nullish(),
    }),
  ),
  /** Why it is back at the bench, in words: the pathologist's, that its patient was corrected, or which instrument sent another value; until it is verified again. */
  sentBackReason: z.string().nullish(),
  delta: Delta.nullable(),
  indices: SerumIndices.nullable(),
  /** As the analyzer told it, for example `1:10`; the value is already multiplied. */
  dilution: z.string().nullable(),
  reagentLot: z.string().nullable(),
  /** As sent, when the value was converted from another unit. */
  sentAs: z.object({ value: z.string(), unit: z.string() }).nullable(),
  /** The text the catalogue prints for this value. */
  interpretation: z.string().nullable(),
  /** Why a calculated result has no value: an input is missing, or the formula does not hold there. */
  blankReason: z.string().nullable().default(null),
  detail: ResultDetail.nullable(),
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
  kind: z.enum(['numeric', 'text', 'coded', 'titre', 'culture', 'narrative', 'image']),
  unit: z.string(),
  /** Derived from other values of the sample; nobody types it. */
  isCalculated: z.boolean(),
  priority: z.enum(['routine', 'urgent', 'stat']),
  isOutsourced: z.boolean(),
  /** The timed draw it belongs to, as on the label. */
  draw: z.string().nullable(),
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
  /** Names of the rules that verified it instead of a person; empty when a person did. */
  autoRules: z.array(z.string()),
  /** The amendment it is, or is to become, part of; null for a value never opened again. */
  amendment: Amendment.nullable(),
  version: Version,
});
export type ResultView = z.output<typeof ResultView>;
