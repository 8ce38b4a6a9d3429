// The shipped formulas by name: to calculate one from plain inputs, or to write it over the analytes of a catalogue.
import { evaluate, type Formula, parseFormula, type Value } from '@nidaan/formula';

import { NAMED_FORMULAS } from './named-formulas.ts';

/** A number, decimal text, or a word (sex: F, M, female, male). */
export type NamedInputs = Readonly<Record<string, number | string>>;

export type NamedResult =
  /** Decimal text, unrounded; two for a lower and an upper limit. */
  | { readonly kind: 'values'; readonly values: readonly string[]; readonly unit: string }
  /** The formula does not hold for these inputs. */
  | { readonly kind: 'refused'; readonly why: string };

export type LibraryFormula = {
  readonly name: string;
  readonly formulas: readonly Formula[];
  readonly unit: string;
  readonly source: string;
  /** Names of the inputs, in order of appearance. */
  readonly inputs: readonly string[];
};

export const FORMULA_LIBRARY: ReadonlyMap<string, LibraryFormula> = new Map(
  NAMED_FORMULAS.map(({ name, texts, unit, source }) => {
    const formulas = texts.map((text) => parseFormula(text));
    const inputs = [...new Set(formulas.flatMap((formula) => formula.inputs))];
    return [name, { name, formulas, unit, source, inputs }];
  }),
);

/**
 * Calculates a formula of the library.
 * @param name of the formula, such as `egfr_ckdepi_2021`
 * @param inputs by the names the formula reads (FORMULA_LIBRARY says which); `sex` is F, M, female or male; an input left
 *   out is missing, `z` of the reference change value is 1.96 unless given
 * @returns refused with the reason when an input is missing or outside the formula's limits
 * @throws RangeError when there is no such formula
 */
export function evaluateNamed(name: string, inputs: NamedInputs): NamedResult {
  const named = FORMULA_LIBRARY.get(name);
  if (named === undefined) throw new RangeError(`There is no formula ${name}.`);
  const values: string[] = [];
  for (const formula of named.formulas) {
    const value = evaluate(formula, (input) => (Object.hasOwn(inputs, input) ? valueOf(inputs[input]) : undefined));
    if (value.kind === 'blank') return { kind: 'refused', why: value.why };
    if (value.kind !== 'number') return { kind: 'refused', why: 'the formula gives no number' };
    values.push(value.number);
  }
  return { kind: 'values', values, unit: named.unit };
}

const SEXES: Readonly<Record<string, string>> = { f: 'female', m: 'male' };

function valueOf(given: number | string | undefined): Value | undefined {
  if (given === undefined) return undefined;
  const text = String(given).trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return { kind: 'number', number: text };
  return { kind: 'text', text: SEXES[text.toLowerCase()] ?? text };
}

/**
 * Writes a formula of the library over other names: `bindNamed('non_hdl', { tc: 'CHOL', hdl: 'HDL' })` is `CHOL - HDL`.
 * @param names for each input that is bound; one left out keeps its name
 * @throws RangeError when there is no such formula, or it gives two limits
 */
export function bindNamed(name: string, names: Readonly<Record<string, string>>): string {
  const [formula, ...more] = FORMULA_LIBRARY.get(name)?.formulas ?? [];
  if (formula === undefined || more.length > 0) throw new RangeError(`There is no single formula ${name}.`);
  // Quoted texts are passed over, so that a reason keeps its words.
  return formula.text.replaceAll(/'(?:[^']|'')*'|[A-Za-z][A-Za-z0-9_]*/g, (word) => {
    const bound = Object.hasOwn(names, word) ? names[word] : undefined;
    if (bound === undefined) return word;
    return /^[A-Za-z][A-Za-z0-9_]*$/.test(bound) ? bound : `{${bound}}`;
  });
}
