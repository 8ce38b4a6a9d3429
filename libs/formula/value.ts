// What a formula gives, and the same while it is calculated (decimals as objects, and bounds such as <0.5).
import { Decimal } from 'decimal.js';

export type Value =
  /** Decimal text without exponent, at most 30 significant digits. */
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'truth'; readonly truth: boolean }
  /** No value; why is a sentence for the report or the bench, and names codes, never values. */
  | { readonly kind: 'blank'; readonly why: string };

/** Working digits. Ten more than are handed out, so that 1/3*3 comes out as 1 and a half stays a half. */
export const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -1e4, toExpPos: 1e4 });
export type Exact = Decimal;
const HANDED_OUT = 30;
/** No quantity of a laboratory has a size beyond 10^100 or below 10^-100; such a number is a mistake, told as blank. */
export const MAX_EXPONENT = 100;

export type Bound = {
  readonly kind: 'bound';
  readonly sign: '<' | '>' | '<=' | '>=';
  readonly number: Exact;
  readonly why: string;
};
export type Working =
  | { readonly kind: 'number'; readonly number: Exact }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'truth'; readonly truth: boolean }
  | { readonly kind: 'blank'; readonly why: string }
  | Bound;

const BOUND = /^\s*(<=|>=|<|>|≤|≥)\s*(\d{1,30}(?:\.\d{1,30})?)\s*$/;
const NUMBER = /^[+-]?(\d{1,60}\.?\d{0,60}|\.\d{1,60})$/;

export function blank(why: string): Working {
  return { kind: 'blank', why };
}

/** A calculated number, or blank when it is none or beyond all measure. */
export function numberOf(number: Exact): Working {
  if (number.isNaN()) return blank('the calculation has no result');
  if (!number.isFinite() || number.e > MAX_EXPONENT) return blank('the calculated number is too large');
  if (number.e < -MAX_EXPONENT && !number.isZero()) return blank('the calculated number is too small');
  return { kind: 'number', number };
}

/** The value behind a name; a bound is known as one, what is no number is blank. */
export function workingOf(name: string, value: Value | undefined): Working {
  if (value === undefined) return blank(`${name} is missing`);
  if (value.kind === 'number') {
    return NUMBER.test(value.number) ? numberOf(new Exact(value.number)) : blank(`${name} is not a number`);
  }
  if (value.kind !== 'text') return value;
  const [, sign, number] = BOUND.exec(value.text) ?? [];
  if (sign === undefined || number === undefined) return value;
  const plain = sign === '≤' ? '<=' : sign === '≥' ? '>=' : sign;
  if (plain !== '<' && plain !== '>' && plain !== '<=' && plain !== '>=') return value;
  return { kind: 'bound', sign: plain, number: new Exact(number), why: `${name} is a bound` };
}

/** Rounds to the digits that are handed out. */
export function settled(number: Exact): Exact {
  return number.toSignificantDigits(HANDED_OUT, Decimal.ROUND_HALF_UP);
}

export function handOut(value: Working): Value {
  if (value.kind === 'bound') return { kind: 'blank', why: value.why };
  if (value.kind !== 'number') return value;
  const number = settled(value.number);
  return { kind: 'number', number: number.isZero() ? '0' : number.toFixed() };
}
