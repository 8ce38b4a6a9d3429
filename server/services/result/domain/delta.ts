// How far a value moved from the same person's latest earlier one, and whether a rule calls that unusual.
// Values are compared as reported, so that the change on the screen is the change that was judged. A bound (<0.04) is a whole
// stretch: a rule is broken only when it is broken wherever in that stretch the value lies.
// Source: lab-medicine notes, section 3; lab-day 41.
import { compareDecimal } from '@nidaan/values';

import type { DeltaRule } from '#contract/order.ts';

import type { Delta } from '../contract.ts';
import { compareProducts, difference, percentOf, unsigned } from './exact.ts';
import type { Reading } from './flags.ts';
import { readNumber } from './lab-number.ts';

const DAY_MS = 86_400_000;

/** The latest value of the same person, analyte, specimen and unit that was collected before. */
export interface Earlier {
  readonly resultId: string;
  /** As reported. */
  readonly value: string;
  readonly collectedAt: string;
}

/** The least and the greatest a change can be; null: no end. */
interface Stretch {
  readonly least: string | null;
  readonly most: string | null;
}

/**
 * @param rules those of the analyte; only a change beyond the limit breaks one, on the limit is within
 * @param value as reported, in the analyte's unit
 * @param collectedAt of the value; an earlier one that was not collected before it is no earlier one
 * @returns null when there is nothing to compare: no number, or both are bounds on the same side
 */
export function deltaOf(
  rules: readonly DeltaRule[],
  value: string,
  collectedAt: string,
  earlier: Earlier | undefined,
): Delta | null {
  if (earlier === undefined) return null;
  const elapsedMs = Date.parse(collectedAt) - Date.parse(earlier.collectedAt);
  const [now, before] = [readNumber(value), readNumber(earlier.value)];
  if (!(elapsedMs > 0) || now === undefined || before === undefined) return null;
  const stretch = changeBetween(now, before);
  const change = changeText(stretch, difference(now.number, before.number), now, before);
  if (change === null) return null;
  const isExact = now.comparator === null && before.comparator === null;
  return {
    previousResultId: earlier.resultId,
    previousValue: earlier.value,
    previousCollectedAt: earlier.collectedAt,
    change,
    percent: isExact ? percentOf(change, before.number) : null,
    broken: rules
      .filter((rule) => elapsedMs <= rule.lookBackDays * DAY_MS && isBroken(rule, stretch, before, elapsedMs))
      .map(({ mode, limit, direction }) => ({ mode, limit, direction })),
  };
}

function isBelow(reading: Reading): boolean {
  return reading.comparator === '<' || reading.comparator === '<=';
}

function isAbove(reading: Reading): boolean {
  return reading.comparator === '>' || reading.comparator === '>=';
}

function changeBetween(now: Reading, before: Reading): Stretch {
  const nominal = difference(now.number, before.number);
  return {
    least: isBelow(now) || isAbove(before) ? null : nominal,
    most: isAbove(now) || isBelow(before) ? null : nominal,
  };
}

/** `>4.96` when only the least is known; null when neither end is. */
function changeText({ least, most }: Stretch, nominal: string, now: Reading, before: Reading): string | null {
  if (least !== null && most !== null) return nominal;
  if (least === null && most === null) return null;
  const isOpen = now.comparator?.length !== 2 && before.comparator?.length !== 2;
  return `${least === null ? '<' : '>'}${isOpen ? '' : '='}${nominal}`;
}

function isBroken(rule: DeltaRule, { least, most }: Stretch, before: Reading, elapsedMs: number): boolean {
  const rises = rule.direction !== 'fall' && least !== null && compareDecimal(least, '0') > 0;
  const falls = rule.direction !== 'rise' && most !== null && compareDecimal(most, '0') < 0;
  if (rises && exceeds(rule, least, before, elapsedMs)) return true;
  return falls && exceeds(rule, most, before, elapsedMs);
}

/** @param change not 0 */
function exceeds({ mode, limit }: DeltaRule, change: string, before: Reading, elapsedMs: number): boolean {
  const size = unsigned(change);
  switch (mode) {
    case 'absolute':
      return compareDecimal(size, limit) > 0;
    case 'percent':
      // From 0 any change counts; of a bound the percentage cannot be told.
      return before.comparator === null && compareProducts(size, '100', limit, unsigned(before.number)) > 0;
    case 'rate':
      return compareProducts(size, String(DAY_MS), limit, String(elapsedMs)) > 0;
    default:
      return mode satisfies never;
  }
}

export interface MarkedChange {
  readonly barcode: string | null;
  readonly delta: Delta | null;
  readonly rules: readonly DeltaRule[];
}

/** True when the change breaks a rule that is made to tell one person from another. */
export function suggestsMixUp({ delta, rules }: Pick<MarkedChange, 'delta' | 'rules'>): boolean {
  if (delta === null) return false;
  return rules.some(
    (rule) =>
      rule.isMixUpMarker &&
      delta.broken.some(
        ({ mode, limit, direction }) => mode === rule.mode && limit === rule.limit && direction === rule.direction,
      ),
  );
}

/**
 * The tubes whose blood may be another person's: at least two markers of one draw broke their rules at once. One marker
 * alone is disease far more often than error.
 * @param values of one draw of one order; the same analyte twice counts once
 */
export function tubesInDoubt(
  values: readonly (MarkedChange & { readonly analyteCode: string })[],
): ReadonlySet<string | null> {
  const marked = values.filter(suggestsMixUp);
  if (new Set(marked.map(({ analyteCode }) => analyteCode)).size < 2) return new Set();
  return new Set(marked.map(({ barcode }) => barcode));
}
