// Values typed at the bench, and the choice between several.
import * as z from 'zod';

import { defineCall, Id, noteText, Version } from '#platform/contract.ts';

import { ResultView } from './value.ts';

const Entry = z.object({
  resultId: Id,
  value: z.string().trim().max(4000),
  /** The analyte's own when absent; another one of the same kind is converted. */
  unit: z.string().trim().max(40).nullish(),
  note: noteText(1000).nullish(),
  /** Why a value beyond the physiological limit is right after all; without it such a value is refused. */
  confirmAbsurd: noteText(300).nullish(),
  /** The instrument it was read from, by the name in its messages: what holds that one's values holds this. */
  instrument: z.string().trim().min(1).max(100).nullish(),
  expectedVersion: Version,
});

/**
 * By hand at the bench.
 * @throws result.calculated | result.empty_value | result.unit_mismatch | result.not_a_number | result.not_a_choice | result.absurd_unconfirmed | result.too_many_digits
 *   | result.unknown_instrument
 */
export const enterResult = defineCall('result.enter', Entry, ResultView);

/** A grid of them: each is taken or refused by itself. `others`: what changed with them, calculated values and holds. */
export const enterManyResults = defineCall(
  'result.enterMany',
  z.object({ items: z.array(Entry).min(1).max(500) }),
  z.object({
    items: z.array(
      z.object({
        resultId: Id,
        /** As written; null when it was refused. */
        result: ResultView.nullable(),
        refused: z
          .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
          .nullable(),
      }),
    ),
    others: z.array(ResultView),
  }),
);

/** Of several values of one result another is to be the one reported (lab-day 36). The one that goes is kept beside. */
export const chooseValue = defineCall(
  'result.chooseValue',
  z.object({
    resultId: Id,
    expectedVersion: Version,
    /** Place in `otherValues`, 0 first. */
    otherIndex: z.int().min(0).max(999),
    reason: noteText(500),
  }),
  ResultView,
);
