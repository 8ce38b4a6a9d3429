// The rules themselves: their names, and how a set of them is kept as bits, so that judging a value makes no garbage.
import { WestgardRule } from '../contract/westgard.ts';

export const RULES = WestgardRule.options;

export const BIT = {
  '1_2s': 1,
  '1_3s': 2,
  R_4s: 4,
  '2_2s': 8,
  '2of3_2s': 16,
  '3_1s': 32,
  '4_1s': 64,
  '6_x': 128,
  '8_x': 256,
  '9_x': 512,
  '10_x': 1024,
  '12_x': 2048,
  '7_T': 4096,
} as const satisfies Readonly<Record<WestgardRule, number>>;

export function bitsOf(rules: Iterable<WestgardRule>): number {
  let bits = 0;
  for (const rule of rules) bits |= BIT[rule];
  return bits;
}

export function rulesOf(bits: number): WestgardRule[] {
  return RULES.filter((rule) => (bits & BIT[rule]) !== 0);
}

/**
 * How far two z scores lie apart, free of the noise of binary fractions: -0.1 and -4.1 are 4 apart, not 3.9999999999999996,
 * and whether 4 is beyond the limit is a setting.
 */
export function apart(one: number, other: number): number {
  return Math.round(Math.abs(one - other) * 1e9) / 1e9;
}

export interface WestgardSettings {
  /** Rules that are switched on; the others never fire. */
  readonly rules: readonly WestgardRule[];
  /** Rules that reject a run; the others that are switched on only warn. */
  readonly rejecting: readonly WestgardRule[];
  /** strict: exactly 2.0 is inside; inclusive: it is beyond. */
  readonly limits: 'strict' | 'inclusive';
  /** opposite: one control beyond +2s and another beyond -2s; plain_range: any two of the run more than 4s apart. */
  readonly rangeRule: 'opposite' | 'plain_range';
  /** leave_out: values of a rejected run do not count in later rules over several runs; keep: they do. */
  readonly afterRejection: 'leave_out' | 'keep';
}

export interface RunValue {
  /** The control within the run: one level of one lot. */
  readonly level: string;
  /** (value - mean) / SD, unrounded. */
  readonly z: number;
}
