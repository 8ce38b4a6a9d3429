// How a pair of analyzer and analyte is judged, and how it has done: settings, Levey-Jennings chart, months.
import * as z from 'zod';

import { defineCall, Id, Instant, noteText, PageInput, pageOf, Version } from '#platform/contract.ts';

import { Outcome, RuleUse, WestgardRule } from './westgard.ts';

const Pair = z.object({ instrument: z.string().min(1).max(100), analyteCode: z.string().min(1).max(40) });
const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'a decimal number');
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month, YYYY-MM');

export const PairRules = z.object({
  instrument: z.string(),
  analyteCode: z.string(),
  rules: z.array(RuleUse),
  /** False: the usual set for as many levels as have a target. */
  isOwnSet: z.boolean(),
  /** strict: exactly 2 SD is inside; inclusive: it is beyond. */
  limits: z.enum(['strict', 'inclusive']),
  /** opposite: R_4s wants one control above +2s and one below -2s; plain_range: any two more than 4s apart. */
  rangeRule: z.enum(['opposite', 'plain_range']),
  /** leave_out: values of a rejected run do not count in later rules over several runs. */
  afterRejection: z.enum(['leave_out', 'keep']),
  /** Hours after which a control is due again. */
  intervalHours: z.int(),
  /** Minutes within which controls that come from the analyzer one by one are taken as one run. */
  runMinutes: z.int(),
  /** The lab's own allowable total error, percent; null: that of the table, if it has one. */
  allowableErrorPercent: z.string().nullable(),
  version: Version,
});
export type PairRules = z.output<typeof PairRules>;

export const getPairRules = defineCall('qc.rules', Pair, PairRules);
/** From now on; what was judged stays as it was judged. */
export const setPairRules = defineCall(
  'qc.setRules',
  Pair.extend({
    /** Needed when the pair was ever set or controlled. */
    expectedVersion: Version.nullish(),
    /** Null: the usual set. */
    rules: z
      .array(RuleUse)
      .max(13)
      .refine((rules) => new Set(rules.map(({ rule }) => rule)).size === rules.length, 'each rule once')
      .nullish(),
    limits: PairRules.shape.limits.default('strict'),
    rangeRule: PairRules.shape.rangeRule.default('opposite'),
    afterRejection: PairRules.shape.afterRejection.default('leave_out'),
    intervalHours: z.int().min(1).max(8760).default(24),
    runMinutes: z.int().min(0).max(1440).default(30),
    allowableErrorPercent: Decimal.nullish(),
    reason: noteText(300),
  }),
  PairRules,
);

export const ChartPoint = z.object({
  controlId: Id,
  runId: Id,
  lotId: Id,
  measuredAt: Instant,
  value: z.string(),
  /** Two decimals; null where there was no target. */
  z: z.string().nullable(),
  rules: z.array(WestgardRule),
  outcome: Outcome,
  reagentLot: z.string().nullable(),
  note: z.string().nullable(),
});
export type ChartPoint = z.output<typeof ChartPoint>;

export const Chart = z.object({
  unit: z.string(),
  /** Oldest first; void ones are among them. */
  points: z.array(ChartPoint),
  /** More lie before the first point. */
  isCut: z.boolean(),
  /** Where a lot of controls, or a reagent lot, begins among the points. */
  changes: z.array(z.object({ at: Instant, kind: z.enum(['control_lot', 'reagent_lot']), to: z.string() })),
  /** For the lines of the chart: mean and mean ± 1, 2, 3 SD of each target that was in force, oldest first. */
  targets: z.array(
    z.object({
      lotId: Id,
      validFrom: Instant,
      mean: z.string(),
      sd: z.string(),
      /** Mean - 3 SD … mean + 3 SD: seven lines. */
      lines: z.array(z.string()).length(7),
    }),
  ),
});
export type Chart = z.output<typeof Chart>;
/** The Levey-Jennings chart of one level. */
export const leveyJennings = defineCall(
  'qc.chart',
  Pair.extend({
    level: z.int().min(1).max(9),
    from: Instant,
    to: Instant,
    /** Newest points of the time asked for. */
    most: z.int().min(1).max(2000).default(500),
  }),
  Chart,
);

export const MonthSummary = z.object({
  lotId: Id,
  material: z.string(),
  lotNumber: z.string(),
  level: z.int(),
  instrument: z.string(),
  analyteCode: z.string(),
  unit: z.string(),
  /** Accepted values; rejected and void ones are left out of every figure. */
  count: z.int(),
  rejected: z.int(),
  /** Empty when every value was rejected. */
  mean: z.string(),
  sd: z.string().nullable(),
  cvPercent: z.string().nullable(),
  /** What the bias is against: the mean of the peer group where it is known, else the target in force at the month's end. */
  biasAgainst: z.enum(['peer', 'assigned', 'cumulative']).nullable(),
  biasPercent: z.string().nullable(),
  totalErrorPercent: z.string().nullable(),
  allowableErrorPercent: z.string().nullable(),
  /** Where the allowable error is from; a figure of the table is to be verified. */
  allowableErrorSource: z.string().nullable(),
  sigma: z.string().nullable(),
  /** Rejection rules that suit this sigma, for two levels; a suggestion, nothing is changed by it. */
  suggestedRules: z.array(WestgardRule),
});
export type MonthSummary = z.output<typeof MonthSummary>;
/** lab-day 72: by instrument, analyte and level. */
export const monthlySummary = defineCall(
  'qc.month',
  PageInput.extend({ month: Month, instrument: z.string().max(100).nullish() }),
  pageOf(MonthSummary),
);
/** What other labs with the same lot and method got, from the maker's report; typed again it is corrected. */
export const savePeerMean = defineCall(
  'qc.savePeerMean',
  Pair.extend({ lotId: Id, month: Month, mean: Decimal, labs: z.int().min(1).nullish() }),
  z.object({ lotId: Id, instrument: z.string(), analyteCode: z.string(), month: z.string(), mean: z.string() }),
);
