// Differences and ratios of decimal texts, exactly: a delta rule must not hang on the last bit of a float.
import { fromScaled, scaleOf, toScaled } from '@nidaan/values';

/** a - b with as many decimals as the finer of the two: '5.40' - '4.1' is '1.30'. */
export function difference(a: string, b: string): string {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return fromScaled(toScaled(a, scale) - toScaled(b, scale), scale);
}

/** The sign of a × b - c × d, for comparing ratios without dividing. */
export function compareProducts(a: string, b: string, c: string, d: string): -1 | 0 | 1 {
  const scale = Math.max(...[a, b, c, d].map(scaleOf));
  const [w, x, y, z] = [toScaled(a, scale), toScaled(b, scale), toScaled(c, scale), toScaled(d, scale)];
  const [left, right] = [w * x, y * z];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** 100 × part / whole to one decimal, a half away from zero; null when the whole is 0. The sign is that of the part. */
export function percentOf(part: string, whole: string): string | null {
  const scale = Math.max(scaleOf(part), scaleOf(whole));
  const units = toScaled(part, scale);
  const [top, bottom] = [abs(units), abs(toScaled(whole, scale))];
  if (bottom === 0n) return null;
  // Tenths of a percent; twice the remainder against the divisor tells the half.
  const tenths = (top * 1000n) / bottom;
  const rounded = ((top * 1000n) % bottom) * 2n >= bottom ? tenths + 1n : tenths;
  return fromScaled(units < 0n ? -rounded : rounded, 1);
}

function abs(units: bigint): bigint {
  return units < 0n ? -units : units;
}

export function unsigned(text: string): string {
  return text.replace(/^[+-]/, '');
}
