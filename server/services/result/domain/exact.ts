// Differences and ratios of decimal texts, exactly: a delta rule must not hang on the last bit of a float.
import { isDecimal } from '@nidaan/values';

interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

function toScaled(text: string): Scaled {
  if (!isDecimal(text)) throw new RangeError('Not a decimal number.');
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const magnitude = BigInt(`0${whole}${fraction}`);
  return { units: text.startsWith('-') ? -magnitude : magnitude, scale: fraction.length };
}

function rescale({ units, scale }: Scaled, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

function toText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const size = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${size}` : size;
}

/** a - b with as many decimals as the finer of the two: '5.40' - '4.1' is '1.30'. */
export function difference(a: string, b: string): string {
  const [x, y] = [toScaled(a), toScaled(b)];
  const scale = Math.max(x.scale, y.scale);
  return toText(rescale(x, scale) - rescale(y, scale), scale);
}

/** The sign of a × b - c × d, for comparing ratios without dividing. */
export function compareProducts(a: string, b: string, c: string, d: string): -1 | 0 | 1 {
  const [w, x, y, z] = [toScaled(a), toScaled(b), toScaled(c), toScaled(d)];
  const scale = Math.max(w.scale + x.scale, y.scale + z.scale);
  const left = rescale({ units: w.units * x.units, scale: w.scale + x.scale }, scale);
  const right = rescale({ units: y.units * z.units, scale: y.scale + z.scale }, scale);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** 100 × part / whole to one decimal, a half away from zero; null when the whole is 0. The sign is that of the part. */
export function percentOf(part: string, whole: string): string | null {
  const [x, y] = [toScaled(part), toScaled(whole)];
  const scale = Math.max(x.scale, y.scale);
  const [top, bottom] = [abs(rescale(x, scale)), abs(rescale(y, scale))];
  if (bottom === 0n) return null;
  // Tenths of a percent; twice the remainder against the divisor tells the half.
  const tenths = (top * 1000n) / bottom;
  const rounded = ((top * 1000n) % bottom) * 2n >= bottom ? tenths + 1n : tenths;
  return toText(x.units < 0n ? -rounded : rounded, 1);
}

function abs(units: bigint): bigint {
  return units < 0n ? -units : units;
}

export function unsigned(text: string): string {
  return text.replace(/^[+-]/, '');
}
