// Sheets of texts as a batch of changes, or every fault with sheet, row and column.
import * as z from 'zod';

import {
  AnalyteInput,
  BandInput,
  CatalogueChanges,
  ContainerInput,
  EntryStatus,
  PanelInput,
  SheetName,
  TestInput,
} from '../contract.ts';
import type { CatalogueFault, EntryKind, SheetFault } from '../contract.ts';
import { columns } from './columns.ts';
import type { Cells, Sheets } from './spreadsheet.ts';

export interface Imported {
  readonly changes: CatalogueChanges;
  /** Of tests and panels whose sheet says one; `test CBC` → live. */
  readonly statuses: ReadonlyMap<string, EntryStatus>;
  readonly faults: readonly SheetFault[];
  /** Rows under the headers. */
  readonly rows: number;
  /** A whole sheet could not be read, so the rest says nothing about the catalogue. */
  readonly isSheetUnread: boolean;
  /** Whether a fault of the self-test may be only that a row of the file could not be read. */
  readonly isOfUnread: (fault: CatalogueFault) => boolean;
  /** Where an entry stands, to tell a fault of the self-test there. */
  readonly placeOf: (fault: CatalogueFault) => SheetFault;
}

const ofAnalyte = z.object({ analyteCode: z.string().regex(/^[A-Z0-9_]{1,20}$/, 'is not a code of A-Z, 0-9 and _') });
const ruleOf = <Shape extends z.ZodObject>(
  list: z.ZodDefault<z.ZodArray<z.ZodObject<{ readonly rules: z.ZodArray<Shape> }>>>,
) => list.unwrap().element.shape.rules.element;

const shapes = {
  containers: ContainerInput.extend({ isRetired: z.boolean() }),
  analytes: AnalyteInput.extend({ isRetired: z.boolean() }),
  tests: TestInput.extend({ status: EntryStatus.nullable() }),
  panels: PanelInput.extend({ status: EntryStatus.nullable() }),
  ranges: BandInput.extend(ofAnalyte.shape),
  deltas: ruleOf(CatalogueChanges.shape.deltas).extend(ofAnalyte.shape),
  index_rules: ruleOf(CatalogueChanges.shape.indexRules).extend(ofAnalyte.shape),
  interpretations: ruleOf(CatalogueChanges.shape.interpretations).extend(ofAnalyte.shape),
  consistency: CatalogueChanges.shape.consistency.unwrap().element,
  reflex: CatalogueChanges.shape.reflex.unwrap().element,
} as const;
type Record<Name extends SheetName> = z.output<(typeof shapes)[Name]>;

/** @param rangesFrom the day from which changed ranges hold; null: today */
export function readSheets(sheets: Sheets, rangesFrom: string | null): Imported {
  const faults: SheetFault[] = [];
  for (const name of sheets.keys()) {
    if (!SheetName.safeParse(name).success) {
      faults.push({ sheet: name, row: 1, column: 'sheet', message: `is none of ${SheetName.options.join(', ')}` });
    }
  }
  const places = new Map<string, number>();
  const unread: Unread = { sheets: new Set(), entries: new Set() };
  const records = <Name extends SheetName>(name: Name): readonly Record<Name>[] =>
    readSheet(name, sheets.get(name) ?? [], faults, places, unread);

  const containers = records('containers');
  const analytes = records('analytes');
  const tests = records('tests');
  const panels = records('panels');
  const statuses = new Map([
    ...tests.flatMap(({ code, status }) => (status === null ? [] : [[`test ${code}`, status] as const])),
    ...panels.flatMap(({ code, status }) => (status === null ? [] : [[`panel ${code}`, status] as const])),
  ]);
  const retire = [
    ...containers.filter(({ isRetired }) => isRetired).map(({ code }) => ({ kind: 'container' as const, code })),
    ...analytes.filter(({ isRetired }) => isRetired).map(({ code }) => ({ kind: 'analyte' as const, code })),
  ];
  const changes: CatalogueChanges = {
    containers: containers.map(({ isRetired: _, ...row }) => row),
    analytes: analytes.map(({ isRetired: _, ...row }) => row),
    tests: tests.map(({ status: _, ...row }) => row),
    panels: panels.map(({ status: _, ...row }) => row),
    bands: sets(records('ranges')).map(([analyteCode, bands]) => ({ analyteCode, from: rangesFrom, bands })),
    deltas: sets(records('deltas')).map(([analyteCode, rules]) => ({ analyteCode, rules })),
    indexRules: sets(records('index_rules')).map(([analyteCode, rules]) => ({ analyteCode, rules })),
    interpretations: sets(records('interpretations')).map(([analyteCode, rules]) => ({ analyteCode, rules })),
    consistency: [...records('consistency')],
    reflex: [...records('reflex')],
    retire,
  };
  const rows = [...sheets.values()].reduce((sum, cells) => sum + Math.max(0, cells.length - 1), 0);
  if (faults.length === 0 && ![...sheets.values()].some((cells) => cells.slice(1).some(isFilled))) {
    faults.push({ sheet: [...sheets.keys()].join(', '), row: 1, column: 'row', message: 'no rows under the header' });
  }
  return {
    changes,
    statuses,
    faults,
    rows,
    isSheetUnread: unread.sheets.size > 0,
    isOfUnread: (fault) => isOfUnread(fault, unread),
    placeOf: (fault) => placeOf(fault, places),
  };
}

function sets<Row extends { readonly analyteCode: string }>(
  rows: readonly Row[],
): readonly (readonly [code: string, rows: Omit<Row, 'analyteCode'>[]])[] {
  return [...Map.groupBy(rows, ({ analyteCode }) => analyteCode)].map(([code, own]) => [
    code,
    own.map(({ analyteCode: _, ...row }) => row),
  ]);
}

/** What of the file could not be read. */
interface Unread {
  /** Whole sheets. */
  readonly sheets: Set<SheetName>;
  /** `tests CBC`, `ranges NA`; `ranges ` when the row does not say of what. */
  readonly entries: Set<string>;
}

const isKey = (field: string): boolean => field === 'code' || field === 'analyteCode';
const isFilled = (cells: readonly string[]): boolean => cells.some((cell) => cell.trim() !== '');

/** About the entry of an unread row, or one that names it: the row may say what is missed. */
function isOfUnread({ entity, code, message }: CatalogueFault, { entries }: Unread): boolean {
  const sheet = sheetOfEntity[entity];
  if (entries.has(`${sheet} ${code}`) || entries.has(`${sheet} `)) return true;
  const named = new Set(message.match(/[A-Z0-9_-]+/g));
  return [...entries].some((entry) => named.has(entry.slice(entry.indexOf(' ') + 1)));
}

function readSheet<Name extends SheetName>(
  sheet: Name,
  [header = [], ...body]: Cells,
  faults: SheetFault[],
  places: Map<string, number>,
  unread: Unread,
): readonly Record<Name>[] {
  if (header.length === 0) return [];
  const own = columns[sheet];
  const names = header.map((name) => name.trim());
  const tell = (row: number, column: string, message: string): void =>
    void faults.push({ sheet, row, column, message });
  const before = faults.length;
  for (const { name } of own) if (!names.includes(name)) tell(1, name, 'is missing from the header');
  for (const [at, name] of names.entries()) {
    if (!own.some((column) => column.name === name))
      tell(1, name === '' ? `column ${at + 1}` : name, 'is no column of this sheet');
    else if (names.indexOf(name) < at) tell(1, name, 'is a column given twice');
  }
  if (faults.length > before) {
    unread.sheets.add(sheet);
    return [];
  }

  const shape: z.ZodType = shapes[sheet];
  const codeAt = names.findIndex((name) => own.some((one) => one.name === name && isKey(one.field)));
  const isOfSet = !own.some(({ field }) => field === 'code');
  const keyed = own.map((column) => [column, names.indexOf(column.name)] as const);
  const records: { readonly key: string; readonly record: Record<Name> }[] = [];
  for (const [at, cells] of body.entries()) {
    const row = at + 2;
    if (!isFilled(cells)) continue;
    const faultsBefore = faults.length;
    const key = `${sheet} ${(cells[codeAt] ?? '').trim()}`;
    if (cells.length > names.length) {
      tell(row, 'row', `has ${cells.length} cells, not ${names.length}`);
      unread.entries.add(key);
      continue;
    }
    const given = new Map<string, unknown>();
    let isReadable = true;
    for (const [column, place] of keyed) {
      const read = column.read((cells[place] ?? '').trim());
      if ('fault' in read) {
        isReadable = false;
        tell(row, column.name, read.fault);
      } else given.set(column.field, read.value);
    }
    const parsed = shape.safeParse(fieldsOf(sheet, given));
    if (parsed.success) {
      // The shape of this very sheet has just vouched for it; TypeScript does not follow a key into a union of shapes.
      if (isReadable) records.push({ key, record: parsed.data as Record<Name> });
      if (!places.has(key)) places.set(key, row);
      else if (isReadable && !isOfSet) tell(row, 'code', `stands in row ${places.get(key) ?? 0} already`);
    }
    for (const issue of parsed.error?.issues ?? []) {
      const column = own.find(({ field }) => field === issue.path[0]);
      // A cell that could not be read has its fault already.
      if (column !== undefined && given.has(column.field))
        tell(row, column.name, wording(issue, given.get(column.field)));
    }
    if (faults.length > faultsBefore) unread.entries.add(key);
  }
  // Of ranges and rules of an analyte all stay out when one is unread: the others alone are another set.
  return records.filter(({ key }) => !unread.entries.has(key)).map(({ record }) => record);
}

/** Two columns of a test are one field of it. */
function fieldsOf(sheet: SheetName, given: ReadonlyMap<string, unknown>): object {
  if (sheet !== 'tests') return Object.fromEntries(given);
  const name = given.get('timedDraw');
  const afterMinutes = given.get('afterMinutes');
  const isNone = (name ?? null) === null && (afterMinutes ?? null) === null;
  return { ...Object.fromEntries(given), timedDraw: isNone ? null : { name, afterMinutes } };
}

function wording(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === '' || value === null) return 'is empty';
  switch (issue.code) {
    case 'invalid_value':
      return `is none of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `is more than ${String(issue.maximum)}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'too_small':
      return Array.isArray(value) && value.length === 0 ? 'is empty' : `is less than ${String(issue.minimum)}`;
    case 'invalid_type':
      return issue.path.length > 1 ? 'is incomplete' : `is not of the kind ${issue.expected}`;
    default:
      return /^(is|has) /.test(issue.message) ? issue.message : `must be: ${issue.message.replace(/^Invalid /, '')}`;
  }
}

const sheetOfEntity: Readonly<globalThis.Record<EntryKind, SheetName>> = {
  container: 'containers',
  analyte: 'analytes',
  test: 'tests',
  panel: 'panels',
  bands: 'ranges',
  deltas: 'deltas',
  index_rules: 'index_rules',
  interpretations: 'interpretations',
  consistency: 'consistency',
  reflex: 'reflex',
};

/** Row 0: the entry is not in the file; its code stands in the message. */
function placeOf({ entity, code, field, message }: CatalogueFault, places: ReadonlyMap<string, number>): SheetFault {
  const sheet = sheetOfEntity[entity];
  const column = columns[sheet].find((one) => one.field === field)?.name ?? field;
  return { sheet, row: places.get(`${sheet} ${code}`) ?? 0, column, message: `${code}: ${message}` };
}
