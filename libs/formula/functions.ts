// The functions that work on ready numbers. Those that choose what to calculate (if, coalesce …) are in evaluate.ts.
import { Decimal } from 'decimal.js';

import type { Axis, Table } from './tables.ts';
import { blank, Exact, MAX_EXPONENT, numberOf, type Working } from './value.ts';

type NumberFunction = (numbers: readonly Exact[]) => Working;

const ZERO = new Exact(0);
const first = (numbers: readonly Exact[]): Exact => numbers[0] ?? ZERO;

export const NUMBER_FUNCTIONS: Readonly<
  Record<'min' | 'max' | 'abs' | 'sqrt' | 'ln' | 'log10' | 'exp' | 'round' | 'floor', NumberFunction>
> = {
  min: (numbers) => numberOf(Exact.min(...numbers)),
  max: (numbers) => numberOf(Exact.max(...numbers)),
  abs: (numbers) => numberOf(first(numbers).abs()),
  sqrt: (numbers) =>
    first(numbers).isNegative() && !first(numbers).isZero()
      ? blank('the square root of a negative number')
      : numberOf(first(numbers).sqrt()),
  ln: (numbers) =>
    first(numbers).lte(0) ? blank('the logarithm of a number not above 0') : numberOf(first(numbers).ln()),
  log10: (numbers) =>
    first(numbers).lte(0) ? blank('the logarithm of a number not above 0') : numberOf(first(numbers).log(10)),
  exp: (numbers) => exp(first(numbers)),
  floor: (numbers) => numberOf(first(numbers).floor()),
  round: ([number = ZERO, decimals = ZERO]) => {
    if (!decimals.isInteger() || decimals.lt(0) || decimals.gt(30)) return blank('round takes 0 to 30 decimals');
    // decimal.js rounds a half away from zero under this name, as libs/values does.
    return numberOf(number.toDecimalPlaces(decimals.toNumber(), Decimal.ROUND_HALF_UP));
  },
};

function exp(number: Exact): Working {
  // Trap: decimal.js would grind through e^(10^17) before it sees the overflow.
  const size = number.toNumber() * Math.LOG10E;
  if (size > MAX_EXPONENT + 1) return blank('the calculated number is too large');
  if (size < -MAX_EXPONENT - 1) return blank('the calculated number is too small');
  return numberOf(number.exp());
}

export function power(base: Exact, exponent: Exact): Working {
  if (base.isZero() && exponent.isNegative() && !exponent.isZero()) return blank('division by zero');
  if (base.isNegative() && !exponent.isInteger()) return blank('a root of a negative number');
  if (!base.isZero()) {
    // The size is estimated before the power is taken: 10^10^10 must cost nothing.
    const size = Math.log10(base.abs().toNumber()) * exponent.toNumber();
    if (size > MAX_EXPONENT + 1) return blank('the calculated number is too large');
    if (size < -MAX_EXPONENT - 1) return blank('the calculated number is too small');
  }
  return numberOf(base.pow(exponent));
}

export function lookUp(table: Table, numbers: readonly Exact[]): Working {
  let cell = 0;
  for (const [at, axis] of table.axes.entries()) {
    const band = bandOf(axis, numbers[at] ?? ZERO);
    if (band === undefined) return blank(`${axis.name} is outside the table ${table.name}`);
    cell = cell * axis.from.length + band;
  }
  const found = table.cells[cell];
  return found === undefined ? blank(`the table ${table.name} has no such cell`) : numberOf(new Exact(found));
}

function bandOf(axis: Axis, number: Exact): number | undefined {
  if (axis.to !== undefined && number.gt(axis.to)) return undefined;
  const band = axis.from.findLastIndex((from) => number.gte(from));
  return band === -1 ? undefined : band;
}
