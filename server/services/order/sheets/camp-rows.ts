// Reads the file of a camp: one person a row, with the tests to be done. Every fault is named by row and column as the
// spreadsheet shows them; the value itself is never repeated. The rules for people and orders are those of their own calls.
import { calendarDay, looksLikeAadhaar, normaliseMobile } from '@nidaan/values';
import * as z from 'zod';

import { Age, registerPatient, Sex } from '#contract/patient.ts';

import type { FileFault } from '../contract.ts';
import { placeOrder, Priority } from '../contract.ts';

export const MAX_CAMP_ROWS = 1000;

export const CampRow = z.object({
  /** As in the file; the heading is row 1. */
  row: z.int(),
  name: z.string(),
  sex: Sex,
  bornOn: z.string().nullable(),
  age: Age.nullable(),
  mobile: z.string().nullable(),
  address: z.string().nullable(),
  tests: z.array(z.string()),
  priority: Priority,
  isFasting: z.boolean().nullable(),
  notes: z.string().nullable(),
  /** Who it is, of those registered; set by a person afterwards. */
  chosenPatientId: z.string().nullable().default(null),
  isKnownToDiffer: z.boolean().default(false),
});
export type CampRow = z.output<typeof CampRow>;

const columns = [
  'name',
  'sex',
  'born_on',
  'age',
  'mobile',
  'tests',
  'address',
  'priority',
  'fasting',
  'notes',
] as const;
type Column = (typeof columns)[number];
const needed: readonly Column[] = ['name', 'sex', 'tests'];
const sexes: Readonly<Record<string, Sex>> = {
  m: 'male',
  male: 'male',
  f: 'female',
  female: 'female',
  o: 'other',
  other: 'other',
};
const truths: Readonly<Record<string, boolean>> = { y: true, yes: true, true: true, n: false, no: false, false: false };

export interface CampFile {
  readonly rows: readonly CampRow[];
  readonly faults: readonly FileFault[];
}

/**
 * @param cells as text, the heading first; empty rows are left out
 * @param isItem whether the catalogue has a test or panel of that code
 * @param now an instant, for ages and days in the future
 */
export function readCampRows(
  cells: readonly (readonly string[])[],
  isItem: (code: string) => boolean,
  now: string,
): CampFile {
  const heading = (cells[0] ?? []).map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  const faults = headingFaults(heading);
  if (faults.length > 0) return { rows: [], faults };
  const filled = cells.map((row, at) => ({ row, number: at + 1 })).slice(1);
  const people = filled.filter(({ row }) => row.some((cell) => cell.trim() !== ''));
  if (people.length === 0) return { rows: [], faults: [{ row: 2, column: 'name', expected: 'at least one person' }] };
  if (people.length > MAX_CAMP_ROWS) {
    const expected = `at most ${MAX_CAMP_ROWS} people in one file`;
    return { rows: [], faults: [{ row: people[MAX_CAMP_ROWS]?.number ?? 0, column: 'name', expected }] };
  }
  const read = people.map(({ row, number }) => {
    const cell = (column: Column): string => (row[heading.indexOf(column)] ?? '').trim();
    return readPerson(number, cell, isItem, now);
  });
  const all = read.flatMap((each) => each.faults);
  return { rows: all.length > 0 ? [] : read.flatMap((each) => each.row ?? []), faults: all };
}

function headingFaults(heading: readonly string[]): readonly FileFault[] {
  const unknown = heading.filter((name) => name !== '' && !columns.some((column) => column === name));
  const missing = needed.filter((column) => !heading.includes(column));
  const noBirth = !heading.includes('born_on') && !heading.includes('age') ? ['born_on'] : [];
  const twice = heading.filter((name, at) => name !== '' && heading.indexOf(name) !== at);
  return [
    ...[...missing, ...noBirth].map((column) => ({ row: 1, column, expected: 'a column of this name' })),
    ...unknown.map((column) => ({ row: 1, column, expected: `one of ${columns.join(', ')}` })),
    ...twice.map((column) => ({ row: 1, column, expected: 'each column once' })),
  ];
}

interface Person {
  readonly row: CampRow | undefined;
  readonly faults: readonly FileFault[];
}

function readPerson(
  row: number,
  cell: (column: Column) => string,
  isItem: (code: string) => boolean,
  now: string,
): Person {
  const faults: FileFault[] = [];
  const fault = (column: Column, expected: string): void => {
    if (!faults.some((each) => each.column === column)) faults.push({ row, column, expected });
  };
  const optional = (column: Column): string | null => cell(column) || null;

  for (const column of ['name', 'address', 'notes'] as const) {
    if (looksLikeAadhaar(cell(column))) fault(column, 'no Aadhaar number');
  }
  const sex = sexes[cell('sex').toLowerCase()];
  if (sex === undefined) fault('sex', 'male, female or other, or the first letter');
  const bornOn = cell('born_on') === '' ? null : toDay(cell('born_on'));
  if (bornOn === undefined) fault('born_on', 'a day as 1980-12-31 or 31/12/1980');
  else if (bornOn !== null && bornOn > calendarDay(now)) fault('born_on', 'a day that has passed');
  const age = cell('age') === '' ? null : toAge(cell('age'));
  if (age === undefined) fault('age', 'years, or as 3 Y 2 M 10 D');
  if (cell('born_on') === '' && cell('age') === '') fault('age', 'the day of birth or the age');
  if (cell('mobile') !== '' && normaliseMobile(cell('mobile')) === undefined) {
    fault('mobile', '10 digits beginning with 6 to 9');
  }
  const tests = [
    ...new Set(
      cell('tests')
        .split(/[|;,\n]/)
        .map((code) => code.trim().toUpperCase()),
    ),
  ].filter((code) => code !== '');
  const unknown = tests.filter((code) => !isItem(code));
  if (tests.length === 0) fault('tests', 'codes of tests or panels, separated by ; or |');
  else if (unknown.length > 0) fault('tests', `codes of the catalogue, not ${unknown.slice(0, 5).join(', ')}`);
  const priority = Priority.safeParse(cell('priority').toLowerCase() || 'routine');
  if (!priority.success) fault('priority', 'routine, urgent or stat');
  const isFasting = cell('fasting') === '' ? null : truths[cell('fasting').toLowerCase()];
  if (isFasting === undefined) fault('fasting', 'yes or no');

  const person = {
    name: cell('name'),
    sex: sex ?? 'other',
    // A day typed beside an age says more than the age.
    bornOn: bornOn ?? null,
    age: bornOn ? null : (age ?? null),
    mobile: optional('mobile'),
    address: optional('address'),
  };
  for (const column of issues(registerPatient.input.safeParse(person), { bornOn: 'born_on' })) fault(...column);
  const notes = optional('notes');
  const order = { patientId: '00000000-0000-4000-8000-000000000000', items: ['X'], clinicalNotes: notes };
  for (const column of issues(placeOrder.input.safeParse(order), { clinicalNotes: 'notes' })) fault(...column);
  if (faults.length > 0 || !priority.success) return { row: undefined, faults };
  return {
    row: CampRow.parse({ ...person, row, tests, priority: priority.data, isFasting, notes }),
    faults,
  };
}

function issues(
  parsed: z.ZodSafeParseResult<unknown>,
  names: Readonly<Record<string, Column>>,
): readonly (readonly [Column, string])[] {
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? 'name');
    const column = names[field] ?? columns.find((each) => each === field) ?? 'name';
    return [column, issue.message] as const;
  });
}

/** `1980-12-31`, `31/12/1980`, `31-12-1980` or `31.12.1980`; undefined when it is no day. */
export function toDay(text: string): string | undefined {
  const indian = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const day =
    indian === null ? text : `${indian[3]}-${(indian[2] ?? '').padStart(2, '0')}-${(indian[1] ?? '').padStart(2, '0')}`;
  return z.iso.date().safeParse(day).success ? day : undefined;
}

/** `45`, `45 Y`, `3Y 2M`, `8 months`, `10 D`; undefined when it is no age. */
export function toAge(text: string): Age | undefined {
  if (/^\d{1,3}$/.test(text)) return parsedAge({ years: Number(text) });
  const match =
    /^(?:(\d{1,3})\s*y(?:ears?|rs?)?)?\s*(?:(\d{1,4})\s*m(?:onths?|ths?)?)?\s*(?:(\d{1,5})\s*d(?:ays?)?)?$/i.exec(text);
  if (match === null) return undefined;
  const [years, months, days] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  return parsedAge({ years, months, days });
}

type Age = z.output<typeof Age>;

function parsedAge(parts: Readonly<Record<string, number | undefined>>): Age | undefined {
  const age = Age.safeParse(Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)));
  return age.success ? age.data : undefined;
}
