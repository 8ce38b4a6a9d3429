// A lab's catalogue put together from its rows, for reading: tests with their containers and analytes, panels with the
// tests they stand for, bands and rules by analyte. Built once a version, then shared by many calls; never changed.
import type {
  AnalyteRules,
  AnalyteView,
  CatalogueItem,
  ConsistencyRule,
  ContainerView,
  DeltaRule,
  IndexRule,
  InterpretationRule,
  RangeBand,
  ReflexRule,
  TestView,
} from '../contract.ts';
import { expand } from './panel-expansion.ts';

/** draft: not to be ordered yet; retired: no longer, kept because orders and reports name it. */
export type EntryStatus = 'draft' | 'live' | 'retired';

export interface TestRow extends Omit<TestView, 'container' | 'analytes'> {
  readonly containerCode: string;
  readonly status: EntryStatus;
}

export interface Panel {
  readonly code: string;
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly loinc: string | null;
  readonly pricePaise: number;
  readonly status: EntryStatus;
}

export interface ContainerRow extends ContainerView {
  readonly isRetired: boolean;
}

export interface AnalyteRow extends AnalyteView {
  readonly isRetired: boolean;
}

export interface BandRow extends RangeBand {
  readonly criticalSource: string | null;
  readonly note: string | null;
}

/** The rows of one lab, each list in catalogue order. */
export interface CatalogueRows {
  readonly containers: readonly ContainerRow[];
  readonly analytes: readonly AnalyteRow[];
  readonly tests: readonly TestRow[];
  readonly testAnalytes: readonly { readonly testCode: string; readonly analyteCode: string }[];
  readonly panels: readonly Panel[];
  readonly panelMembers: readonly { readonly panelCode: string; readonly memberCode: string }[];
  readonly bands: readonly BandRow[];
  readonly deltas: readonly DeltaRule[];
  readonly indexRules: readonly IndexRule[];
  readonly interpretations: readonly InterpretationRule[];
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
}

export interface Catalogue {
  /** Those in use; a retired one is only in `rules` and in the tests that have it. */
  readonly analytes: readonly AnalyteView[];
  /** Drafts and retired ones too: old orders name them. What may be ordered is in `items`. */
  readonly tests: ReadonlyMap<string, TestView>;
  /** Members of each panel, as `expand` reads them. */
  readonly panels: ReadonlyMap<string, readonly string[]>;
  readonly bands: ReadonlyMap<string, readonly RangeBand[]>;
  /** What each analyte's values are judged by, retired analytes too. */
  readonly rules: ReadonlyMap<string, AnalyteRules>;
  readonly consistency: readonly ConsistencyRule[];
  readonly reflex: readonly ReflexRule[];
  /** What the desk may order, by code: the live ones. */
  readonly items: ReadonlyMap<string, CatalogueItem>;
  /** Short names of the tests, by code; a panel has none. */
  readonly shortNames: ReadonlyMap<string, string>;
  /** As read, for the self-test and the export. */
  readonly rows: CatalogueRows;
}

export const emptyRows: CatalogueRows = {
  containers: [],
  analytes: [],
  tests: [],
  testAnalytes: [],
  panels: [],
  panelMembers: [],
  bands: [],
  deltas: [],
  indexRules: [],
  interpretations: [],
  consistency: [],
  reflex: [],
};

function found<T>(map: ReadonlyMap<string, T>, code: string): T {
  const value = map.get(code);
  if (value === undefined) throw new Error(`The stored catalogue names ${code}, which it does not hold`);
  return value;
}

const byCode = <T extends { readonly code: string }>(rows: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.map((row) => [row.code, row]));

const byAnalyte = <T extends { readonly analyteCode: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(rows, (row) => row.analyteCode);

/** @throws Error when a row names another that is not there: the tables hold what was checked, so that is a fault of ours */
export function buildCatalogue(rows: CatalogueRows): Catalogue {
  const containers = byCode(rows.containers);
  const analytes = byCode(rows.analytes);
  const analytesOf = Map.groupBy(rows.testAnalytes, (row) => row.testCode);
  const tests = new Map(
    rows.tests.map(({ containerCode, status: _, ...test }): [string, TestView] => [
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
    ...rows.tests.filter(isLive).map(({ code }) => testItem(found(tests, code))),
    ...rows.panels.filter(isLive).map((panel) => panelItem(panel, tests, panels)),
  ];
  return {
    analytes: rows.analytes.filter((analyte) => !analyte.isRetired),
    tests,
    panels,
    bands: byAnalyte(rows.bands),
    rules: rulesOf(rows),
    consistency: rows.consistency,
    reflex: rows.reflex,
    items: byCode(items),
    shortNames: new Map(rows.tests.map((test) => [test.code, test.shortName])),
    rows,
  };
}

const isLive = ({ status }: { readonly status: EntryStatus }): boolean => status === 'live';

function rulesOf(rows: CatalogueRows): ReadonlyMap<string, AnalyteRules> {
  const bands = byAnalyte(rows.bands);
  const deltas = byAnalyte(rows.deltas);
  const indexRules = byAnalyte(rows.indexRules);
  const interpretations = byAnalyte(rows.interpretations);
  return new Map(
    rows.analytes.map(({ code, formula, molarMass, reportableLow, reportableHigh }) => [
      code,
      {
        analyteCode: code,
        bands: [...(bands.get(code) ?? [])],
        deltas: [...(deltas.get(code) ?? [])],
        indexRules: [...(indexRules.get(code) ?? [])],
        interpretations: [...(interpretations.get(code) ?? [])],
        formula,
        molarMass,
        reportableLow,
        reportableHigh,
      },
    ]),
  );
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
    isOutsourced: test.referralLabId !== null,
    isInScope: test.isInScope,
    needsConsent: test.needsConsent,
  };
}

/** A panel is in scope when all its tests are; outsourced, fasting or with consent when one of them is. */
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
    isOutsourced: members.some((test) => test.referralLabId !== null),
    isInScope: members.every((test) => test.isInScope),
    needsConsent: members.some((test) => test.needsConsent),
  };
}
