// The rules of a catalogue as a set: what is read from the rule files and checked as a whole before a lab works by it.
import type {
  ConsistencyRule,
  DeltaRule,
  IndexRule,
  InterpretationRule,
  ReflexRule,
} from '../../contract/catalogue.ts';

export type FormulaRule = {
  readonly analyteCode: string;
  /** Language of libs/formula. */
  readonly formula: string;
  /** UCUM units the formula was written for: its inputs and its own result, by analyte code. */
  readonly units: ReadonlyMap<string, string>;
  readonly source: string;
  readonly note: string;
};

/** The unit the limit was written for; `%` when it is a percentage of the earlier value. */
export type StarterDelta = DeltaRule & { readonly unit: string };

export type MolarMass = {
  readonly analyteCode: string;
  /** g/mol, decimal text. */
  readonly molarMass: string;
  /** What the mass is of: triglycerides are counted as triolein. */
  readonly substance: string;
  readonly source: string;
};

export type StarterRules = {
  readonly formulas: readonly FormulaRule[];
  readonly deltas: readonly StarterDelta[];
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
  readonly interpretations: readonly InterpretationRule[];
  readonly indexRules: readonly IndexRule[];
  readonly molarMasses: readonly MolarMass[];
};
