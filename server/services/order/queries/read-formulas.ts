// The formulas the house ships, and one of them over the analytes of the lab's catalogue.
import { parseFormula } from '@nidaan/formula';

import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { bindFormula as bindFormulaCall, NamedFormulaView } from '../contract.ts';
import { cannotBindFormula } from '../contract.ts';
import { waysOf } from '../domain/formula-needs.ts';
import { bindNamed, FORMULA_LIBRARY } from '../domain/rules/formula-library.ts';
import { currentCatalogue } from './catalogue-shelf.ts';

export async function listFormulas(): Promise<readonly NamedFormulaView[]> {
  return [...FORMULA_LIBRARY.values()].map(({ name, inputs, unit, source, formulas }) => ({
    name,
    inputs: [...inputs],
    unit,
    source,
    texts: formulas.map(({ text }) => text),
  }));
}

/** Facts of the patient under the names the library uses. */
const facts: Readonly<Record<string, string>> = { age: 'AGE_YEARS', sex: 'SEX' };

/** @throws order.cannot_bind_formula for an unknown formula, one of two limits, an input unbound or an unknown analyte */
export async function bindFormula(
  ctx: Ctx,
  { name, names }: ParsedInput<typeof bindFormulaCall>,
): Promise<CallOutput<typeof bindFormulaCall>> {
  const named = FORMULA_LIBRARY.get(name);
  const refuse = (why: string) => cannotBindFormula({ name, why });
  if (named === undefined) throw refuse('there is no such formula');
  if (named.formulas.length !== 1) throw refuse('it gives two limits, and an analyte has one value');
  const bound = new Map(Object.entries({ ...facts, ...names }).filter(([input]) => named.inputs.includes(input)));
  const strange = Object.keys(names).find((input) => !named.inputs.includes(input));
  if (strange !== undefined) throw refuse(`it reads ${named.inputs.join(', ')}, not ${strange}`);
  const analytes = new Set((await currentCatalogue(ctx)).analytes.map(({ code }) => code));
  const unknown = Object.values(names).find((code) => !analytes.has(code));
  if (unknown !== undefined) throw refuse(`${unknown} is no analyte of the catalogue`);
  // What is left open is written so that no analyte of that name is taken for it, then as blank.
  const left = named.inputs.filter((input) => !bound.has(input));
  const marked = bindNamed(name, Object.fromEntries([...bound, ...left.map((input) => [input, `0${input}`] as const)]));
  const formula = left.reduce(
    (text, input) => text.replaceAll(`{0${input}}`, `blank('${input} is not bound')`),
    marked,
  );
  // Of `coalesce(minutes, 1440)` one may be left out.
  if (waysOf(parseFormula(formula)).length === 0) throw refuse(`the inputs ${left.join(', ')} are not bound`);
  return { formula, unit: named.unit };
}
