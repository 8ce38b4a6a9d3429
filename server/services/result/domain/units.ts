// Tells whether a unit as sent or typed is the analyte's own, and brings a value sent in another one to it.
import { convert, ucumOf } from '@nidaan/units';

import { readNumber } from './lab-number.ts';
import {
  chargeOneCodes,
  chargeOneLoincs,
  milliequivalentsPerLitre,
  millimolesPerLitre,
  unitSpellings,
} from './unit-spellings.ts';

export interface UnitOfAnalyte {
  /** UCUM code; null when the analyte has none. */
  readonly ucum: string | null;
  /** As printed; may be empty. */
  readonly unit: string;
  readonly analyteCode: string;
  readonly loinc: string | null;
}

const spellings = new Map<string, ReadonlySet<string>>(unitSpellings.map(([ucum, ...ways]) => [ucum, new Set(ways)]));

/**
 * True when both texts name the same unit with the factor 1. Case counts, as in UCUM: mU and MU differ by a billion.
 * @param given as sent; an empty text is no unit and never the same, see the hold `no_unit`
 */
export function isSameUnit(given: string, { ucum, unit, analyteCode, loinc }: UnitOfAnalyte): boolean {
  const text = given.trim();
  if (text === '') return false;
  if (text === ucum || text === unit.trim() || (ucum !== null && spellings.get(ucum)?.has(text) === true)) return true;
  const hasChargeOne = chargeOneCodes.has(analyteCode) || (loinc !== null && chargeOneLoincs.has(loinc));
  return hasChargeOne && ucum !== null && isPerCharge(text) && isPerCharge(ucum);
}

/** For an ion of charge one, the one number in milliequivalents or millimoles per litre. */
function isPerCharge(unit: string): boolean {
  return milliequivalentsPerLitre.has(unit) || millimolesPerLitre.has(unit);
}

export type Brought =
  /** It came in the analyte's unit, or without one. */
  | { readonly kind: 'same'; readonly value: string }
  /** `value` is in the analyte's unit, unrounded, with the comparator in front. */
  | { readonly kind: 'converted'; readonly value: string }
  | { readonly kind: 'mismatch' };

/**
 * A value in the analyte's own unit.
 * @param value as sent; a text that is no number stays, it will be held for that
 * @param given the unit as sent or typed; empty: none was given
 * @param molarMass g/mol, for mass against amount of substance
 */
export function toOwnUnit(value: string, given: string, analyte: UnitOfAnalyte, molarMass: string | null): Brought {
  if (given.trim() === '' || isSameUnit(given, analyte)) return { kind: 'same', value };
  const { ucum } = analyte;
  const from = ucumMeant(given.trim());
  if (ucum === null || from === undefined) return { kind: 'mismatch' };
  const read = readNumber(value);
  // Whether the units fit is asked even of what is no number: a wrong unit is told before a wrong value.
  const converted = convert(read?.number ?? '1', from, ucum, molarMass ?? undefined);
  if (!converted.ok) return { kind: 'mismatch' };
  return read === undefined
    ? { kind: 'same', value }
    : { kind: 'converted', value: `${read.comparator ?? ''}${converted.value}` };
}

/** Trap: MIU/L is written for milli and for mega, a billion apart (see unit-spellings.ts); nobody can tell which. */
const TWO_MEANINGS = /^M\[?I?U\]?\b/i;

function ucumMeant(text: string): string | undefined {
  if (text.startsWith('M') && TWO_MEANINGS.test(text)) return undefined;
  const own = unitSpellings.find((ways) => ways.includes(text))?.[0];
  return own ?? ucumOf(text);
}
