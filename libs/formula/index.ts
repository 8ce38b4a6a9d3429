// A small language for formulas and conditions of a laboratory. No eval, no I/O, no clock; every cost is bounded.
export { FormulaError } from './formula-error.ts';
export { type Formula, parseFormula, SHIPPED_TABLES } from './parser.ts';
export { evaluate, type Scope } from './evaluate.ts';
export { type Value } from './value.ts';
export { calculationOrder, checkCycles, checkUnits, comparedTexts, type UnitClash } from './check.ts';
export { type Axis, type Table, type Tables, tablesOf } from './tables.ts';
