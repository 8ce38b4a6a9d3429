// Values for made-up results: as far from the middle of the person's own range as luck has it, judged by the rules that judge
// every value. Consistency between analytes is not made up: a calculated value here does not follow from its inputs.
import type { AnalyteRules, AnalyteView, RangeBand } from '#contract/order.ts';

import type { Flag } from './contract.ts';
import { isCritical, limitPassed } from './domain/critical.ts';
import { flagWords } from './domain/flag-words.ts';
import { flagNumber } from './domain/flags.ts';
import type { Person } from './domain/reference-range.ts';
import { pickBand, toUsedRange } from './domain/reference-range.ts';

export interface Judged {
  readonly text: string;
  readonly flags: readonly Flag[];
  /** Null when the value is not critical. */
  readonly limitPassed: string | null;
}

/** Luck is taken in steps, so that equal values are judged once. */
const STEPS = 16;
/** The limits of a range are this many standard deviations from its middle: one value in twenty lies outside. */
const DEVIATIONS_TO_LIMIT = 1.96;
const TEXT_OF_NO_BAND = 'Not detected';

const judged = new WeakMap<object, Map<number, Judged>>();

/** Where no band fits, values are judged by none, one set an analyte. */
export function bandOf(
  rules: AnalyteRules | undefined,
  person: Person,
  method: string | null,
  collectedOn: string,
): RangeBand | undefined {
  if (rules === undefined) return undefined;
  const choice = pickBand(rules.bands, person, { collectedOn, method, gestationWeeks: null });
  return choice.kind === 'found' ? choice.band : undefined;
}

/** @param luck standard deviations from the middle of the range */
export function judge(analyte: AnalyteView, band: RangeBand | undefined, luck: number): Judged {
  const owner = band ?? analyte;
  const step = Math.round(luck * STEPS);
  const known = judged.get(owner) ?? new Map<number, Judged>();
  judged.set(owner, known);
  let value = known.get(step);
  if (value === undefined) {
    value = make(analyte, band, step / STEPS);
    known.set(step, value);
  }
  return value;
}

function make(analyte: AnalyteView, band: RangeBand | undefined, luck: number): Judged {
  const range = toUsedRange(band, 0);
  if (analyte.kind !== 'numeric') {
    const usual = band?.text ?? analyte.choices[0] ?? TEXT_OF_NO_BAND;
    const other = analyte.choices.find((choice) => choice !== usual) ?? usual;
    const text = Math.abs(luck) > DEVIATIONS_TO_LIMIT ? other : usual;
    const { flag } = flagWords(analyte.kind, text, range);
    const flags = flag === null ? [] : [flag];
    return { text, flags, limitPassed: isCritical(flags) ? limitPassed(flags, range) : null };
  }
  const text = numberText(analyte.decimals ?? 0, band, luck);
  const { flag } = flagNumber({ number: text, comparator: null }, range);
  const flags = flag === null ? [] : [flag];
  return { text, flags, limitPassed: isCritical(flags) ? limitPassed(flags, range) : null };
}

/** A range with one end is taken to begin at half of it, or to reach as far again; without a range values keep off the critical limits. */
function endsOf(band: RangeBand | undefined): readonly [low: number, high: number] {
  const low = band?.low ?? null;
  const high = band?.high ?? null;
  if (low !== null) return [Number(low), Number(high ?? Number(low) * 2)];
  if (high !== null) return [Number(high) / 2, Number(high)];
  if (band?.criticalLow && band.criticalHigh) {
    const margin = (Number(band.criticalHigh) - Number(band.criticalLow)) / 10;
    return [Number(band.criticalLow) + margin, Number(band.criticalHigh) - margin];
  }
  return [5, 10];
}

function numberText(decimals: number, band: RangeBand | undefined, luck: number): string {
  const [low, high] = endsOf(band);
  const middle = (low + high) / 2;
  const deviation = (high - low) / 2 / DEVIATIONS_TO_LIMIT;
  // A quantity that cannot be negative runs thin towards nothing.
  const value = low >= 0 ? Math.max(middle / 20, middle + luck * deviation) : middle + luck * deviation;
  return value.toFixed(decimals);
}
