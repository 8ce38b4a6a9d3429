// What the catalogue said last, kept with its version. The catalogue is asked at every batch all the same, and answers in one
// word while it has not changed: a changed rule acts on the next value, in every process.
import type { Formula } from '@nidaan/formula';
import { FormulaError, parseFormula } from '@nidaan/formula';

import type { AnalyteRules, ConsistencyRule, ReflexRule } from '#contract/order.ts';
import { getRules } from '#contract/order.ts';
import type { Ctx, Ports } from '#platform/service.ts';

export interface KnownRules {
  rulesOf(analyteCode: string): AnalyteRules | undefined;
  /** Those that read one of the analytes asked for. */
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
  /** Undefined when the text is no formula; the catalogue refuses such, an older version may still hold one. */
  parse(text: string): Formula | undefined;
}

const nothing: KnownRules = { rulesOf: () => undefined, consistency: [], reflex: [], parse: parsed };

/** One answer of the catalogue; never changed. */
interface Answered {
  readonly version: string | null;
  readonly codes: ReadonlySet<string>;
  readonly analytes: ReadonlyMap<string, AnalyteRules>;
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
  readonly formulas: Map<string, Formula | undefined>;
}

/** The contract's limit of one call. */
const MAX_ANALYTES = 1000;
const MAX_LABS = 64;
/** More texts than any catalogue holds; rows keep the formula they were ordered with. */
const MAX_FORMULAS = 2000;

// Beside the ports of the running program, as order keeps its catalogues: two programs in one process share nothing.
const answers = new WeakMap<Ports, Map<string, Answered>>();

/**
 * @param ordered all analytes of the samples at hand
 * @param formulas of their rows: one may read an analyte that is calculated itself and that nobody ordered
 */
export async function rulesFor(
  ctx: Ctx,
  ordered: ReadonlySet<string>,
  formulas: Iterable<string>,
): Promise<KnownRules> {
  const shelf = answers.get(ctx.ports) ?? new Map<string, Answered>();
  answers.set(ctx.ports, shelf);
  const labId = ctx.labId();
  const held = shelf.get(labId);
  const codes = new Set(ordered);
  const read = held?.formulas ?? new Map<string, Formula | undefined>();
  for (const text of formulas) for (const input of parse(read, text)?.inputs ?? []) codes.add(input);
  if (codes.size === 0) return nothing;
  const answered = await ask(ctx, held, codes);
  shelf.delete(labId);
  shelf.set(labId, answered);
  const oldest = shelf.size > MAX_LABS ? shelf.keys().next().value : undefined;
  if (oldest !== undefined) shelf.delete(oldest);
  const reads = ({ inputs }: { readonly inputs: readonly string[] }): boolean => inputs.some((code) => codes.has(code));
  return {
    rulesOf: (analyteCode) => answered.analytes.get(analyteCode),
    consistency: answered.consistency.filter(reads),
    reflex: answered.reflex.filter(reads),
    parse: (text) => parse(answered.formulas, text),
  };
}

async function ask(ctx: Ctx, held: Answered | undefined, codes: ReadonlySet<string>): Promise<Answered> {
  const missing = held === undefined ? codes : codes.difference(held.codes);
  const knownVersion = missing.size === 0 ? held?.version : undefined;
  // One answer about all that was ever asked, so that its rules stand in the catalogue's order whoever asked first.
  const both = held === undefined || held.codes.size + missing.size > MAX_ANALYTES ? codes : held.codes.union(missing);
  const parts = [...both];
  const found = await ctx.callAsSystem(getRules, { analyteCodes: parts.slice(0, MAX_ANALYTES), knownVersion });
  if (found.isUnchanged && held !== undefined) return held;
  const analytes = [...found.analytes];
  const consistency = new Map(found.consistency.map((rule) => [rule.code, rule]));
  const reflex = new Map(found.reflex.map((rule) => [rule.code, rule]));
  for (let from = MAX_ANALYTES; from < parts.length; from += MAX_ANALYTES) {
    const more = await ctx.callAsSystem(getRules, { analyteCodes: parts.slice(from, from + MAX_ANALYTES) });
    analytes.push(...more.analytes);
    for (const rule of more.consistency) consistency.set(rule.code, rule);
    for (const rule of more.reflex) reflex.set(rule.code, rule);
  }
  return {
    // Of several parts each may be of another version: such an answer is asked for again.
    version: parts.length > MAX_ANALYTES ? null : found.version,
    codes: both,
    analytes: new Map(analytes.map((rules) => [rules.analyteCode, rules])),
    consistency: [...consistency.values()],
    reflex: [...reflex.values()],
    formulas: new Map(),
  };
}

function parse(formulas: Map<string, Formula | undefined>, text: string): Formula | undefined {
  if (formulas.has(text)) return formulas.get(text);
  const read = parsed(text);
  if (formulas.size < MAX_FORMULAS) formulas.set(text, read);
  return read;
}

function parsed(text: string): Formula | undefined {
  try {
    return parseFormula(text);
  } catch (error) {
    if (error instanceof FormulaError) return undefined;
    throw error;
  }
}
