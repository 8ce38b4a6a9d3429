import { FormulaError, parseFormula } from '@nidaan/formula';

/** Analytes that a formula reads; none when it cannot be read, as one of an older catalogue. */
export function inputsOf(formula: string): readonly string[] {
  try {
    return parseFormula(formula).inputs;
  } catch (error) {
    if (error instanceof FormulaError) return [];
    throw error;
  }
}
