// Decimal texts times a factor, exactly, and rounding to significant digits.

const DECIMAL = /^([+-]?)(\d{1,60})(?:\.(\d{0,60}))?$/;

export type Scaled = { readonly units: bigint; readonly decimals: number };

/** The text as a whole number of its last decimal; undefined when it is no plain decimal (a bound, a word, 1e5). */
export function scaled(text: string): Scaled | undefined {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, decimals: fraction.length };
}

/** A double in its shortest decimal form, written out without exponent. */
export function plain(number: number, digits: number): string {
  const [mantissa = '0', exponent = '0'] = number.toExponential(digits - 1).split('e');
  const { units, decimals } = scaled(mantissa) ?? { units: 0n, decimals: 0 };
  return write({ units, decimals: decimals - Number(exponent) });
}

export function times(a: Scaled, b: Scaled): Scaled {
  return { units: a.units * b.units, decimals: a.decimals + b.decimals };
}

/** Rounds to so many significant digits, a half away from zero. */
export function toSignificant({ units, decimals }: Scaled, digits: number): Scaled {
  const size = (units < 0n ? -units : units).toString().length;
  const drop = size - digits;
  if (drop <= 0) return { units, decimals };
  const step = 10n ** BigInt(drop);
  const half = units < 0n ? -(step / 2n) : step / 2n;
  return { units: (units + half) / step, decimals: decimals - drop };
}

/** Without exponent and without zeros at the end of its fraction. */
export function write({ units, decimals }: Scaled): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString();
  if (decimals <= 0) return units === 0n ? '0' : sign + digits + '0'.repeat(-decimals);
  const padded = digits.padStart(decimals + 1, '0');
  const fraction = padded.slice(-decimals).replace(/0+$/, '');
  return sign + padded.slice(0, -decimals) + (fraction === '' ? '' : `.${fraction}`);
}
