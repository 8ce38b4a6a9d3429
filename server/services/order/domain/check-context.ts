// What the parts of the self-test share: the entries by code, what a live test reaches, and how a fault is told.
import type { CatalogueFault, EntryKind } from '../contract.ts';
import type { AnalyteRow, CatalogueRows, ContainerRow, Panel, TestRow } from './catalogue.ts';

export type Tell = (entity: EntryKind, code: string, field: string, message: string) => void;

export interface CheckContext {
  readonly rows: CatalogueRows;
  readonly containers: ReadonlyMap<string, ContainerRow>;
  readonly analytes: ReadonlyMap<string, AnalyteRow>;
  readonly tests: ReadonlyMap<string, TestRow>;
  readonly panels: ReadonlyMap<string, Panel>;
  readonly analytesOf: ReadonlyMap<string, readonly string[]>;
  readonly membersOf: ReadonlyMap<string, readonly string[]>;
  /** Tests that report an analyte, retired ones not. */
  readonly testsOf: ReadonlyMap<string, readonly TestRow[]>;
  /** Analytes of live tests: values are judged by what is said of them. */
  readonly liveAnalytes: ReadonlySet<string>;
  /** An error when what it is about is in use; else a warning, to be cleared before it goes live. */
  readonly fault: Tell;
  readonly warn: Tell;
  /** An error even of a draft: the tables could not hold it. */
  readonly broken: Tell;
  /** Day of the lab; what ended before it is history and is not looked at. */
  readonly today: string;
}

export function checkContext(rows: CatalogueRows, today: string, faults: CatalogueFault[]): CheckContext {
  const tests = byCode(rows.tests);
  const panels = byCode(rows.panels);
  const analytes = byCode(rows.analytes);
  const current = rows.testAnalytes.flatMap(({ testCode, analyteCode }) => {
    const test = tests.get(testCode);
    return test === undefined || test.status === 'retired' ? [] : [{ test, analyteCode }];
  });
  const liveAnalytes = new Set(current.filter(({ test }) => test.status === 'live').map((pair) => pair.analyteCode));
  const isInUse = (entity: EntryKind, code: string): boolean => {
    if (entity === 'test') return tests.get(code)?.status === 'live';
    if (entity === 'panel') return panels.get(code)?.status === 'live';
    if (entity === 'container') return rows.tests.some((test) => test.containerCode === code && test.status === 'live');
    return entity === 'consistency' || entity === 'reflex' || liveAnalytes.has(code);
  };
  return {
    rows,
    containers: byCode(rows.containers),
    analytes,
    tests,
    panels,
    analytesOf: new Map(
      [...Map.groupBy(rows.testAnalytes, ({ testCode }) => testCode)].map(([code, all]) => [
        code,
        all.map(({ analyteCode }) => analyteCode),
      ]),
    ),
    membersOf: new Map(
      [...Map.groupBy(rows.panelMembers, ({ panelCode }) => panelCode)].map(([code, all]) => [
        code,
        all.map(({ memberCode }) => memberCode),
      ]),
    ),
    testsOf: new Map(
      [...Map.groupBy(current, ({ analyteCode }) => analyteCode)].map(([code, all]) => [
        code,
        all.map(({ test }) => test),
      ]),
    ),
    liveAnalytes,
    fault: (entity, code, field, message) => {
      faults.push({ severity: isInUse(entity, code) ? 'error' : 'warning', entity, code, field, message });
    },
    warn: (entity, code, field, message) => {
      faults.push({ severity: 'warning', entity, code, field, message });
    },
    broken: (entity, code, field, message) => {
      faults.push({ severity: 'error', entity, code, field, message });
    },
    today,
  };
}

const byCode = <Row extends { readonly code: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.code, row]));
