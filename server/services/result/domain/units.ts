// Tells whether a unit as sent or typed is the analyte's own. Texts are compared, amounts never converted.
import { unitSpellings } from './unit-spellings.ts';

export interface UnitOfAnalyte {
  /** UCUM code; null when the analyte has none. */
  readonly ucum: string | null;
  /** As printed; may be empty. */
  readonly unit: string;
}

const spellings = new Map<string, ReadonlySet<string>>(unitSpellings.map(([ucum, ...ways]) => [ucum, new Set(ways)]));

/**
 * True when both texts name the same unit with the factor 1. Case counts, as in UCUM: mU and MU differ by a billion.
 * @param given as sent; an empty text is no unit and never the same, see the hold `no_unit`
 */
export function isSameUnit(given: string, { ucum, unit }: UnitOfAnalyte): boolean {
  const text = given.trim();
  if (text === '') return false;
  return text === ucum || text === unit.trim() || (ucum !== null && spellings.get(ucum)?.has(text) === true);
}
