// Reads the starter rules (the rule files beside this one) into the shapes of the contract, or names every fault at once.
// Form is checked here: columns, numbers, words of a closed list, formulas that can be read. Whether the rules fit a
// catalogue is for its self-test (domain/check-catalogue.ts), whether they are written in its units for stated-units.ts. Where
// the figures come from stands in SOURCES.md.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';

import { isDecimal } from '@nidaan/values';
import { FormulaError, parseFormula } from '@nidaan/formula';

import type { StarterRules } from '../domain/rules/starter-rules.ts';

export type RuleFile = keyof typeof schemas;
/** The whole text of each file, UTF-8. */
export type RuleTexts = Readonly<Record<RuleFile, string>>;

export type RuleFault = {
  readonly file: RuleFile;
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
  readonly column: string;
  readonly message: string;
};

/** The rules cannot be used. Permanent: the files must be corrected. */
export class RuleSeedError extends Error {
  override readonly name = 'RuleSeedError';
  readonly faults: readonly RuleFault[];
  constructor(faults: readonly RuleFault[]) {
    const lines = faults.map(({ file, row, column, message }) => `${file} row ${row}, ${column}: ${message}`);
    super(`The rule files have ${faults.length} fault(s):\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

const cell = z.string().refine((text) => text === text.trim(), 'has blanks at an end');
const filled = cell.refine((text) => text !== '', 'is empty');
const code = z.string().regex(/^[A-Z0-9_]{1,20}$/, 'is not a code of A-Z, 0-9 and _');
const days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'is not a number of days')
  .transform(Number);
const position = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'is not a position from 1')
  .transform(Number);
const positive = z.string().refine((text) => isDecimal(text) && Number(text) > 0, 'is not a decimal above 0');
const answer = z.enum(['yes', 'no']).transform((word) => word === 'yes');
const codes = filled.transform((text) => text.split('|')).pipe(z.array(code));
const formula = filled.superRefine((text, context) => {
  try {
    parseFormula(text);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});
/** `CHOL mg/dL|AG_RATIO {ratio}`; a code alone has no unit. */
const units = filled
  .transform((text) => text.split('|').map((item) => item.split(' ')))
  .refine(
    (items) => items.every(([name = '', , ...more]) => /^[A-Z0-9_]+$/.test(name) && more.length === 0),
    'is not a list of CODE unit',
  )
  .transform((items): ReadonlyMap<string, string> => new Map(items.map(([name = '', unit = '']) => [name, unit])));

const schemas = {
  'formulas.csv': z.object({ analyte: code, formula, units, source: filled, note: cell }),
  'deltas.csv': z.object({
    analyte: code,
    mode: z.enum(['absolute', 'percent', 'rate']),
    limit: positive,
    unit: filled,
    direction: z.enum(['any', 'rise', 'fall']),
    look_back_days: days,
    mix_up_marker: answer,
    source: filled,
  }),
  'consistency.csv': z.object({ code, message: filled, contradiction: formula, holds: codes, source: filled }),
  'reflex.csv': z.object({
    code,
    name: filled,
    when: formula,
    add_test: code,
    billing: z.enum(['billed', 'free', 'ask']),
    source: filled,
  }),
  'interpretations.csv': z.object({ analyte: code, position, when: formula, text: filled, source: filled }),
  'index-rules.csv': z.object({
    analyte: code,
    index: z.enum(['H', 'I', 'L']),
    limit: positive,
    effect: z.enum(['raised', 'lowered', 'unknown']),
    action: z.enum(['comment', 'hold', 'suppress']),
    comment: cell,
    source: filled,
  }),
  'molar-masses.csv': z.object({ analyte: code, molar_mass: positive, substance: filled, source: filled }),
} as const;

const FILES = [
  'formulas.csv',
  'deltas.csv',
  'consistency.csv',
  'reflex.csv',
  'interpretations.csv',
  'index-rules.csv',
  'molar-masses.csv',
] as const satisfies readonly RuleFile[];

/** Reads the files of the starter rules. @throws RuleSeedError naming every fault */
export async function readRuleSeed(folder: string = import.meta.dirname): Promise<StarterRules> {
  const texts = await Promise.all(FILES.map((file) => readFile(join(folder, file), 'utf8')));
  const [
    formulas = '',
    deltas = '',
    consistency = '',
    reflex = '',
    interpretations = '',
    indexRules = '',
    masses = '',
  ] = texts;
  return parseRuleSeed({
    'formulas.csv': formulas,
    'deltas.csv': deltas,
    'consistency.csv': consistency,
    'reflex.csv': reflex,
    'interpretations.csv': interpretations,
    'index-rules.csv': indexRules,
    'molar-masses.csv': masses,
  });
}

/** As readRuleSeed, for texts a lab hands in. */
export function parseRuleSeed(texts: RuleTexts): StarterRules {
  const faults: RuleFault[] = [];
  const rows = <Row>(file: RuleFile, schema: z.ZodType<Row>): readonly Row[] => {
    const read: Row[] = [];
    for (const [at, row] of records(file, texts[file], faults).entries()) {
      const parsed = schema.safeParse(row);
      if (parsed.success) read.push(parsed.data);
      else {
        for (const { path, message } of parsed.error.issues) {
          faults.push({ file, row: at + 2, column: String(path[0] ?? 'row'), message });
        }
      }
    }
    return read;
  };
  const rules: StarterRules = {
    formulas: rows('formulas.csv', schemas['formulas.csv']).map(({ analyte, ...rule }) => ({
      analyteCode: analyte,
      ...rule,
    })),
    deltas: rows('deltas.csv', schemas['deltas.csv']).map((rule) => ({
      analyteCode: rule.analyte,
      mode: rule.mode,
      limit: rule.limit,
      unit: rule.unit,
      direction: rule.direction,
      lookBackDays: rule.look_back_days,
      isMixUpMarker: rule.mix_up_marker,
      source: rule.source,
    })),
    consistency: rows('consistency.csv', schemas['consistency.csv']).map(
      ({ code: ruleCode, message, contradiction, holds }) => ({
        code: ruleCode,
        message,
        contradiction,
        inputs: [...parseFormula(contradiction).inputs],
        holds,
      }),
    ),
    reflex: rows('reflex.csv', schemas['reflex.csv']).map(
      ({ code: ruleCode, name, when, add_test: addTestCode, billing }) => ({
        code: ruleCode,
        name,
        when,
        inputs: [...parseFormula(when).inputs],
        addTestCode,
        billing,
      }),
    ),
    interpretations: rows('interpretations.csv', schemas['interpretations.csv']).map(
      ({ analyte, position: place, when, text }) => ({
        analyteCode: analyte,
        position: place,
        when,
        text,
      }),
    ),
    indexRules: rows('index-rules.csv', schemas['index-rules.csv']).map(
      ({ analyte, index, limit, effect, action, comment }) => ({
        analyteCode: analyte,
        index,
        limit,
        effect,
        action,
        comment,
      }),
    ),
    molarMasses: rows('molar-masses.csv', schemas['molar-masses.csv']).map(
      ({ analyte, molar_mass: molarMass, substance, source }) => ({
        analyteCode: analyte,
        molarMass,
        substance,
        source,
      }),
    ),
  };
  if (faults.length > 0) throw new RuleSeedError(faults);
  return rules;
}

function records(file: RuleFile, text: string, faults: RuleFault[]): readonly unknown[] {
  try {
    const [header = [], ...body] = parse(text, { bom: true, relax_column_count: true });
    const wanted = Object.keys(schemas[file].shape);
    if (header.join() !== wanted.join()) {
      faults.push({ file, row: 1, column: 'header', message: `is not ${wanted.join()}` });
      return [];
    }
    return body.flatMap((cells, at) => {
      if (cells.length === wanted.length)
        return [Object.fromEntries(wanted.map((name, place) => [name, cells[place]]))];
      faults.push({ file, row: at + 2, column: 'row', message: `has ${cells.length} cells, not ${wanted.length}` });
      return [];
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    faults.push({ file, row: Number(error['lines'] ?? 1), column: 'row', message: error.message });
    return [];
  }
}
