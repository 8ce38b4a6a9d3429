// What a formula or a condition reads in a sample: the values of its analytes by code, and facts of the patient.
import type { Formula, Value } from '@nidaan/formula';
import { evaluate } from '@nidaan/formula';

import { NOT_REPORTED } from './indices.ts';
import type { Standing } from './instrument-entry.ts';
import type { JudgedAnalyte } from './judge.ts';
import { readNumber } from './lab-number.ts';

/** Facts of patient and order that formulas may read. */
export interface Bearer {
  readonly sex: 'male' | 'female' | 'other' | null;
  /** Completed days and years at collection; null when unknown. */
  readonly ageDays: number | null;
  readonly ageYears: number | null;
  readonly isFasting: boolean | null;
  readonly gestationWeeks: number | null;
}

export function factNamed(name: string, bearer: Bearer): Value | undefined {
  switch (name) {
    case 'SEX':
      return bearer.sex === null ? unknown(name) : { kind: 'text', text: bearer.sex };
    case 'AGE_DAYS':
      return numberOrBlank(name, bearer.ageDays);
    case 'AGE_YEARS':
      return numberOrBlank(name, bearer.ageYears);
    case 'GESTATION_WEEKS':
      return numberOrBlank(name, bearer.gestationWeeks);
    case 'FASTING':
      return bearer.isFasting === null ? unknown(name) : { kind: 'truth', truth: bearer.isFasting };
    default:
      return undefined;
  }
}

function numberOrBlank(name: string, number: number | null): Value {
  return number === null ? unknown(name) : { kind: 'number', number: String(number) };
}

function unknown(name: string): Value {
  return { kind: 'blank', why: `${name} is not known` };
}

/**
 * The value of one result as a formula reads it; undefined when it has none.
 * @param text raw for what is calculated or compared, reported for what is said of the printed value
 */
export function valueOf(
  { kind, analyteCode }: Pick<JudgedAnalyte, 'kind' | 'analyteCode'>,
  { value, blankReason }: Pick<Standing, 'value' | 'blankReason'>,
  text: string | null,
): Value | undefined {
  if (value === null || text === null)
    return blankReason === null ? undefined : { kind: 'blank', why: `${analyteCode}: ${blankReason}` };
  if (value === NOT_REPORTED) return { kind: 'blank', why: `${analyteCode} is ${NOT_REPORTED}` };
  if (kind !== 'numeric') return { kind: 'text', text };
  const read = readNumber(text);
  if (read === undefined) return { kind: 'blank', why: `${analyteCode} is not a number` };
  // A bound goes as text: the language compares it where the answer is certain, and calculates nothing from it.
  if (read.comparator !== null) return { kind: 'text', text: `${read.comparator}${read.number}` };
  return { kind: 'number', number: read.number };
}

/** True only when the condition certainly holds: a blank is no. */
export function holdsIn(condition: Formula | undefined, scope: (name: string) => Value | undefined): boolean {
  if (condition === undefined) return false;
  const answer = evaluate(condition, scope);
  return answer.kind === 'truth' && answer.truth;
}
