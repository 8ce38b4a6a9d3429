// A lot's own target from the lab's values. Src: lab-medicine 7: at least 20 runs on different days; a new lot runs in parallel
// with the old one, gets its own mean and keeps the laboratory's CV; values of rejected runs stay out.
import { scaleOf } from '@nidaan/values';

import { cvPercent, decimalText, momentsOf } from './statistics.ts';

export const MIN_DAYS = 20;

export interface AcceptedValue {
  readonly value: string;
  /** Calendar day of the lab on which it was measured. */
  readonly day: string;
}

export interface Target {
  readonly mean: string;
  readonly sd: string;
  readonly count: number;
}

export type Cumulative =
  | { readonly isReady: true; readonly target: Target; readonly sdFrom: 'own' | 'lab_cv' }
  | { readonly isReady: false; readonly count: number; readonly days: number; readonly hasSpread: boolean };

/**
 * @param accepted values of this lot alone
 * @param labCvPercent of the lot before at this level; null for the first lot, or when the lab wants the lot's own SD
 */
export function cumulativeTarget(accepted: readonly AcceptedValue[], labCvPercent: number | null): Cumulative {
  const days = new Set(accepted.map(({ day }) => day)).size;
  const moments = momentsOf(accepted.map(({ value }) => value));
  const own = moments?.sd ?? null;
  const sd = labCvPercent === null || moments === null ? own : (Math.abs(moments.mean) * labCvPercent) / 100;
  // All values alike: no SD can be had from them, and any z would be infinite.
  const hasSpread = sd !== null && sd > 0;
  if (days < MIN_DAYS || moments === null || !hasSpread)
    return { isReady: false, count: accepted.length, days, hasSpread };
  const decimals = Math.max(...accepted.map(({ value }) => scaleOf(value)));
  const mean = decimalText(moments.mean, decimals + 2) ?? '0';
  return {
    isReady: true,
    sdFrom: labCvPercent === null ? 'own' : 'lab_cv',
    target: { mean, sd: decimalText(sd, decimals + 3) ?? '0', count: moments.count },
  };
}

/** The CV a target stands for, percent; null when its mean is 0. */
export function cvOfTarget(target: { readonly mean: string; readonly sd: string }): number | null {
  return cvPercent(Number(target.mean), Number(target.sd));
}

export interface DatedTarget {
  readonly lotId: string;
  /** Instants, ISO with milliseconds. */
  readonly validFrom: string;
  readonly mean: string;
  readonly sd: string;
}

/** The target of a lot in force at a time; undefined when it had none yet. @param targets oldest first, the one set last behind */
export function targetAt<T extends DatedTarget>(targets: readonly T[], lotId: string, at: string): T | undefined {
  return targets.findLast((target) => target.lotId === lotId && target.validFrom <= at);
}
