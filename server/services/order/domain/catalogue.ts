// A lab's catalogue put together from its rows, for reading: tests with their containers and analytes, panels with the
// tests they stand for, bands by analyte. Built once a version, then shared by many calls; never changed.
import type { AnalyteView, CatalogueItem, ContainerView, RangeBand, TestView } from '../contract.ts';
import { expand } from './panel-expansion.ts';

export interface TestRow extends Omit<TestView, 'container' | 'analytes'> {
  readonly containerCode: string;
}

export interface Panel {
  readonly code: string;
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly pricePaise: number;
}

/** The rows of one lab, each list in catalogue order. */
export interface CatalogueRows {
  readonly containers: readonly ContainerView[];
  readonly analytes: readonly AnalyteView[];
  readonly tests: readonly TestRow[];
  readonly testAnalytes: readonly { readonly testCode: string; readonly analyteCode: string }[];
  readonly panels: readonly Panel[];
  readonly panelMembers: readonly { readonly panelCode: string; readonly memberCode: string }[];
  readonly bands: readonly RangeBand[];
}

export interface Catalogue {
  readonly analytes: readonly AnalyteView[];
  readonly tests: ReadonlyMap<string, TestView>;
  /** Members of each panel, as `expand` reads them. */
  readonly panels: ReadonlyMap<string, readonly string[]>;
  readonly bands: ReadonlyMap<string, readonly RangeBand[]>;
  /** What the desk may order, by code. */
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** Short names of the tests, by code; a panel has none. */
  readonly shortNames: ReadonlyMap<string, string>;
}

export const emptyRows: CatalogueRows = {
  containers: [],
  analytes: [],
  tests: [],
  testAnalytes: [],
  panels: [],
  panelMembers: [],
  bands: [],
};

function found<T>(map: ReadonlyMap<string, T>, code: string): T {
  const value = map.get(code);
  if (value === undefined) throw new Error(`The stored catalogue names ${code}, which it does not hold`);
  return value;
}

const byCode = <T extends { readonly code: string }>(rows: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [row.code, row]));

/** @throws Error when a row names another that is not there: the tables hold what was checked, so that is a fault of ours */
export function buildCatalogue(rows: CatalogueRows): Catalogue {
  const containers = byCode(rows.containers);
  const analytes = byCode(rows.analytes);
  const analytesOf = Map.groupBy(rows.testAnalytes, (row) => row.testCode);
  const tests = new Map(
    rows.tests.map(({ containerCode, ...test }): [string, TestView] => [
      test.code,
      {
        ...test,
        container: found(containers, containerCode),
        analytes: (analytesOf.get(test.code) ?? []).map((row) => found(analytes, row.analyteCode)),
      },
    ]),
  );
  const panels = new Map(
    [...Map.groupBy(rows.panelMembers, (row) => row.panelCode)].map(([code, members]) => [
      code,
      members.map((row) => row.memberCode),
    ]),
  );
  const items = [
    ...[...tests.values()].map((test) => testItem(test)),
    ...rows.panels.map((panel) => panelItem(panel, tests, panels)),
  ];
  return {
    analytes: rows.analytes,
    tests,
    panels,
    bands: Map.groupBy(rows.bands, (band) => band.analyteCode),
    items: byCode(items),
    shortNames: new Map(rows.tests.map((test) => [test.code, test.shortName])),
  };
}

function testItem(test: TestView): CatalogueItem {
  return {
    kind: 'test',
    code: test.code,
    name: test.name,
    synonyms: test.synonyms,
    pricePaise: test.pricePaise,
    testCodes: [test.code],
    specimens: [test.specimen],
    isFastingNeeded: test.isFastingNeeded,
  };
}

function panelItem(
  panel: Panel,
  tests: ReadonlyMap<string, TestView>,
  panels: ReadonlyMap<string, readonly string[]>,
): CatalogueItem {
  const members = expand([panel.code], { tests, panels }).map(({ test }) => found(tests, test));
  return {
    kind: 'panel',
    code: panel.code,
    name: panel.name,
    synonyms: [...panel.synonyms],
    pricePaise: panel.pricePaise,
    testCodes: members.map((test) => test.code),
    specimens: [...new Set(members.map((test) => test.specimen))],
    isFastingNeeded: members.some((test) => test.isFastingNeeded),
  };
}
