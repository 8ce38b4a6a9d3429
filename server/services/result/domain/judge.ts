// From what was typed or sent to what is reported: value, flag, range, and the reasons why a person must look first.
// Total: it never throws and never drops a value. What cannot be judged is held and shown as it came.
import type { LabValue } from '@nidaan/values';
import { compareDecimal, parseLabValue, roundHalfUp } from '@nidaan/values';

import type { AnalyteKind, RangeBand } from '#contract/order.ts';

import type { Flag, Hold, UsedRange } from '../contract.ts';
import type { Reading } from './flags.ts';
import { flagNumber, flagText, isAbsurd, isNegative, plainText } from './flags.ts';
import type { BandChoice, Person } from './reference-range.ts';
import { isUsable, lacksOwnLimits, mayBeNegative, pickBand, toUsedRange } from './reference-range.ts';
import type { UnitOfAnalyte } from './units.ts';

export interface JudgedAnalyte extends UnitOfAnalyte {
  readonly kind: AnalyteKind;
  /** Decimals on the report; null leaves the number as it came. */
  readonly decimals: number | null;
  /** Allowed texts; empty: any text. */
  readonly choices: readonly string[];
}

export interface Sent {
  /** As typed or sent, not empty. */
  readonly value: string;
  /** True when it came without the unit it needs. */
  readonly lacksUnit: boolean;
  /** True when the instrument doubts it. */
  readonly isDoubted: boolean;
  readonly isPreliminary: boolean;
}

export interface Judgement {
  /** As reported. */
  readonly value: string;
  readonly flags: readonly Flag[];
  readonly holds: readonly Hold[];
  /** Null when no range could be told; of kind `none` when there is none for this person. */
  readonly range: UsedRange | null;
}

/**
 * Judges one value.
 * @param person sex and age at collection; null when unknown (the record is gone, or born after the collection)
 * @param bands of this analyte, all sexes and ages
 */
export function judge(
  analyte: JudgedAnalyte,
  sent: Sent,
  person: Person | null,
  bands: readonly RangeBand[],
): Judgement {
  const choice = chooseBand(analyte, person, bands);
  const band = choice.kind === 'found' ? choice.band : undefined;
  const range = choice.kind === 'unclear' || person === null ? null : toUsedRange(band, person.ageDays);
  const holds: Hold[] = [];
  if (sent.lacksUnit) holds.push('no_unit');
  if (sent.isDoubted) holds.push('instrument_flag');
  if (sent.isPreliminary) holds.push('preliminary');
  const isUnflaggable = range === null || (analyte.kind === 'numeric' && lacksOwnLimits(band, bands));
  if (isUnflaggable) holds.push('range_unclear');

  if (analyte.kind !== 'numeric') {
    const text = canonicalText(sent.value, analyte.choices);
    if (text === undefined) return { value: sent.value.trim(), flags: [], holds: [...holds, 'not_a_choice'], range };
    // Titres have no order that a text comparison could tell, so only coded and free texts are flagged.
    const flag = range === null || analyte.kind === 'titre' ? null : flagText(text, range);
    return { value: text, flags: flag === null ? [] : [flag], holds, range };
  }

  const raw = readNumber(sent.value);
  if (raw === undefined) return { value: sent.value.trim(), flags: [], holds: [...holds, 'not_numeric'], range };
  const reported = asReported(raw, analyte.decimals);
  const isImpossible = band !== undefined && isAbsurd(raw, band.absurdLow, band.absurdHigh);
  if (isImpossible || (isNegative(raw) && !mayBeNegative(bands))) holds.push('absurd');
  const { flag, isUndecided } = range === null ? { flag: null, isUndecided: false } : flagNumber(reported, range, raw);
  if (isUndecided) holds.push('limit_undecided');
  return { value: `${reported.comparator ?? ''}${reported.number}`, flags: flag === null ? [] : [flag], holds, range };
}

function chooseBand(analyte: JudgedAnalyte, person: Person | null, bands: readonly RangeBand[]): BandChoice {
  if (person === null) return { kind: 'unclear' };
  const choice = pickBand(bands, person);
  if (choice.kind === 'found' && !isUsable(choice.band, analyte)) return { kind: 'unclear' };
  return choice;
}

/** The number in a text, or undefined when it is none. */
export function readNumber(text: string): Reading | undefined {
  const read: LabValue = parseLabValue(text);
  return read.number === undefined ? undefined : { number: read.number, comparator: read.comparator ?? null };
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
