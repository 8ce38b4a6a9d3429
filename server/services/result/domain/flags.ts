// L, H, LL, HH and A: where a value lies against its range. A value with < or > is not one number but a whole stretch of
// them: it is flagged only when the whole stretch lies beyond a limit, and "undecided" is said aloud, never rounded to normal.
import type { Comparator } from '@nidaan/values';
import { compareDecimal } from '@nidaan/values';

import type { Flag, UsedRange } from '../contract.ts';

/** A number, or everything below (above) it. Decimal text. */
export interface Reading {
  readonly number: string;
  readonly comparator: Comparator | null;
}

/** Where a reading lies against one limit. A value equal to the limit is within. */
export type Side = 'within' | 'beyond' | 'undecided';

/** @param low null: no such limit, everything is within */
export function sideOfLow({ number, comparator }: Reading, low: string | null): Side {
  if (low === null) return 'within';
  const order = compareDecimal(number, low);
  switch (comparator) {
    case null:
      return order < 0 ? 'beyond' : 'within';
    case '<':
    case '<=':
      if (order < 0 || (order === 0 && comparator === '<')) return 'beyond';
      // A range that begins at 0 belongs to a quantity that cannot be negative: "<9" against 0–34 is inside.
      return compareDecimal(low, '0') === 0 ? 'within' : 'undecided';
    case '>':
    case '>=':
      return order >= 0 ? 'within' : 'undecided';
    default:
      return comparator satisfies never;
  }
}

/** @param high null: no such limit, everything is within */
export function sideOfHigh({ number, comparator }: Reading, high: string | null): Side {
  if (high === null) return 'within';
  const order = compareDecimal(number, high);
  switch (comparator) {
    case null:
      return order > 0 ? 'beyond' : 'within';
    case '>':
    case '>=':
      return order > 0 || (order === 0 && comparator === '>') ? 'beyond' : 'undecided';
    case '<':
    case '<=':
      return order <= 0 ? 'within' : 'undecided';
    default:
      return comparator satisfies never;
  }
}

export interface NumberJudgement {
  /** At most one: a critical flag stands for the plain one as well. */
  readonly flag: Flag | null;
  /** True when the reading is a bound that may lie on either side of a limit that matters. */
  readonly isUndecided: boolean;
}

/**
 * Flags a number by its range. L and H need a range (`reference` or `decision`); critical limits hold with any kind.
 * @param reading as reported, after rounding, so that paper and flag never disagree
 * @param raw before rounding. It can only add a critical flag: 6.54 that prints as 6.5 is beyond a limit of 6.5, and in
 *   doubt the doctor is called.
 */
export function flagNumber(reading: Reading, range: UsedRange, raw: Reading = reading): NumberJudgement {
  const criticalLow = eitherBeyond(sideOfLow(reading, range.criticalLow), sideOfLow(raw, range.criticalLow));
  const criticalHigh = eitherBeyond(sideOfHigh(reading, range.criticalHigh), sideOfHigh(raw, range.criticalHigh));
  if (criticalLow === 'beyond') return { flag: 'LL', isUndecided: false };
  if (criticalHigh === 'beyond') return { flag: 'HH', isUndecided: false };
  const low = range.kind === 'none' ? 'within' : sideOfLow(reading, range.low);
  const high = range.kind === 'none' ? 'within' : sideOfHigh(reading, range.high);
  const isUndecided = [criticalLow, criticalHigh, low, high].includes('undecided');
  if (low === 'beyond') return { flag: 'L', isUndecided };
  return { flag: high === 'beyond' ? 'H' : null, isUndecided };
}

function eitherBeyond(reported: Side, raw: Side): Side {
  return raw === 'beyond' ? raw : reported;
}

/** A when the text is not the expected one; case and runs of blanks do not count. */
export function flagText(text: string, range: UsedRange): Flag | null {
  if (range.text === null || range.kind === 'none') return null;
  return plainText(text) === plainText(range.text) ? null : 'A';
}

/** AA when somebody must be told of it at once. It stands with any kind of range, as critical limits do. */
export function isCriticalText(text: string, { criticalTexts = [] }: UsedRange): boolean {
  return criticalTexts.some((one) => plainText(one) === plainText(text));
}

/** Physiologically impossible. Asked of the value as sent, before rounding: 100.04 % is no percentage. */
export function isAbsurd(reading: Reading, absurdLow: string | null, absurdHigh: string | null): boolean {
  return sideOfLow(reading, absurdLow) === 'beyond' || sideOfHigh(reading, absurdHigh) === 'beyond';
}

/** Below nothing. Asked of the value as sent: a count or an amount cannot be. */
export function isNegative({ number }: Reading): boolean {
  return compareDecimal(number, '0') < 0;
}

/** A text as it is compared: trimmed, blanks single, lower case. */
export function plainText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}
