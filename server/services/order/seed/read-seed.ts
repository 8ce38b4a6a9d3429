// Reads the starter catalogue (the CSV files beside this one) into typed records, or names every fault in them at once.
// A lab may hand in its own set in the same form. What a set must fulfil is checked here, so that the command that
// stores it need not; where the figures come from and who must approve them stands in SOURCES.md.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

import { PanelCycleError, expand } from '../domain/panel-expansion.ts';
import { findRangeFaults } from '../domain/range-coverage.ts';

export type SeedFile = 'containers.csv' | 'analytes.csv' | 'tests.csv' | 'panels.csv' | 'ranges.csv';
/** The whole text of each file, UTF-8. */
export type SeedTexts = Readonly<Record<SeedFile, string>>;

export interface SeedFault {
  readonly file: SeedFile;
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
  readonly column: string;
  readonly message: string;
}

/** The set cannot be used. Permanent: the files must be corrected. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
  readonly faults: readonly SeedFault[];
  constructor(faults: readonly SeedFault[]) {
    const lines = faults.map(({ file, row, column, message }) => `${file} row ${row}, ${column}: ${message}`);
    super(`The catalogue files have ${faults.length} fault(s):\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

/** True when the digit after the dash is LOINC's check digit (mod 10, Luhn) of the digits before it. */
export function hasLoincCheckDigit(loinc: string): boolean {
  const [digits, check] = loinc.split('-');
  if (digits === undefined || !/^\d{1,7}-\d$/.test(loinc)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10 === Number(check);
}

// z.union would say only "Invalid input"; this keeps the inner schema's sentence.
function optional<Value>(inner: z.ZodType<Value, string>): z.ZodType<Value | undefined, string> {
  return z.string().transform((text, context): Value | undefined => {
    if (text === '') return undefined;
    const parsed = inner.safeParse(text);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? 'is not valid' });
    return z.NEVER;
  });
}

const cell = z.string().refine((text) => text === text.trim(), 'has blanks at an end');
const filled = cell.refine((text) => text !== '', 'is empty');
const code = z.string().regex(/^[A-Z0-9_]{1,20}$/, 'is not a code of A-Z, 0-9 and _');
const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'is not a whole number')
  .transform(Number);
const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'is not a number')
  .transform(Number);
const optionalWhole = optional(whole);
const limit = optional(z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/, 'is not a decimal'));
const loinc = optional(z.string().refine(hasLoincCheckDigit, 'is not a LOINC code with its check digit'));
const list = cell
  .transform((text) => (text === '' ? [] : text.split('|')))
  .refine((items) => items.every((item) => item !== '' && item === item.trim()), 'has an empty or blank-edged item')
  .refine((items) => new Set(items).size === items.length, 'names an item twice')
  .readonly();
const filledList = list.refine((items) => items.length > 0, 'is empty');

const schemas = {
  'containers.csv': z.object({
    code,
    name: filled,
    cap_colour: filled,
    additive: filled,
    volume_ml: optional(number),
    order_of_draw: optionalWhole,
  }),
  'analytes.csv': z.object({
    code,
    name: filled,
    loinc,
    ucum: cell,
    unit_display: cell,
    kind: z.enum(['numeric', 'text', 'coded', 'titre']),
    decimals: optionalWhole,
    choices: list,
    aliases: list,
    source: filledList,
  }),
  'tests.csv': z.object({
    code,
    name: filled,
    short_name: filled,
    synonyms: list,
    section: z.enum([
      'BIOCHEMISTRY',
      'HAEMATOLOGY',
      'COAGULATION',
      'IMMUNOASSAY',
      'SEROLOGY',
      'CLINICAL_PATHOLOGY',
      'MICROBIOLOGY',
    ]),
    specimen: filled,
    container: code,
    method: filled,
    loinc,
    turnaround_minutes: whole,
    urgent_turnaround_minutes: optionalWhole,
    price_paise: whole,
    analytes: filledList,
    fasting: z.enum(['yes', 'no']).transform((answer) => answer === 'yes'),
    source: filledList,
  }),
  'panels.csv': z.object({
    code,
    name: filled,
    synonyms: list,
    members: filledList,
    price_paise: whole,
    loinc,
    source: filledList,
  }),
  'ranges.csv': z.object({
    analyte: code,
    sex: z.enum(['any', 'M', 'F']),
    age_from_days: whole,
    age_to_days: optionalWhole,
    low: limit,
    high: limit,
    text: cell,
    kind: z.enum(['reference', 'decision', 'none']),
    critical_low: limit,
    critical_high: limit,
    absurd_low: limit,
    absurd_high: limit,
    unit: cell,
    source: filledList,
    critical_source: list,
    note: cell,
  }),
} as const;

type CamelCase<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;
type Row<File extends SeedFile> = z.output<(typeof schemas)[File]>;
type Typed<File extends SeedFile> = { readonly [Key in keyof Row<File> & string as CamelCase<Key>]: Row<File>[Key] };

/** Volume in mL; `orderOfDraw` is the CLSI group, absent for what is not drawn from a vein. */
export type StarterContainer = Typed<'containers.csv'>;
/** `ucum` and `unitDisplay` are '' for a value without unit. `decimals` is set exactly for numeric ones. */
export type StarterAnalyte = Typed<'analytes.csv'>;
export type StarterTest = Typed<'tests.csv'>;
export type StarterPanel = Typed<'panels.csv'>;
/** Ages in days, half-open; limits are the source's decimals as text, in `unit`, absent when there is none. */
export type StarterRange = Typed<'ranges.csv'>;

export interface StarterCatalogue {
  readonly containers: readonly StarterContainer[];
  readonly analytes: readonly StarterAnalyte[];
  readonly tests: readonly StarterTest[];
  readonly panels: readonly StarterPanel[];
  readonly ranges: readonly StarterRange[];
}

/**
 * Reads and checks the files of a folder.
 * @throws SeedError naming file, row and column of every fault; the file system's own error when a file is missing
 */
export async function readSeed(folder: string = import.meta.dirname): Promise<StarterCatalogue> {
  const text = (file: SeedFile): Promise<string> => readFile(join(folder, file), 'utf8');
  const [containers, analytes, tests, panels, ranges] = await Promise.all([
    text('containers.csv'),
    text('analytes.csv'),
    text('tests.csv'),
    text('panels.csv'),
    text('ranges.csv'),
  ]);
  return parseSeed({
    'containers.csv': containers,
    'analytes.csv': analytes,
    'tests.csv': tests,
    'panels.csv': panels,
    'ranges.csv': ranges,
  });
}

/** As readSeed, from texts in hand. Rows that cannot be read leave the checks between files out, to name no fault twice. */
export function parseSeed(texts: SeedTexts): StarterCatalogue {
  const faults: SeedFault[] = [];
  const catalogue = {
    containers: readRows('containers.csv', texts, faults),
    analytes: readRows('analytes.csv', texts, faults),
    tests: readRows('tests.csv', texts, faults),
    panels: readRows('panels.csv', texts, faults),
    ranges: readRows('ranges.csv', texts, faults),
  };
  if (faults.length === 0) faults.push(...faultsBetween(catalogue));
  if (faults.length > 0) throw new SeedError(faults);
  return catalogue;
}

function readRows<File extends SeedFile>(file: File, texts: SeedTexts, faults: SeedFault[]): readonly Typed<File>[] {
  const schema: z.ZodObject = schemas[file];
  const columns = Object.keys(schema.shape);
  const [header, ...lines] = splitCells(file, texts[file], faults);
  if (header === undefined) return [];
  if (header.join() !== columns.join()) {
    faults.push({ file, row: 1, column: 'header', message: `is not ${columns.join(',')}` });
    return [];
  }
  const records: Typed<File>[] = [];
  for (const [at, cells] of lines.entries()) {
    const row = at + 2;
    if (cells.length !== columns.length) {
      faults.push({ file, row, column: 'row', message: `has ${cells.length} cells, not ${columns.length}` });
      continue;
    }
    const parsed = schema.safeParse(Object.fromEntries(columns.map((column, index) => [column, cells[index]])));
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        faults.push({ file, row, column: String(path[0]), message });
      }
      continue;
    }
    const named = Object.entries(parsed.data).map(([column, value]) => [camelCase(column), value]);
    // The schema has just vouched for the columns; Object.fromEntries cannot carry their names in its type.
    records.push(Object.fromEntries(named) as Typed<File>);
  }
  return records;
}

function splitCells(file: SeedFile, text: string, faults: SeedFault[]): readonly (readonly string[])[] {
  try {
    const rows: unknown = parse(text, { bom: true, relax_column_count: true });
    return z.array(z.array(z.string())).parse(rows);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    faults.push({ file, row: Number(error['lines'] ?? 1), column: 'row', message: error.message });
    return [];
  }
}

function camelCase(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function faultsBetween(catalogue: StarterCatalogue): readonly SeedFault[] {
  const { containers, analytes, tests, panels, ranges } = catalogue;
  const faults: SeedFault[] = [];
  const say = (file: SeedFile, at: number, column: string, message: string): void => {
    faults.push({ file, row: at + 2, column, message });
  };
  const unique = (file: SeedFile, column: string): ((value: string | undefined, at: number) => void) => {
    const firstRow = new Map<string, number>();
    return (value, at) => {
      if (value === undefined) return;
      const first = firstRow.get(value);
      if (first === undefined) firstRow.set(value, at + 2);
      else say(file, at, column, `${value} stands in row ${first} already`);
    };
  };
  const known = (file: SeedFile, at: number, column: string, kind: string, value: string, all: Has): void => {
    if (!all.has(value)) say(file, at, column, `${value} is not ${kind}`);
  };

  const containerCodes = new Set(containers.map((container) => container.code));
  const analyteByCode = new Map(analytes.map((analyte) => [analyte.code, analyte]));
  const testCodes = new Set(tests.map((test) => test.code));
  const membersOf = new Map(panels.map((panel) => [panel.code, panel.members]));

  const containerOnce = unique('containers.csv', 'code');
  for (const [at, container] of containers.entries()) containerOnce(container.code, at);

  // An analyzer's code or a LOINC code must lead to one analyte, or a result could land in the wrong place.
  const nameOnce = unique('analytes.csv', 'aliases');
  const loincOnce = unique('analytes.csv', 'loinc');
  const banded = new Set(ranges.map((range) => range.analyte));
  for (const [at, analyte] of analytes.entries()) {
    for (const name of [analyte.code, ...analyte.aliases]) nameOnce(name, at);
    loincOnce(analyte.loinc, at);
    for (const [column, message] of kindFaults(analyte)) say('analytes.csv', at, column, message);
    if (!banded.has(analyte.code)) say('analytes.csv', at, 'code', 'has no band in ranges.csv');
  }

  const testOnce = unique('tests.csv', 'code');
  for (const [at, test] of tests.entries()) {
    testOnce(test.code, at);
    known('tests.csv', at, 'container', 'a container', test.container, containerCodes);
    for (const analyte of test.analytes) known('tests.csv', at, 'analytes', 'an analyte', analyte, analyteByCode);
    if ((test.urgentTurnaroundMinutes ?? 0) > test.turnaroundMinutes) {
      say('tests.csv', at, 'urgent_turnaround_minutes', 'is longer than the routine turnaround');
    }
  }

  const panelOnce = unique('panels.csv', 'code');
  const orderable = { has: (member: string) => testCodes.has(member) || membersOf.has(member) };
  for (const [at, panel] of panels.entries()) {
    panelOnce(panel.code, at);
    if (testCodes.has(panel.code)) say('panels.csv', at, 'code', `${panel.code} is a test already`);
    for (const member of panel.members) known('panels.csv', at, 'members', 'a test or panel', member, orderable);
  }
  // Only when every member is known: expansion stops at the first unknown one.
  if (faults.length === 0) {
    for (const [at, panel] of panels.entries()) {
      const cycle = cycleOf(panel.code, testCodes, membersOf);
      if (cycle !== undefined) say('panels.csv', at, 'members', cycle);
    }
  }

  for (const [at, range] of ranges.entries()) {
    const analyte = analyteByCode.get(range.analyte);
    known('ranges.csv', at, 'analyte', 'an analyte', range.analyte, analyteByCode);
    if (analyte === undefined) continue;
    for (const [column, message] of bandFaults(range, analyte)) say('ranges.csv', at, column, message);
  }
  for (const { analyte, sex, fromDays, toDays, kind } of findRangeFaults(ranges)) {
    const ofAnalyte = ranges.findIndex((range) => range.analyte === analyte);
    const ofBand = ranges.findIndex((range) => range.analyte === analyte && range.ageFromDays === fromDays);
    const days = `day ${fromDays} to ${toDays ?? 'the open end'}`;
    say('ranges.csv', ofBand === -1 ? ofAnalyte : ofBand, 'age_from_days', `${kind}: ${analyte}, sex ${sex}, ${days}`);
  }
  return faults;
}

interface Has {
  has(value: string): boolean;
}
type ColumnFault = readonly [column: string, message: string];

function kindFaults({ kind, decimals, choices, ucum, unitDisplay }: StarterAnalyte): readonly ColumnFault[] {
  const faults: ColumnFault[] = [];
  if (kind === 'numeric' && (decimals === undefined || decimals > 4)) faults.push(['decimals', 'is not 0 to 4']);
  if (kind !== 'numeric' && decimals !== undefined) faults.push(['decimals', `does not belong to a ${kind} analyte`]);
  const isChosen = kind === 'coded' || kind === 'titre';
  if (isChosen && choices.length < 2) faults.push(['choices', 'offers no choice']);
  if (!isChosen && choices.length > 0) faults.push(['choices', `do not belong to a ${kind} analyte`]);
  if (ucum === '' && unitDisplay !== '') faults.push(['unit_display', 'stands without a UCUM unit']);
  return faults;
}

function bandFaults(range: StarterRange, analyte: StarterAnalyte): readonly ColumnFault[] {
  const faults: ColumnFault[] = [];
  const limits = [range.low, range.high];
  const alarms = [range.criticalLow, range.criticalHigh];
  const isSet = (value: string | undefined): value is string => value !== undefined;
  const saysSomething = limits.some(isSet) || range.text !== '';
  if (range.unit !== analyte.ucum) faults.push(['unit', `is not the analyte's unit ${analyte.ucum}`]);
  if (range.kind === 'none' && saysSomething) faults.push(['kind', 'is none, yet a range is given']);
  if (range.kind !== 'none' && !saysSomething) faults.push(['kind', `is ${range.kind}, yet no range is given`]);
  if (alarms.some(isSet) !== range.criticalSource.length > 0) {
    faults.push(['critical_source', 'must be given exactly with critical limits']);
  }
  const numbers = [...limits, ...alarms, range.absurdLow, range.absurdHigh].filter(isSet);
  if (analyte.kind !== 'numeric' && numbers.length > 0) faults.push(['low', `number for a ${analyte.kind} analyte`]);
  if (analyte.kind === 'coded' && range.text !== '' && !analyte.choices.includes(range.text)) {
    faults.push(['text', `${range.text} is not a choice of the analyte`]);
  }
  // A limit finer than the report flags a value that prints as equal to it.
  if (analyte.kind === 'numeric' && numbers.some((value) => decimalsOf(value) > (analyte.decimals ?? 0))) {
    faults.push(['low', `a limit has more decimals than the ${analyte.decimals ?? 0} reported`]);
  }
  return faults;
}

// "10.0" for an analyte reported without decimals is only the source's way of writing 10.
function decimalsOf(value: string): number {
  return value.replace(/\.?0+$/, '').split('.')[1]?.length ?? 0;
}

function cycleOf(panel: string, tests: Has, panels: ReadonlyMap<string, readonly string[]>): string | undefined {
  try {
    expand([panel], { tests, panels });
    return undefined;
  } catch (error) {
    if (error instanceof PanelCycleError) return error.message;
    throw error;
  }
}
