// The self-test of formulas and rules, the only one there is: texts that cannot be read, names they read that lead nowhere,
// circles, mixed units, words that are no choice. Inputs that nothing measures are in check-inputs.ts.
import { checkCycles, checkUnits, comparedTexts, FormulaError, parseFormula } from '@nidaan/formula';
import type { Formula } from '@nidaan/formula';

import type { EntryKind } from '../contract.ts';
import type { CheckContext, Tell } from './check-context.ts';
import { checkMeasured } from './check-inputs.ts';

export function checkRules(context: CheckContext): void {
  checkFormulas(context);
  checkRulesOfAnalytes(context);
  const { rows, tests, fault, broken } = context;
  const once = (entity: EntryKind, rules: readonly { readonly code: string }[]): void => {
    const twice = rules.filter(({ code }, at) => rules.findIndex((rule) => rule.code === code) < at);
    for (const { code } of twice) broken(entity, code, 'code', 'stands twice');
  };
  once('consistency', rows.consistency);
  once('reflex', rows.reflex);
  for (const rule of rows.consistency) {
    if (rule.holds.length === 0) fault('consistency', rule.code, 'holds', 'holds nothing');
    checkCondition(context, 'consistency', rule.code, 'contradiction', rule.contradiction, rule.inputs);
    for (const code of rule.holds) {
      if (!rule.inputs.includes(code)) fault('consistency', rule.code, 'holds', `${code} is not among its inputs`);
    }
  }
  for (const rule of rows.reflex) {
    checkCondition(context, 'reflex', rule.code, 'when', rule.when, rule.inputs);
    const status = tests.get(rule.addTestCode)?.status;
    if (status !== 'live') {
      const state = status === undefined ? 'no test' : status === 'draft' ? 'a draft' : 'retired';
      const tell = status === undefined ? broken : fault;
      tell('reflex', rule.code, 'addTestCode', `${rule.addTestCode} is ${state}`);
    }
  }
}

function checkFormulas(context: CheckContext): void {
  // A formula that can never work is refused before any test uses it: nobody looks at it again when one does.
  const { rows, analytes, warn, broken } = context;
  const formulas = new Map<string, Formula>();
  for (const { code, kind, formula: text, isRetired } of rows.analytes) {
    if (text === null || isRetired) continue;
    const formula = read(context, 'analyte', code, 'formula', text, broken);
    if (formula === undefined) continue;
    formulas.set(code, formula);
    if (kind !== 'numeric') warn('analyte', code, 'formula', `calculates a ${kind} analyte, not a number`);
    checkInputs(context, 'analyte', code, 'formula', formula, broken);
    if (formula.inputs.length === 0) broken('analyte', code, 'formula', 'reads no analyte');
    for (const { message } of checkUnits(formula, (name) => analytes.get(name)?.ucum ?? undefined)) {
      warn('analyte', code, 'formula', message);
    }
  }
  const all = new Map(formulas);
  // Each circle is told at all its members, then taken out to find the next.
  for (let circle = checkCycles(formulas); circle !== undefined; circle = checkCycles(formulas)) {
    for (const code of new Set(circle)) {
      broken('analyte', code, 'formula', `is derived from itself: ${circle.join(' > ')}`);
      formulas.delete(code);
    }
  }
  checkMeasured(context, formulas, all);
}

function checkRulesOfAnalytes(context: CheckContext): void {
  const { rows, analytes, fault, warn, broken } = context;
  const known = (entity: EntryKind, code: string): boolean => {
    const isKnown = analytes.has(code);
    if (!isKnown) broken(entity, code, 'analyteCode', 'is no analyte');
    return isKnown;
  };
  const once = (entity: EntryKind, code: string, field: string, keys: readonly string[]): void => {
    if (new Set(keys).size < keys.length) broken(entity, code, field, 'two rules say the same');
  };
  for (const [code, deltas] of Map.groupBy(rows.deltas, ({ analyteCode }) => analyteCode)) {
    if (!known('deltas', code)) continue;
    if (analytes.get(code)?.kind !== 'numeric') fault('deltas', code, 'mode', 'only numbers have a change');
    if (deltas.some(({ limit }) => Number(limit) <= 0)) broken('deltas', code, 'limit', 'is not above 0');
    once(
      'deltas',
      code,
      'mode',
      deltas.map(({ mode, direction, lookBackDays }) => `${mode} ${direction} ${lookBackDays}`),
    );
  }
  for (const [code, indexRules] of Map.groupBy(rows.indexRules, ({ analyteCode }) => analyteCode)) {
    if (!known('index_rules', code)) continue;
    once(
      'index_rules',
      code,
      'index',
      indexRules.map(({ index, limit }) => `${index} ${limit}`),
    );
  }
  for (const [code, texts] of Map.groupBy(rows.interpretations, ({ analyteCode }) => analyteCode)) {
    if (!known('interpretations', code)) continue;
    once(
      'interpretations',
      code,
      'position',
      texts.map(({ position }) => String(position)),
    );
    for (const { when } of texts) {
      const condition = read(context, 'interpretations', code, 'when', when);
      if (condition === undefined) continue;
      checkInputs(context, 'interpretations', code, 'when', condition);
      if (!condition.inputs.includes(code)) warn('interpretations', code, 'when', `does not read ${code} itself`);
      for (const { message } of checkUnits(condition, (name) => analytes.get(name)?.ucum ?? undefined)) {
        warn('interpretations', code, 'when', message);
      }
    }
  }
}

function checkCondition(
  context: CheckContext,
  entity: EntryKind,
  code: string,
  field: string,
  text: string,
  inputs: readonly string[],
): void {
  const condition = read(context, entity, code, field, text);
  if (condition === undefined) return;
  checkInputs(context, entity, code, field, condition);
  if (condition.inputs.length === 0) context.fault(entity, code, field, 'reads no analyte');
  for (const name of condition.inputs) {
    // Who asks for the rules of an analyte finds those that list it.
    if (!inputs.includes(name)) context.fault(entity, code, 'inputs', `${name} is read but not listed`);
  }
  for (const name of inputs) {
    if (!condition.inputs.includes(name)) context.warn(entity, code, 'inputs', `${name} is listed but not read`);
  }
}

function read(
  { fault }: CheckContext,
  entity: EntryKind,
  code: string,
  field: string,
  text: string,
  tell: Tell = fault,
): Formula | undefined {
  try {
    return parseFormula(text);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    tell(entity, code, field, `cannot be read at character ${error.at + 1}: ${error.message}`);
    return undefined;
  }
}

function checkInputs(
  { analytes, fault }: CheckContext,
  entity: EntryKind,
  code: string,
  field: string,
  formula: Formula,
  tell: Tell = fault,
): void {
  for (const { name, text } of comparedTexts(formula)) {
    const choices = name === 'SEX' ? ['male', 'female', 'other'] : (analytes.get(name)?.choices ?? []);
    const isChoice = choices.some((choice) => choice.toLowerCase() === text.toLowerCase());
    if (choices.length > 0 && !isChoice) tell(entity, code, field, `'${text}' is no choice of ${name}`);
  }
  for (const input of formula.inputs) {
    const analyte = analytes.get(input);
    if (analyte === undefined) tell(entity, code, field, `${input} is no analyte`);
    else if (analyte.isRetired) fault(entity, code, field, `${input} is retired`);
  }
}
