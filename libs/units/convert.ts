// Conversion of result texts between UCUM units. The factor comes from the UCUM library, once for each pair; the value
// itself is multiplied as a decimal text, so 7.3 g/dL is 73 g/L and not 73.00000000000001.
import { plain, scaled, times, toSignificant, write } from './decimal-text.ts';
import { ucum } from './ucum.ts';

export type Conversion = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string };

/** Digits of a result that are not float noise. A double carries 15 to 17; the library multiplies several of them. */
const DIGITS = 12;

type Way =
  | { readonly kind: 'same' }
  /** Exact: the factor has no more digits than stand there (10, 0.001, 0.0254), so no product is rounded. */
  | { readonly kind: 'factor'; readonly factor: string; readonly isExact: boolean }
  /** Not a plain factor: temperatures, logarithmic units. */
  | { readonly kind: 'curve' }
  | { readonly kind: 'none'; readonly why: string };

const ways = new Map<string, Way>();
/** Pairs of units of a lab are some hundred; more only come from someone who tries. */
const MAX_WAYS = 5000;

/**
 * Converts a decimal text from one UCUM unit to another.
 * @param value decimal text; a bound (<0.5), a word or an exponent is refused
 * @param molarMass g/mol as decimal text, for mass to amount of substance and back
 * @returns the value without float noise: exact when the factor is (powers of ten are), else 12 significant digits
 */
export function convert(value: string, from: string, to: string, molarMass?: string): Conversion {
  const number = scaled(value);
  if (number === undefined) return { ok: false, why: 'the value is not a plain decimal number' };
  const way = wayOf(from, to, molarMass);
  switch (way.kind) {
    case 'same':
      return { ok: true, value: value.trim().replace(/^\+/, '') };
    case 'none':
      return { ok: false, why: way.why };
    case 'factor': {
      const factor = scaled(way.factor);
      if (factor === undefined) return { ok: false, why: `${from} is not converted to ${to}` };
      const product = times(number, factor);
      return { ok: true, value: write(way.isExact ? product : toSignificant(product, DIGITS)) };
    }
    case 'curve': {
      const answer = ucum().convert(Number(value), from, to);
      return answer.ok
        ? { ok: true, value: plain(answer.number, DIGITS) }
        : { ok: false, why: `${from} is not converted to ${to}` };
    }
  }
  return way satisfies never;
}

const NOT_UNITS = Object.getOwnPropertyNames(Object.prototype);

/** Tells whether the text is a UCUM unit, letter for letter (case-sensitive form). */
export function isUcum(text: string): boolean {
  // Trap: the library looks units up in plain objects and takes `constructor` for one.
  if (text === '' || text.length > 100 || NOT_UNITS.some((name) => text.includes(name))) return false;
  return ucum().isValid(text);
}

/** Tells whether two UCUM units measure the same kind of quantity, so that one converts to the other without a molar mass. */
export function sameKind(from: string, to: string): boolean {
  return wayOf(from, to).kind !== 'none';
}

function wayOf(from: string, to: string, molarMass?: string): Way {
  const key = `${from}\n${to}\n${molarMass ?? ''}`;
  const before = ways.get(key);
  if (before !== undefined) return before;
  const way = findWay(from, to, molarMass);
  if (ways.size >= MAX_WAYS) ways.clear();
  ways.set(key, way);
  return way;
}

function findWay(from: string, to: string, molarMass?: string): Way {
  for (const unit of [from, to]) {
    if (!isUcum(unit)) return { kind: 'none', why: unit === '' ? 'a unit is missing' : `${unit} is not a UCUM unit` };
  }
  if (from === to) return { kind: 'same' };
  const told = differentNotes(from, to);
  if (told !== undefined) return { kind: 'none', why: told };
  const [plainFrom, plainTo] = withoutArbitrary(from, to);
  const mass = molarMass === undefined ? undefined : massOf(molarMass);
  if (mass === null) return { kind: 'none', why: 'the molar mass is not a number above 0' };

  const one = ucum().convert(1, plainFrom, plainTo, mass);
  if (!one.ok) return { kind: 'none', why: reasonOf(one.why, from, to) };
  const two = ucum().convert(2, plainFrom, plainTo, mass);
  if (!two.ok || Math.abs(two.number - 2 * one.number) > Math.abs(one.number) * 1e-9) return { kind: 'curve' };
  const short = plain(one.number, DIGITS);
  const isExact = significantDigits(short) <= 9;
  return { kind: 'factor', factor: isExact ? short : plain(one.number, 15), isExact };
}

function massOf(text: string): number | null {
  const mass = scaled(text) === undefined ? Number.NaN : Number(text);
  return mass > 0 && Number.isFinite(mass) ? mass : null;
}

function reasonOf(why: string, from: string, to: string): string {
  if (/weight/i.test(why)) return `${from} and ${to} are mass and amount of substance, and the molar mass is not known`;
  if (/charge|equivalent/i.test(why))
    return `${from} and ${to} differ by the charge of the ion, which a unit does not tell`;
  return `${from} and ${to} measure different kinds of quantity`;
}

function significantDigits(text: string): number {
  return text.replace('-', '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
}

const NOTE = /\{([^}]*)\}/g;
/** A note that is a factor of its own, not tied to a unit: {INR}, /{1.73_m2}. */
const FREE_NOTE = /(?:^|[./(])\{([^}]*)\}/g;
/** Notes that say no more than "a number". */
const EMPTY_NOTES = new Set(['ratio', 'fraction', 'number', '#']);

/**
 * UCUM itself gives notes in braces no meaning; a laboratory does. D-dimer in FEU is about twice that in DDU, and mL/min
 * is not mL/min per 1.73 m². So notes of two units must agree; one unit may be silent about a note tied to a unit.
 */
function differentNotes(from: string, to: string): string | undefined {
  const notes = (text: string, pattern: RegExp): string =>
    [...text.matchAll(pattern)]
      .map((match) => match[1] ?? '')
      .filter((note) => !EMPTY_NOTES.has(note))
      .toSorted()
      .join(', ');
  const [a, b] = [notes(from, NOTE), notes(to, NOTE)];
  if (a !== '' && b !== '' && a !== b) return `${from} and ${to} count different things`;
  // HbA1c of 48 mmol/mol is 6.5 %, by an equation; by dimension alone it would become 4.8 %.
  const isShareOfAmounts = (text: string): boolean => /mol\/[a-z]?mol/.test(text);
  if (isShareOfAmounts(from) !== isShareOfAmounts(to)) {
    return `${from} and ${to} are not related by a factor alone: a share of amounts needs its test's own equation`;
  }
  const isBare = to === '1' || from === '1';
  if (!isBare && notes(from, FREE_NOTE) !== notes(to, FREE_NOTE)) return `${from} and ${to} count different things`;
  return undefined;
}

/** The candela: a base unit that takes prefixes and that no laboratory reports. */
const STAND_IN = 'cd';

/**
 * The library refuses [IU] and its like altogether, though m[IU]/L to u[IU]/mL is only a matter of prefixes. Where both
 * units hold the same one, once, another unit of its own dimension stands in for it.
 */
function withoutArbitrary(from: string, to: string): readonly [string, string] {
  const atoms = (text: string): readonly string[] =>
    (text.match(/\[[^\]]+\]/g) ?? []).filter((atom) => ucum().arbitraryAtoms.has(atom));
  const [a, b] = [atoms(spelt(from)), atoms(spelt(to))];
  const [atom] = a;
  if (atom === undefined || a.length !== 1 || b.length !== 1 || b[0] !== atom) return [from, to];
  return [spelt(from).replace(atom, STAND_IN), spelt(to).replace(atom, STAND_IN)];
}

/** UCUM lists the international unit under two spellings. */
function spelt(unit: string): string {
  return unit.replaceAll('[iU]', '[IU]');
}
