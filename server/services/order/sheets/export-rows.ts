// A catalogue's rows as sheets of texts, as import-rows.ts reads them back.
import { SheetName } from '../contract.ts';
import type { CatalogueRows } from '../domain/catalogue.ts';
import { columns } from './columns.ts';
import type { Cells, Sheets } from './spreadsheet.ts';

export function sheetsOf(rows: CatalogueRows): Sheets {
  return new Map(SheetName.options.map((name) => [name, sheetOf(rows, name)]));
}

/** The header, then one row an entry or band. */
export function sheetOf(rows: CatalogueRows, name: SheetName): Cells {
  const own = columns[name];
  const records = recordsOf(rows, name).map((record) => new Map(Object.entries(record)));
  return [
    own.map((column) => column.name),
    ...records.map((record) => own.map(({ field, write }) => write(record.get(field)))),
  ];
}

function recordsOf(rows: CatalogueRows, name: SheetName): readonly object[] {
  switch (name) {
    case 'containers':
      return rows.containers;
    case 'analytes':
      return rows.analytes;
    case 'tests': {
      const analytesOf = Map.groupBy(rows.testAnalytes, ({ testCode }) => testCode);
      return rows.tests.map(({ timedDraw, ...test }) => ({
        ...test,
        timedDraw: timedDraw?.name,
        afterMinutes: timedDraw?.afterMinutes,
        analyteCodes: (analytesOf.get(test.code) ?? []).map(({ analyteCode }) => analyteCode),
      }));
    }
    case 'panels': {
      const membersOf = Map.groupBy(rows.panelMembers, ({ panelCode }) => panelCode);
      return rows.panels.map((panel) => ({
        ...panel,
        memberCodes: (membersOf.get(panel.code) ?? []).map(({ memberCode }) => memberCode),
      }));
    }
    case 'ranges':
      return byAnalyte(rows.bands);
    case 'deltas':
      return byAnalyte(rows.deltas);
    case 'index_rules':
      return byAnalyte(rows.indexRules);
    case 'interpretations':
      return byAnalyte(rows.interpretations);
    case 'consistency':
      return rows.consistency;
    case 'reflex':
      return rows.reflex;
  }
  return name satisfies never;
}

/** What belongs to one analyte stands together, though a changed set was written last. */
function byAnalyte<Row extends { readonly analyteCode: string }>(rows: readonly Row[]): readonly Row[] {
  return [...Map.groupBy(rows, ({ analyteCode }) => analyteCode)].flatMap(([, own]) => own);
}
