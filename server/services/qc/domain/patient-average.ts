// Patient-based QC: a moving figure of the patients' own values shows a shift between two control runs.
// Src: lab-medicine 8: truncation limits matter more than the block for means and EWMA, medians need none; control limits from
// percentiles of daily extremes give a chosen share of days with a false alarm.
import { percentile } from './statistics.ts';

export interface MovingSettings {
  readonly method: 'mean' | 'median' | 'ewma';
  /** Values a figure is made of; for EWMA the weight of a new value is 2 / (block + 1). */
  readonly block: number;
  /** Values outside do not count at all; null: no limit on that side. */
  readonly truncateLow: number | null;
  readonly truncateHigh: number | null;
}

export function isCounted({ truncateLow, truncateHigh }: MovingSettings, value: number): boolean {
  return (truncateLow === null || value >= truncateLow) && (truncateHigh === null || value <= truncateHigh);
}

export interface Step {
  /** Values seen so far, up to the block. */
  readonly filled: number;
  /** Null until the block is full. */
  readonly figure: number | null;
  /** What EWMA carries on; null for the others. */
  readonly carried: number | null;
}

/**
 * One value more.
 * @param recent the counted values before it, oldest first; at least the last block - 1 of them where there are as many
 * @param before the step before; null at the beginning
 */
export function moveOn(settings: MovingSettings, before: Step | null, recent: readonly number[], value: number): Step {
  const { block, method } = settings;
  const filled = Math.min(block, (before?.filled ?? 0) + 1);
  if (method === 'ewma') {
    const weight = 2 / (block + 1);
    const last = before?.carried ?? null;
    const carried = last === null ? value : last + weight * (value - last);
    return { filled, carried, figure: filled < block ? null : carried };
  }
  if (filled < block) return { filled, figure: null, carried: null };
  const window = [...recent.slice(recent.length - block + 1), value];
  return { filled, carried: null, figure: method === 'mean' ? meanOf(window) : medianOf(window) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The figures of a whole stream; null where there is none yet, values that do not count left out. */
export function movingFigures(settings: MovingSettings, values: readonly number[]): (number | null)[] {
  const counted: number[] = [];
  let step: Step | null = null;
  return values
    .filter((value) => isCounted(settings, value))
    .map((value) => {
      step = moveOn(settings, step, counted, value);
      counted.push(value);
      return step.figure;
    });
}

export interface DailyExtremes {
  readonly lowest: number;
  readonly highest: number;
}

export const MIN_DAYS_FOR_LIMITS = 20;

/**
 * Control limits from the lab's own days in control: about the given share of such days will see a false alarm, half of it on each side.
 * @param days what each day's figures ran between; null when they are fewer than needed
 */
export function limitsFromDays(
  days: readonly DailyExtremes[],
  falseAlarmShare: number,
): { readonly low: number; readonly high: number } | null {
  if (days.length < MIN_DAYS_FOR_LIMITS) return null;
  const lows = days.map(({ lowest }) => lowest).toSorted((a, b) => a - b);
  const highs = days.map(({ highest }) => highest).toSorted((a, b) => a - b);
  return { low: percentile(lows, falseAlarmShare / 2), high: percentile(highs, 1 - falseAlarmShare / 2) };
}
