// Chooses the band a value is judged by. Never guesses: two bands that fit equally well are a configuration error, and a
// band that cannot be trusted (another unit, limits that contradict each other) is not used.
// Source: lab-medicine notes, section 12: sex, then age in days at collection; half-open [from, to); most specific wins.
import { compareDecimal, isDecimal } from '@nidaan/values';

import type { RangeBand } from '#contract/order.ts';

import type { UsedRange } from '../contract.ts';
import type { UnitOfAnalyte } from './units.ts';
import { isSameUnit } from './units.ts';

export interface Person {
  /** `other` fits only bands for any sex. */
  readonly sex: 'male' | 'female' | 'other';
  /** Completed days from birth to collection, in the lab's zone. */
  readonly ageDays: number;
}

export type BandChoice =
  | { readonly kind: 'found'; readonly band: RangeBand }
  /** No band fits: print "no range". */
  | { readonly kind: 'none' }
  /** A fault of the catalogue: nothing may be judged by it, and a person must look. */
  | { readonly kind: 'unclear' };

/** @param bands of one analyte, all sexes and ages */
export function pickBand(bands: readonly RangeBand[], { sex, ageDays }: Person): BandChoice {
  const fitting = bands.filter(
    (band) =>
      (band.sex === 'any' || band.sex === sex) &&
      band.ageFromDays <= ageDays &&
      (band.ageToDays === null || ageDays < band.ageToDays),
  );
  const ownSex = fitting.filter((band) => band.sex !== 'any');
  const [band, ...others] = ownSex.length > 0 ? ownSex : fitting;
  if (band === undefined) return { kind: 'none' };
  return others.length > 0 ? { kind: 'unclear' } : { kind: 'found', band };
}

/** Tells whether a band's limits may be held against values in the analyte's unit. */
export function isUsable(band: RangeBand, unit: UnitOfAnalyte): boolean {
  // A range in another unit would flag by a factor; no conversion is attempted.
  const isOwnUnit = band.unit === null || band.unit.trim() === '' || isSameUnit(band.unit, unit);
  const pairs = [
    [band.low, band.high],
    [band.criticalLow, band.criticalHigh],
    [band.absurdLow, band.absurdHigh],
  ] as const;
  return isOwnUnit && pairs.every(([low, high]) => isPair(low, high));
}

/** Tells whether a value can be flagged by this band; the limits of a band of kind `none` flag nothing but critical ones. */
function hasLimit({ kind, low, high, criticalLow, criticalHigh }: RangeBand): boolean {
  const plain = kind === 'none' ? [] : [low, high];
  return [...plain, criticalLow, criticalHigh].some((limit) => limit !== null);
}

/**
 * True when a number goes unflagged for this person although the catalogue has limits for others: a child beside ranges of
 * adults, a person of other sex beside ranges by sex. Wording in place of limits is something to read it by.
 * @param band the person's own; undefined when none fits
 * @param bands of the analyte, all sexes and ages
 */
export function lacksOwnLimits(band: RangeBand | undefined, bands: readonly RangeBand[]): boolean {
  const hasWording = band !== undefined && band.kind !== 'none' && band.text !== null;
  return !hasWording && !(band !== undefined && hasLimit(band)) && bands.some(hasLimit);
}

/** True when some limit of the analyte lies below 0, so that its values may. */
export function mayBeNegative(bands: readonly RangeBand[]): boolean {
  return bands.some((band) =>
    [band.low, band.high, band.criticalLow, band.criticalHigh, band.absurdLow, band.absurdHigh].some(
      (limit) => limit !== null && isDecimal(limit) && compareDecimal(limit, '0') < 0,
    ),
  );
}

function isPair(low: string | null, high: string | null): boolean {
  if ((low !== null && !isDecimal(low)) || (high !== null && !isDecimal(high))) return false;
  return low === null || high === null || compareDecimal(low, high) <= 0;
}

/** What is stored with the result, so that a later change of the catalogue does not reach it. */
export function toUsedRange(band: RangeBand | undefined, ageDays: number): UsedRange {
  return {
    low: band?.low ?? null,
    high: band?.high ?? null,
    text: band?.text ?? null,
    kind: band?.kind ?? 'none',
    criticalLow: band?.criticalLow ?? null,
    criticalHigh: band?.criticalHigh ?? null,
    sex: band?.sex ?? 'any',
    ageFromDays: band?.ageFromDays ?? 0,
    ageToDays: band?.ageToDays ?? null,
    ageDays,
    source: band?.source ?? 'no band of the catalogue fits',
  };
}
