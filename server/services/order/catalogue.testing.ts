// A small catalogue for tests of the rules, and a reader that gives the plan of a query instead of its rows.
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import { buildCatalogue, emptyRows } from './domain/catalogue.ts';
import type { AnalyteRow, Catalogue, Panel, TestRow } from './domain/catalogue.ts';

const edta = {
  code: 'EDTA',
  name: 'EDTA tube',
  capColour: 'Lavender',
  additive: 'K2 EDTA',
  volumeMl: 3,
  orderOfDraw: 5,
  isRetired: false,
};

export function analyte(code: string, fields: Partial<AnalyteRow> = {}): AnalyteRow {
  return {
    code,
    name: code,
    loinc: null,
    ucum: null,
    unitDisplay: '',
    kind: 'text',
    decimals: null,
    choices: [],
    aliases: [],
    formula: null,
    measuredAs: null,
    molarMass: null,
    reportableLow: null,
    reportableHigh: null,
    isRetired: false,
    ...fields,
  };
}

export function testRow(code: string, fields: Partial<TestRow> = {}): TestRow {
  return {
    code,
    name: `Test ${code}`,
    shortName: code,
    reportName: `Test ${code}`,
    synonyms: [],
    section: 'HAEMATOLOGY',
    specimen: 'Whole blood (EDTA)',
    containerCode: edta.code,
    method: null,
    loinc: null,
    turnaroundMinutes: 120,
    urgentTurnaroundMinutes: 30,
    pricePaise: 10_000,
    isFastingNeeded: false,
    minVolumeMl: null,
    stability: [],
    timedDraw: null,
    isInScope: false,
    referralLabId: null,
    needsConsent: false,
    status: 'live',
    ...fields,
  };
}

/** Panels are given with their members; each test has one analyte of its own code. */
export function smallCatalogue(
  tests: readonly TestRow[],
  panels: readonly (Omit<Panel, 'loinc' | 'status'> & { readonly members: readonly string[] })[] = [],
): Catalogue {
  return buildCatalogue({
    ...emptyRows,
    containers: [edta],
    analytes: tests.map((test) => analyte(test.code)),
    tests,
    testAnalytes: tests.map((test) => ({ testCode: test.code, analyteCode: test.code })),
    panels: panels.map(({ members: _, ...panel }) => ({ loinc: null, status: 'live', ...panel })),
    panelMembers: panels.flatMap((panel) => panel.members.map((memberCode) => ({ panelCode: panel.code, memberCode }))),
  });
}

/** Reads nothing: notes the plan PostgreSQL makes for each statement, as one text. */
export function planReader(db: Db): { readonly db: Db; readonly plans: string[] } {
  const plans: string[] = [];
  const explain = async (query: Sql): Promise<readonly never[]> => {
    const rows = await db.rows<Record<string, string>>(sql`explain ${query}`);
    plans.push(rows.flatMap((row) => Object.values(row)).join('\n'));
    return [];
  };
  return {
    plans,
    db: {
      rows: explain,
      maybe: async (query) => (await explain(query))[0],
      one: async () => {
        throw new Error('A plan has no row to give');
      },
    },
  };
}
