// Which rules bear on some analytes: their own, and those over several values that read one of them or one derived from them.
import type { AnalyteRules, ConsistencyRule, ReflexRule } from '../contract.ts';
import type { Catalogue } from './catalogue.ts';
import { readFormula } from './formula-needs.ts';

export interface RulesFor {
  readonly analytes: readonly AnalyteRules[];
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
}

/** Unknown codes are left out; the analytes come in the order asked for, each once. */
export function rulesFor(catalogue: Catalogue, codes: readonly string[]): RulesFor {
  const asked = new Set(codes);
  const touched = withDerived(catalogue, asked);
  const reads = ({ inputs }: { readonly inputs: readonly string[] }): boolean =>
    inputs.some((code) => touched.has(code));
  return {
    analytes: [...asked].map((code) => catalogue.rules.get(code)).filter((rules) => rules !== undefined),
    consistency: catalogue.consistency.filter(reads),
    reflex: catalogue.reflex.filter(reads),
  };
}

const derivedOf = new WeakMap<Catalogue, ReadonlyMap<string, readonly string[]>>();

/** By input, the analytes whose formula names it. Made once a catalogue. */
function derivedBy(catalogue: Catalogue): ReadonlyMap<string, readonly string[]> {
  const known = derivedOf.get(catalogue);
  if (known !== undefined) return known;
  const pairs = [...catalogue.rules.values()].flatMap(({ analyteCode, formula }) =>
    inputsOf(formula).map((input) => ({ input, analyteCode })),
  );
  const derived = new Map(
    [...Map.groupBy(pairs, ({ input }) => input)].map(([input, all]) => [input, all.map((pair) => pair.analyteCode)]),
  );
  derivedOf.set(catalogue, derived);
  return derived;
}

/** A formula that cannot be read derives nothing; the self-test tells of it. */
function inputsOf(formula: string | null): readonly string[] {
  return (formula === null ? undefined : readFormula(formula))?.inputs ?? [];
}

function withDerived(catalogue: Catalogue, codes: ReadonlySet<string>): ReadonlySet<string> {
  const derived = derivedBy(catalogue);
  const all = new Set(codes);
  // A set visits what is added to it while it is walked.
  for (const code of all) for (const next of derived.get(code) ?? []) all.add(next);
  return all;
}
