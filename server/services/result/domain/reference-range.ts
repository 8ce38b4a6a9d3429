// Chooses the band a value is judged by. Never guesses: two bands that fit equally well are a configuration error, and a
// band that cannot be trusted (another unit, limits that contradict each other) is not used.
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

/** What a band is chosen by beside the person. */
export interface Occasion {
  /** The calendar day of collection in the lab's zone, `YYYY-MM-DD`; null when unknown: bands with a first or last day do not fit. */
  readonly collectedOn: string | null;
  /** Of the test, as the catalogue writes it; null when it has none. */
  readonly method: string | null;
  /** Completed weeks of pregnancy; null: not pregnant, or not known. */
  readonly gestationWeeks: number | null;
}

export const anyOccasion: Occasion = { collectedOn: null, method: null, gestationWeeks: null };

export type BandChoice =
  | { readonly kind: 'found'; readonly band: RangeBand }
  /** No band fits: print "no range". */
  | { readonly kind: 'none' }
  /** A fault of the catalogue: nothing may be judged by it, and a person must look. */
  | { readonly kind: 'unclear' };

/**
 * Chooses the one band a value is judged by (lab-day 40). A band fits when sex, age in days at collection, method, week of
 * pregnancy and day of collection lie in it; every stretch is half-open, [from, to). Of those that fit the most specific
 * wins, asked in this order: for a pregnancy, for this method, for this sex. What is then left must be one band: two are
 * a fault of the catalogue (`unclear`), however different their ages or days are.
 * @param bands of one analyte: all sexes, ages, methods and dates, in any order; limits are not looked at
 * @param person sex, and completed days of age on the day of collection
 * @param when day of collection, method, weeks of pregnancy; left out: any day, no method, not pregnant
 * Source: lab-medicine notes, section 12.
 */
export function pickBand(bands: readonly RangeBand[], person: Person, when: Occasion = anyOccasion): BandChoice {
  const fitting = bands.filter((band) => fits(band, person, when));
  const specific = mostSpecific(fitting, [
    (band) => band.gestationFromWeeks !== null || band.gestationToWeeks !== null,
    (band) => band.method !== null,
    (band) => band.sex !== 'any',
  ]);
  const [band, ...others] = specific;
  if (band === undefined) return { kind: 'none' };
  return others.length > 0 ? { kind: 'unclear' } : { kind: 'found', band };
}

function fits(band: RangeBand, { sex, ageDays }: Person, { collectedOn, method, gestationWeeks }: Occasion): boolean {
  const isForPregnancy = band.gestationFromWeeks !== null || band.gestationToWeeks !== null;
  return (
    (band.sex === 'any' || band.sex === sex) &&
    isWithin(ageDays, band.ageFromDays, band.ageToDays) &&
    (band.method === null || (method !== null && plain(band.method) === plain(method))) &&
    (!isForPregnancy ||
      (gestationWeeks !== null && isWithin(gestationWeeks, band.gestationFromWeeks, band.gestationToWeeks))) &&
    // Days as YYYY-MM-DD are in order as texts.
    ((band.validFrom === null && band.validTo === null) ||
      (collectedOn !== null && isWithin(collectedOn, band.validFrom, band.validTo)))
  );
}

function isWithin<T extends number | string>(value: T, from: T | null, to: T | null): boolean {
  return (from === null || from <= value) && (to === null || value < to);
}

function plain(method: string): string {
  return method.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Narrows by each question in turn: those that answer yes, when there are any, else all. */
function mostSpecific(
  bands: readonly RangeBand[],
  questions: readonly ((band: RangeBand) => boolean)[],
): readonly RangeBand[] {
  return questions.reduce((left, isSpecific) => {
    const specific = left.filter(isSpecific);
    return specific.length > 0 ? specific : left;
  }, bands);
}

/** Bands that can be told for the unit of the analyte: a second set in another unit is none of its business. */
export function ofOwnUnit(bands: readonly RangeBand[], unit: UnitOfAnalyte): readonly RangeBand[] {
  const own = bands.filter((band) => isOwnUnit(band, unit));
  return own.length > 0 ? own : bands;
}

function isOwnUnit({ unit }: RangeBand, own: UnitOfAnalyte): boolean {
  return unit === null || unit.trim() === '' || isSameUnit(unit, own);
}

/** Tells whether a band's limits may be held against values in the analyte's unit: a range in another would flag by a factor. */
export function isUsable(band: RangeBand, unit: UnitOfAnalyte): boolean {
  const pairs = [
    [band.low, band.high],
    [band.criticalLow, band.criticalHigh],
    [band.absurdLow, band.absurdHigh],
  ] as const;
  return isOwnUnit(band, unit) && pairs.every(([low, high]) => isPair(low, high));
}

/** Tells whether a value can be flagged by this band; the limits of a band of kind `none` flag nothing but critical ones. */
function hasLimit({ kind, low, high, criticalLow, criticalHigh }: RangeBand): boolean {
  const limits = kind === 'none' ? [] : [low, high];
  return [...limits, criticalLow, criticalHigh].some((limit) => limit !== null);
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
    ...(band !== undefined && band.criticalTexts.length > 0 ? { criticalTexts: [...band.criticalTexts] } : {}),
    sex: band?.sex ?? 'any',
    ageFromDays: band?.ageFromDays ?? 0,
    ageToDays: band?.ageToDays ?? null,
    ageDays,
    source: band?.source ?? 'no band of the catalogue fits',
  };
}
