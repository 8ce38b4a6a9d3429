// Tells whether a unit as sent or typed is the analyte's own. Texts are compared, amounts never converted.
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
