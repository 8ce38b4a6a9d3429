// From what was typed or sent to what is reported: value, flag, range, and the reasons why a person must look first.
// Total: it never throws and never drops a value. What cannot be judged is held and shown as it came.
import { compareDecimal, roundHalfUp } from '@nidaan/values';

import type { AnalyteKind, DeltaRule, IndexRule, RangeBand } from '#contract/order.ts';

import type { Delta, Flag, Hold, ResultValue, SerumIndices, UsedRange } from '../contract.ts';
import type { Earlier } from './delta.ts';
import { deltaOf } from './delta.ts';
import type { Reading } from './flags.ts';
import { flagWords } from './flag-words.ts';
import { flagNumber, isAbsurd, isNegative, plainText } from './flags.ts';
import { effectOf, NOT_REPORTED } from './indices.ts';
import { readNumber } from './lab-number.ts';
import type { BandChoice, Occasion, Person } from './reference-range.ts';
import {
  anyOccasion,
  isUsable,
  lacksOwnLimits,
  mayBeNegative,
  ofOwnUnit,
  pickBand,
  toUsedRange,
} from './reference-range.ts';
import { canonicalTitre } from './titre.ts';
import type { UnitOfAnalyte } from './units.ts';

export interface JudgedAnalyte extends UnitOfAnalyte {
  readonly kind: AnalyteKind;
  /** Decimals on the report; null leaves the number as it came. */
  readonly decimals: number | null;
  /** Allowed texts; empty: any text. */
  readonly choices: readonly string[];
}

export interface Sent {
  /** As typed or sent, in the analyte's unit; not empty. */
  readonly value: string;
  /** True when it came without the unit it needs. */
  readonly lacksUnit: boolean;
  /** True when the instrument doubts it. */
  readonly isDoubted: boolean;
  readonly isPreliminary: boolean;
  /** True when it came with more digits than are ever measured, see hasTooManyDigits; a conversion may add as many as it likes. */
  readonly isOverlong?: boolean;
}

/** What a value is judged by beside the bands: all of it may be missing. */
export interface Circumstances {
  readonly when: Occasion;
  readonly collectedAt: string | null;
  readonly deltas: readonly DeltaRule[];
  readonly earlier: Earlier | undefined;
  readonly indexRules: readonly IndexRule[];
  readonly indices: SerumIndices | null;
  /** Measuring interval, decimal text in the analyte's unit. */
  readonly reportableLow: string | null;
  readonly reportableHigh: string | null;
}

export const noCircumstances: Circumstances = {
  when: anyOccasion,
  collectedAt: null,
  deltas: [],
  earlier: undefined,
  indexRules: [],
  indices: null,
  reportableLow: null,
  reportableHigh: null,
};

export interface Judgement {
  /** As reported. */
  readonly value: string;
  /** Where it lies (L, H, LL, HH, A, AA), then D and X, which stand beside any of them. */
  readonly flags: readonly Flag[];
  readonly holds: readonly Hold[];
  readonly holdNotes: readonly HoldNote[];
  /** Null when no range could be told; of kind `none` when there is none for this person. */
  readonly range: UsedRange | null;
  readonly delta: Delta | null;
}

export type HoldNote = ResultValue['holdNotes'][number];

/**
 * Judges one value.
 * @param person sex and age at collection; null when unknown (the record is gone, or born after the collection)
 * @param bands of this analyte, all sexes, ages, methods and dates
 */
export function judge(
  analyte: JudgedAnalyte,
  sent: Sent,
  person: Person | null,
  bands: readonly RangeBand[],
  circumstances: Circumstances = noCircumstances,
): Judgement {
  const choice = chooseBand(analyte, person, bands, circumstances.when);
  const band = choice.kind === 'found' ? choice.band : undefined;
  const range = choice.kind === 'unclear' || person === null ? null : toUsedRange(band, person.ageDays);
  const holds: Hold[] = [];
  if (sent.lacksUnit) holds.push('no_unit');
  if (sent.isDoubted) holds.push('instrument_flag');
  if (sent.isPreliminary) holds.push('preliminary');
  const isNumeric = analyte.kind === 'numeric';
  if (range === null || (isNumeric && lacksOwnLimits(band, bands))) holds.push('range_unclear');
  if (!isNumeric) return judgeText(analyte, sent.value, range, holds);

  const raw = readNumber(sent.value);
  if (raw === undefined) return { ...untold, value: sent.value.trim(), holds: [...holds, 'not_numeric'], range };
  const reported = asReported(raw, analyte.decimals);
  const value = `${reported.comparator ?? ''}${reported.number}`;
  const isAbsurdNow = sent.isOverlong === true || isBeyondNature(raw, band, bands);
  if (isAbsurdNow) holds.push('absurd');
  if (isOutside(raw, circumstances)) holds.push('outside_reportable');
  const { flag, isUndecided } = range === null ? { flag: null, isUndecided: false } : flagNumber(reported, range, raw);
  if (isUndecided) holds.push('limit_undecided');

  const { deltas, collectedAt, earlier } = circumstances;
  const delta = collectedAt === null ? null : deltaOf(deltas, value, collectedAt, earlier);
  const isUnusual = delta !== null && delta.broken.length > 0;
  if (isUnusual) holds.push('delta');

  const { holds: reasons, isSuppressed } = effectOf(circumstances.indexRules, circumstances.indices);
  if (reasons.length > 0) holds.push('index');
  const holdNotes = reasons.map((text) => ({ hold: 'index' as const, text }));
  // The number stays in rawValue; on paper there is none, so nothing is flagged by it.
  if (isSuppressed) return { ...untold, value: NOT_REPORTED, holds, holdNotes, range };
  const flags: Flag[] = flag === null ? [] : [flag];
  if (isUnusual) flags.push('D');
  if (isAbsurdNow) flags.push('X');
  return { value, flags, holds, holdNotes, range, delta };
}

const untold = { flags: [], holdNotes: [], delta: null } as const;

function judgeText(analyte: JudgedAnalyte, sent: string, range: UsedRange | null, holds: readonly Hold[]): Judgement {
  const isTitre = analyte.kind === 'titre';
  const text = isTitre ? canonicalTitre(sent, analyte.choices) : canonicalText(sent, analyte.choices);
  if (text === undefined) return { ...untold, value: sent.trim(), holds: [...holds, 'not_a_choice'], range };
  const { flag, isUndecided } = flagWords(analyte.kind, text, range);
  const doubts: readonly Hold[] = isUndecided ? ['limit_undecided'] : [];
  return { ...untold, value: text, flags: flag === null ? [] : [flag], holds: [...holds, ...doubts], range };
}

/** Beyond the physiological limit of the person's band, or below 0 where no limit of the analyte is. */
function isBeyondNature(raw: Reading, band: RangeBand | undefined, bands: readonly RangeBand[]): boolean {
  if (band !== undefined && isAbsurd(raw, band.absurdLow, band.absurdHigh)) return true;
  return isNegative(raw) && !mayBeNegative(bands);
}

/**
 * Beyond what the method measures. A bound at the end of the interval is how such a value is told: `<0.01` where measuring
 * begins at 0.01 is inside.
 */
function isOutside(raw: Reading, { reportableLow, reportableHigh }: Circumstances): boolean {
  return (
    (reportableLow !== null && compareDecimal(raw.number, reportableLow) < 0) ||
    (reportableHigh !== null && compareDecimal(raw.number, reportableHigh) > 0)
  );
}

/** The range a value of this person would be judged by today; null when none can be told. */
export function rangeFor(
  analyte: UnitOfAnalyte,
  person: Person | null,
  bands: readonly RangeBand[],
  when: Occasion,
): UsedRange | null {
  const choice = chooseBand(analyte, person, bands, when);
  if (choice.kind === 'unclear' || person === null) return null;
  return toUsedRange(choice.kind === 'found' ? choice.band : undefined, person.ageDays);
}

function chooseBand(
  analyte: UnitOfAnalyte,
  person: Person | null,
  bands: readonly RangeBand[],
  when: Occasion,
): BandChoice {
  if (person === null) return { kind: 'unclear' };
  const choice = pickBand(ofOwnUnit(bands, analyte), person, when);
  if (choice.kind === 'found' && !isUsable(choice.band, analyte)) return { kind: 'unclear' };
  return choice;
}

/**
 * Rounds to the analyte's decimals, a half away from zero (lab-medicine notes, section 11).
 * A bound is padded but never rounded to another number: "<0.04" would become "<0.0", and ">0.45" as ">0.5" would claim
 * more than was measured.
 */
export function asReported(raw: Reading, decimals: number | null): Reading {
  if (decimals === null) return raw;
  const number = roundHalfUp(raw.number, decimals);
  if (raw.comparator !== null && compareDecimal(number, raw.number) !== 0) return raw;
  return { ...raw, number };
}

/** The choice as the catalogue writes it; the trimmed text when there are no choices; undefined when it is none of them. */
export function canonicalText(text: string, choices: readonly string[]): string | undefined {
  if (choices.length === 0) return text.trim();
  return choices.find((choice) => plainText(choice) === plainText(text));
}

/** Same value whatever the spelling: 5.0 and 5.00, Negative and NEGATIVE. */
export function isSameValue(one: string, other: string): boolean {
  const [a, b] = [readNumber(one), readNumber(other)];
  if (a !== undefined && b !== undefined)
    return a.comparator === b.comparator && compareDecimal(a.number, b.number) === 0;
  return plainText(one) === plainText(other);
}
