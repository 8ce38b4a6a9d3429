// The one door to @lhncbc/ucum-lhc. It is loaded at the first question (12 MB, 25 ms): a process that never converts
// a unit does not carry it. The package has no types, so what it returns is looked at before it is believed.
import { createRequire } from 'node:module';

export type Answer = { readonly ok: true; readonly number: number } | { readonly ok: false; readonly why: string };

export type Ucum = {
  /** Converts one number; molarMass in g/mol bridges mass and amount of substance. */
  readonly convert: (number: number, from: string, to: string, molarMass?: number) => Answer;
  readonly isValid: (unit: string) => boolean;
  /** Atoms such as [IU] that UCUM ties to no dimension: they convert to themselves alone. */
  readonly arbitraryAtoms: ReadonlySet<string>;
};

const require = createRequire(import.meta.url);

let opened: Ucum | undefined;

export function ucum(): Ucum {
  opened ??= open(require('@lhncbc/ucum-lhc'));
  return opened;
}

function open(library: unknown): Ucum {
  const utils = instanceOf(library, 'UcumLhcUtils');
  const tables = instanceOf(library, 'UnitTables');
  const units = method(tables, 'allUnitsByDef')();
  if (!Array.isArray(units)) throw new TypeError('The UCUM library lists no units.');
  const arbitraryAtoms = new Set(
    units.filter((unit) => field(unit, 'isArbitrary_') === true).map((unit) => String(field(unit, 'csCode_'))),
  );
  const convertUnitTo = method(utils, 'convertUnitTo');
  const validateUnitString = method(utils, 'validateUnitString');
  return {
    convert: (number, from, to, molarMass) => {
      const answer = convertUnitTo(from, number, to, { molecularWeight: molarMass ?? null });
      const value = field(answer, 'toVal');
      if (field(answer, 'status') === 'succeeded' && typeof value === 'number' && Number.isFinite(value)) {
        return { ok: true, number: value };
      }
      const messages = field(answer, 'msg');
      return { ok: false, why: Array.isArray(messages) ? messages.join(' ') : '' };
    },
    isValid: (unit) => {
      const answer = validateUnitString(unit);
      return field(answer, 'status') === 'valid' && field(answer, 'ucumCode') === unit;
    },
    arbitraryAtoms,
  };
}

function field(value: unknown, name: string): unknown {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
    ? Reflect.get(value, name)
    : undefined;
}

function method(owner: unknown, name: string): (...given: readonly unknown[]) => unknown {
  const found = field(owner, name);
  if (typeof found !== 'function') throw new TypeError(`The UCUM library has no ${name}.`);
  return (...given) => Reflect.apply(found, owner, given);
}

function instanceOf(library: unknown, name: string): unknown {
  return method(field(library, name), 'getInstance')();
}
