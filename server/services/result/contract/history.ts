// What a person's values were over the years (lab-day 46): signed ones alone, under every record of the person.
import * as z from 'zod';

import { defineCall, Id, Instant, PageInput, pageOf } from '#platform/contract.ts';

import { Flag, UsedRange } from './value.ts';

export const HistoryValue = z.object({
  resultId: Id,
  orderId: Id,
  collectedAt: Instant,
  draw: z.string().nullable(),
  /** As it was signed. */
  value: z.string(),
  /** Decimal text; null when the value is no number. A bound keeps its sign in `value` alone. */
  number: z.string().nullable(),
  unit: z.string(),
  flags: z.array(Flag),
  range: UsedRange.nullable(),
  method: z.string().nullable(),
  /** Signed, then opened and signed again. */
  isAmended: z.boolean(),
  /** Measured by another method, or told in another unit, than the value before: the two may not be compared. */
  isMethodChange: z.boolean(),
  isUnitChange: z.boolean(),
});
export type HistoryValue = z.output<typeof HistoryValue>;

export const HistoryColumn = z.object({
  orderId: Id,
  draw: z.string().nullable(),
  /** Of the last tube of the draw. */
  collectedAt: Instant,
});
export type HistoryColumn = z.output<typeof HistoryColumn>;

const Period = {
  patientId: Id,
  /** By the time of drawing, half-open. */
  from: Instant.nullish(),
  to: Instant.nullish(),
};

/** Analytes by draws, the newest draw first; a page is so many draws. */
export const resultHistory = defineCall(
  'result.history',
  PageInput.extend({
    ...Period,
    first: z.int().min(1).max(50).default(10),
    analyteCodes: z.array(z.string().max(40)).max(100).default([]),
  }),
  z.object({
    columns: z.array(HistoryColumn),
    rows: z.array(
      z.object({
        analyteCode: z.string(),
        analyteName: z.string(),
        /** In the order of the columns; null where it was not measured. */
        values: z.array(HistoryValue.nullable()),
      }),
    ),
    endCursor: z.string().nullable(),
    hasNextPage: z.boolean(),
  }),
);

/** The values of one analyte, newest first: points of a graph. */
export const resultTrend = defineCall(
  'result.trend',
  PageInput.extend({ ...Period, first: z.int().min(1).max(100).default(50), analyteCode: z.string().max(40) }),
  pageOf(HistoryValue),
);
