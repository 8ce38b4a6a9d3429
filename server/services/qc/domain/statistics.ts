// Figures of a series of controls: mean, SD, CV, bias, total error, sigma; z of one value against its target.
// Values come and go as decimal text. A z on a limit must be on it: 110 against 100 with SD 5 is 2, whatever binary fractions say.
import { roundHalfUp, scaleOf, toScaled } from '@nidaan/values';

/**
 * How many SD a value lies from the mean. Difference and SD are whole numbers of the smallest decimal before they are divided, so
 * that the quotient is rounded once.
 * @throws RangeError when a text is no decimal number or the SD is not above 0
 */
export function zScore(value: string, mean: string, sd: string): number {
  const scale = Math.max(scaleOf(value), scaleOf(mean), scaleOf(sd));
  const spread = toScaled(sd, scale);
  if (spread <= 0n) throw new RangeError('The SD must be above 0.');
  return Number(toScaled(value, scale) - toScaled(mean, scale)) / Number(spread);
}

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample SD (n - 1); null below two values. */
  readonly sd: number | null;
}

/** Welford's one pass: keeps its digits where a sum of squares loses them. Null for no values. */
export function momentsOf(values: Iterable<string | number>): Moments | null {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    const x = Number(value);
    count += 1;
    const step = x - mean;
    mean += step / count;
    squares += step * (x - mean);
  }
  if (count === 0) return null;
  return { count, mean, sd: count < 2 ? null : Math.sqrt(squares / (count - 1)) };
}

/** Decimal text, half up; null stays null. The number is first written with 12 digits, which swallows what binary fractions leave. */
export function decimalText(value: number | null, decimals: number): string | null {
  if (value === null || !Number.isFinite(value)) return null;
  const exact = Number(value.toPrecision(12));
  return roundHalfUp(exact.toFixed(Math.min(20, Math.max(decimals, 12))), decimals);
}

/** Coefficient of variation, percent; null when the mean is 0 or there is no SD. */
export function cvPercent(mean: number, sd: number | null): number | null {
  return sd === null || mean === 0 ? null : (100 * sd) / Math.abs(mean);
}

/** Signed, percent of the target; null when that is 0. */
export function biasPercent(mean: number, target: number): number | null {
  return target === 0 ? null : (100 * (mean - target)) / Math.abs(target);
}

/** 95 % of single results lie this near the truth: |bias| + 1.65 CV, all in percent. */
export function totalErrorPercent(bias: number | null, cv: number | null): number | null {
  return bias === null || cv === null ? null : Math.abs(bias) + 1.65 * cv;
}

/** (TEa - |bias|) / CV, all in percent. Src: lab-medicine 7 [S26]: TEa 10, bias 2, CV 2 gives 4. */
export function sigmaMetric(allowable: number | null, bias: number | null, cv: number | null): number | null {
  return allowable === null || bias === null || cv === null || cv === 0 ? null : (allowable - Math.abs(bias)) / cv;
}

/** The EQA scheme's z: how far a result lies from the assigned value in SD for proficiency assessment. */
export function eqaVerdict(z: number): 'acceptable' | 'warning' | 'unacceptable' {
  const size = Math.abs(z);
  if (size <= 2) return 'acceptable';
  return size > 3 ? 'unacceptable' : 'warning';
}

/**
 * The value below which the given share lies, between neighbours by straight line (rank = share × (n - 1)).
 * @param sorted ascending, at least one
 */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}
