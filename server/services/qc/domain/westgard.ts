// Westgard's multirules over a whole series, each written as its definition reads: windows of values, nothing remembered.
// The service judges with westgard-series.ts, which counts instead of looking back; a property test holds the two together.
// Src: lab-medicine 7 (definitions and the points to settle there); the worked cases of ../../../../../shared/data/lab-formulas.
import type { WestgardRule } from '../contract/westgard.ts';
import { apart, BIT, bitsOf, rulesOf, RULES } from './westgard-rules.ts';
import type { RunValue, WestgardSettings } from './westgard-rules.ts';

export interface WestgardCase {
  /** One level: its values run by run. Several: the values of each level run by run; null where a level was not measured. */
  readonly z: readonly number[] | Readonly<Record<string, readonly (number | null)[]>>;
}

export interface CaseOptions {
  /** All by default. */
  readonly rules?: readonly WestgardRule[];
  readonly limits?: WestgardSettings['limits'];
  readonly rangeRule?: WestgardSettings['rangeRule'];
}

/** Rules that fire at the last run, every one of them, in their usual order. The series is taken as it is: nothing is left out. */
export function firesAtLastRun(series: WestgardCase, options: CaseOptions = {}): WestgardRule[] {
  const settings: WestgardSettings = {
    rules: options.rules ?? RULES,
    rejecting: [],
    limits: options.limits ?? 'strict',
    rangeRule: options.rangeRule ?? 'opposite',
    afterRejection: 'keep',
  };
  const bits = judgeSeries(runsOf(series), settings).at(-1) ?? [];
  return rulesOf(bits.reduce((all, each) => all | each, 0));
}

/** The runs of a case: the nth value of every level belongs to run n. */
export function runsOf({ z }: WestgardCase): RunValue[][] {
  if (isSingleLevel(z)) return z.map((value) => [{ level: '', z: value }]);
  const levels = Object.entries(z);
  const count = Math.max(0, ...levels.map(([, values]) => values.length));
  return Array.from({ length: count }, (_, run) =>
    levels.flatMap(([level, values]) => {
      const value = values[run];
      return value === null || value === undefined ? [] : [{ level, z: value }];
    }),
  );
}

function isSingleLevel(z: WestgardCase['z']): z is readonly number[] {
  return Array.isArray(z);
}

/** For each run, for each value of it, the rules that fire there, as bits. */
export function judgeSeries(runs: readonly (readonly RunValue[])[], settings: WestgardSettings): number[][] {
  const rejecting = bitsOf(settings.rejecting);
  const kept: (readonly RunValue[])[] = [];
  return runs.map((run) => {
    const bits = judgeRun(kept, run, settings);
    const isRejected = bits.some((each) => (each & rejecting) !== 0);
    if (!isRejected || settings.afterRejection === 'keep') kept.push(run);
    return bits;
  });
}

function judgeRun(
  before: readonly (readonly RunValue[])[],
  run: readonly RunValue[],
  settings: WestgardSettings,
): number[] {
  const isInclusive = settings.limits === 'inclusive';
  const above = (z: number, limit: number): boolean => (isInclusive ? z >= limit : z > limit);
  const below = (z: number, limit: number): boolean => (isInclusive ? z <= -limit : z < -limit);
  const on = bitsOf(settings.rules);
  const bits = run.map(() => 0);
  const fire = (at: number, rule: WestgardRule): void => {
    bits[at] = (bits[at] ?? 0) | (BIT[rule] & on);
  };
  const sameSide = (values: readonly number[], limit: number): boolean =>
    values.every((z) => above(z, limit)) || values.every((z) => below(z, limit));
  const oneSide = (values: readonly number[]): boolean => values.every((z) => z > 0) || values.every((z) => z < 0);
  const twoOfThree = (values: readonly number[]): boolean =>
    values.length === 3 &&
    (values.filter((z) => above(z, 2)).length >= 2 || values.filter((z) => below(z, 2)).length >= 2);
  const all = [...before.flat(), ...run];
  const beforeCount = all.length - run.length;

  for (const [at, { level, z }] of run.entries()) {
    if (above(Math.abs(z), 2)) fire(at, '1_2s');
    if (above(Math.abs(z), 3)) fire(at, '1_3s');
    const ofLevel = all.slice(0, beforeCount + at + 1).filter((each) => each.level === level);
    const within = ofLevel.map((each) => each.z);
    const across = all.slice(0, beforeCount + at + 1).map((each) => each.z);
    const inRun = run.slice(0, at + 1).map((each) => each.z);
    // Same level in two runs, or neighbouring levels of one run; never one level today against another of yesterday.
    for (const values of [within, inRun]) if (values.length >= 2 && sameSide(values.slice(-2), 2)) fire(at, '2_2s');
    for (const values of [within, inRun]) if (twoOfThree(values.slice(-3))) fire(at, '2of3_2s');
    for (const values of [within, across]) {
      for (const [rule, count] of [
        ['3_1s', 3],
        ['4_1s', 4],
      ] as const)
        if (values.length >= count && sameSide(values.slice(-count), 1)) fire(at, rule);
      for (const [rule, count] of [
        ['6_x', 6],
        ['8_x', 8],
        ['9_x', 9],
        ['10_x', 10],
        ['12_x', 12],
      ] as const)
        if (values.length >= count && oneSide(values.slice(-count))) fire(at, rule);
    }
    // A trend is a level's own: the values of two levels side by side mean nothing to each other.
    if (within.length >= 7 && isTrend(within.slice(-7))) fire(at, '7_T');
  }
  for (const at of rangeBroken(run, settings.rangeRule, above, below)) fire(at, 'R_4s');
  return bits;
}

function isTrend(values: readonly number[]): boolean {
  const steps = values.slice(1).map((z, index) => z - (values[index] ?? z));
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}

/** Within one run alone; the values that lie apart. */
function rangeBroken(
  run: readonly RunValue[],
  rangeRule: WestgardSettings['rangeRule'],
  above: (z: number, limit: number) => boolean,
  below: (z: number, limit: number) => boolean,
): readonly number[] {
  const places = [...run.keys()];
  const zOf = (at: number): number => run[at]?.z ?? 0;
  if (rangeRule === 'plain_range')
    return places.filter((at) => places.some((other) => above(apart(zOf(at), zOf(other)), 4)));
  const high = places.filter((at) => above(zOf(at), 2));
  const low = places.filter((at) => below(zOf(at), 2));
  return high.length > 0 && low.length > 0 ? [...high, ...low] : [];
}
