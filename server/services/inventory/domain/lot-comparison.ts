// Lot to lot: the same samples measured with the old and the new lot. Each pair may differ by so many percent of the old value;
// one pair beyond is a failure, for a pathologist would see that patient jump. Exact: no value passes through a float.
import type { VerificationView } from '../contract.ts';

type Compared = VerificationView['comparisons'][number];
export interface ComparisonInput {
  readonly analyteCode: string;
  readonly instrument: string;
  readonly allowedPercent: string;
  readonly pairs: readonly { readonly sample: string; readonly old: string; readonly new: string }[];
}

/** Decimals a value may have. */
const SCALE = 6;

/** The text of a decimal with at most six decimals, in millionths. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(SCALE, '0'));
  return text.startsWith('-') ? -size : size;
}

/** A quotient as text with two decimals, half away from zero. */
function ratio(numerator: bigint, denominator: bigint): string {
  const isNegative = numerator < 0n !== denominator < 0n && numerator !== 0n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const hundredths = (n * 200n + d) / (2n * d);
  const text = `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;
  return isNegative && hundredths !== 0n ? `-${text}` : text;
}

export function compareLots({ analyteCode, instrument, allowedPercent, pairs }: ComparisonInput): Compared {
  const allowed = scaled(allowedPercent);
  const unit = 10n ** BigInt(SCALE);
  const percents: (readonly [numerator: bigint, denominator: bigint])[] = [];
  const judged = pairs.map((pair) => {
    const [old, now] = [scaled(pair.old), scaled(pair.new)];
    const [difference, size] = [now - old, old < 0n ? -old : old];
    // |new - old| / |old| * 100 <= allowed, without a division; an old value of 0 lets only 0 pass.
    const isWithin = (difference < 0n ? -difference : difference) * 100n * unit <= allowed * size;
    if (size !== 0n) percents.push([difference * 100n, size]);
    const differencePercent = size === 0n ? null : ratio(difference * 100n, size);
    return { sample: pair.sample, old: pair.old, new: pair.new, differencePercent, isWithin };
  });
  return {
    analyteCode,
    instrument,
    allowedPercent,
    pairs: judged,
    meanDifferencePercent: mean(percents),
    hasPassed: judged.every(({ isWithin }) => isWithin),
  };
}

/** Of fractions, exactly; null of none. */
function mean(fractions: readonly (readonly [numerator: bigint, denominator: bigint])[]): string | null {
  if (fractions.length === 0) return null;
  const common = fractions.reduce((product, [, denominator]) => product * denominator, 1n);
  const sum = fractions.reduce((total, [numerator, denominator]) => total + (numerator * common) / denominator, 0n);
  return ratio(sum, common * BigInt(fractions.length));
}
