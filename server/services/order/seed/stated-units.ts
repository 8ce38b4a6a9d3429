// The rule files say in which units their formulas and limits are written; here those are set against the analytes. A lab's
// own catalogue has no such words, so this is no part of its self-test.
import { parseFormula } from '@nidaan/formula';

import type { StarterRules } from '../domain/rules/starter-rules.ts';
import type { RuleFault } from './read-rule-seed.ts';

/** @param unitOf UCUM unit of an analyte, empty when it has none; undefined when there is no such analyte */
export function statedUnitFaults(
  { formulas, deltas }: StarterRules,
  unitOf: (code: string) => string | undefined,
): readonly RuleFault[] {
  return [
    ...formulas.flatMap(({ analyteCode, formula, units }, at) =>
      [analyteCode, ...parseFormula(formula).inputs].flatMap((code) => {
        const unit = unitOf(code);
        const stated = units.get(code);
        if (unit === undefined || stated === unit) return [];
        const message =
          stated === undefined
            ? `does not state the unit it takes for ${code}`
            : `is written for ${code} in ${stated || 'no unit'}, the catalogue has ${unit || 'no unit'}`;
        return [{ file: 'formulas.csv' as const, row: at + 2, column: 'units', message }];
      }),
    ),
    ...deltas.flatMap(({ analyteCode, mode, unit }, at) => {
      const known = unitOf(analyteCode);
      if (known === undefined) return [];
      const needed = mode === 'percent' ? '%' : mode === 'rate' ? `${known}/d` : known;
      if (unit === needed) return [];
      const message = `is written in ${unit}, its ${mode} limit is in ${needed}`;
      return [{ file: 'deltas.csv' as const, row: at + 2, column: 'unit', message }];
    }),
  ];
}
