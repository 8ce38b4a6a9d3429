// Exact arithmetic on decimal strings. A lab value never passes through a float: 0.1 + 0.2 must not decide a flag,
// and 7.10 must not lose its last zero on the way to the report.

const DECIMAL = /^([+-]?)(\d+\.?\d*|\.\d+)$/;

type Parts = { readonly isNegative: boolean; readonly whole: string; readonly fraction: string };

function split(text: string): Parts {
  const match = DECIMAL.exec(text);
  // The text itself stays out of the message: it may be a patient's result.
  if (match === null) throw new RangeError('Not a decimal number: optional sign, digits, at most one point.');
  const [whole = '', fraction = ''] = (match[2] ?? '').split('.');
  return { isNegative: match[1] === '-', whole: whole.replace(/^0+/, ''), fraction };
}

/** Tells whether the text is an optional sign, ASCII digits and at most one point (HL7 v2 NM), so that the functions here accept it. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * Compares two decimal strings exactly; scale does not matter ('7.10' equals '7.1', '-0' equals '0').
 * @returns -1 when a < b, 0 when equal, 1 when a > b
 * @throws RangeError when either is not a decimal number
 */
export function compareDecimal(a: string, b: string): -1 | 0 | 1 {
  const left = split(a);
  const right = split(b);
  const scale = Math.max(left.fraction.length, right.fraction.length);
  const x = scaled(left, scale);
  const y = scaled(right, scale);
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

/**
 * Rounds a decimal string to a fixed number of decimals, a half away from zero ('2.25' → '2.3', '-2.25' → '-2.3'), as
 * a person with a pencil does. Pads with zeros ('7' to 1 → '7.0'); a result of zero has no sign.
 * @param decimals 0 to 30
 * @throws RangeError when text is not a decimal number or decimals is out of bounds
 */
export function roundHalfUp(text: string, decimals: number): string {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 30) throw new RangeError('Decimals must be 0 to 30.');
  const { isNegative, whole, fraction } = split(text);
  const kept = BigInt(`0${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
  const firstDropped = fraction.charAt(decimals);
  const magnitude = firstDropped !== '' && firstDropped >= '5' ? kept + 1n : kept;
  return fromScaled(isNegative ? -magnitude : magnitude, decimals);
}

/** How many decimals a decimal string is written with: '7.10' has two. @throws RangeError when it is not a decimal number */
export function scaleOf(text: string): number {
  return split(text).fraction.length;
}

/**
 * A decimal string as a whole number of its smallest decimal, for sums and products that lose nothing: '7.1' at scale 2 is 710n.
 * @param scale at least that of the text; what is finer would not fit
 * @throws RangeError when text is not a decimal number or finer than the scale
 */
export function toScaled(text: string, scale: number): bigint {
  const parts = split(text);
  if (parts.fraction.length > scale) throw new RangeError('The number is finer than the scale.');
  return scaled(parts, scale);
}

/** The decimal string of so many units of the smallest decimal: 710n at scale 2 is '7.10'; zero has no sign. */
export function fromScaled(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const unsigned = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${unsigned}` : unsigned;
}

function scaled({ isNegative, whole, fraction }: Parts, scale: number): bigint {
  const magnitude = BigInt(`0${whole}${fraction.padEnd(scale, '0')}`);
  return isNegative ? -magnitude : magnitude;
}
