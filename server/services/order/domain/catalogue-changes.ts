// What a batch of changes makes of a catalogue's rows. Nothing is erased that orders or reports name: tests, panels, analytes
// and containers retire, a band that no longer holds is closed on a day. Whether the outcome may be used is told by
// check-catalogue.ts.
import type { CatalogueChanges, CatalogueFault } from '../contract.ts';
import { replaceBands } from './band-dates.ts';
import type { CatalogueRows, EntryStatus } from './catalogue.ts';

export interface Applied {
  readonly rows: CatalogueRows;
  /** What cannot be done at all: something named twice, a range that would begin in the past. */
  readonly faults: readonly CatalogueFault[];
}

/**
 * @param today day of the lab, `YYYY-MM-DD`: the first on which a changed range may hold
 * @param statuses of tests and panels that are to have another, as `test CBC`; new ones are drafts else
 */
export function applyChanges(
  before: CatalogueRows,
  changes: CatalogueChanges,
  today: string,
  statuses: ReadonlyMap<string, EntryStatus> = new Map(),
): Applied {
  const faults: CatalogueFault[] = [...twiceNamed(changes), ...unknownRetirements(before, changes)];
  const retired = new Set(changes.retire.map(({ kind, code }) => `${kind} ${code}`));
  const isRetiring = (kind: CatalogueChanges['retire'][number]['kind'], code: string): boolean =>
    retired.has(`${kind} ${code}`);
  const stood = statusesOf(before);
  const statusOf = (key: string): EntryStatus => statuses.get(key) ?? stood.get(key) ?? 'draft';

  const testCodes = new Set(changes.tests.map(({ code }) => code));
  const panelCodes = new Set(changes.panels.map(({ code }) => code));
  const storedBands = Map.groupBy(before.bands, ({ analyteCode }) => analyteCode);
  const judged = judgedAnalytes(before);
  const bands = changes.bands.map((change) => {
    const stored = storedBands.get(change.analyteCode) ?? [];
    const { bands: replaced, fault } = replaceBands(stored, change, today, judged.has(change.analyteCode));
    if (fault !== undefined) faults.push(bandFault(change.analyteCode, fault));
    return { code: change.analyteCode, replaced };
  });

  const rows: CatalogueRows = {
    containers: upsert(
      before.containers,
      changes.containers.map((row) => ({ ...row, isRetired: false })),
    ).map((row) => (isRetiring('container', row.code) ? { ...row, isRetired: true } : row)),
    analytes: upsert(
      before.analytes,
      changes.analytes.map((row) => ({ ...row, isRetired: false })),
    ).map((row) => (isRetiring('analyte', row.code) ? { ...row, isRetired: true } : row)),
    tests: upsert(
      before.tests,
      changes.tests.map(({ analyteCodes: _, ...row }) => ({
        ...row,
        status: statusOf(`test ${row.code}`),
      })),
    ).map((row) => (isRetiring('test', row.code) ? { ...row, status: 'retired' as const } : row)),
    testAnalytes: [
      ...before.testAnalytes.filter(({ testCode }) => !testCodes.has(testCode)),
      ...changes.tests.flatMap(({ code, analyteCodes }) =>
        [...new Set(analyteCodes)].map((analyteCode) => ({ testCode: code, analyteCode })),
      ),
    ],
    panels: upsert(
      before.panels,
      changes.panels.map(({ memberCodes: _, ...row }) => ({
        ...row,
        status: statusOf(`panel ${row.code}`),
      })),
    ).map((row) => (isRetiring('panel', row.code) ? { ...row, status: 'retired' as const } : row)),
    panelMembers: [
      ...before.panelMembers.filter(({ panelCode }) => !panelCodes.has(panelCode)),
      ...changes.panels.flatMap(({ code, memberCodes }) =>
        [...new Set(memberCodes)].map((memberCode) => ({ panelCode: code, memberCode })),
      ),
    ],
    bands: replaceSets(before.bands, new Map(bands.map(({ code, replaced }) => [code, replaced]))),
    deltas: replaceSets(before.deltas, setsOf(changes.deltas)),
    indexRules: replaceSets(before.indexRules, setsOf(changes.indexRules)),
    interpretations: replaceSets(before.interpretations, setsOf(changes.interpretations)),
    consistency: upsert(before.consistency, changes.consistency).filter(({ code }) => !isRetiring('consistency', code)),
    reflex: upsert(before.reflex, changes.reflex).filter(({ code }) => !isRetiring('reflex', code)),
  };
  return { rows, faults };
}

/** The rows with one test or panel brought to a status; undefined when there is none of that code. */
export function withStatus(rows: CatalogueRows, code: string, status: EntryStatus): CatalogueRows | undefined {
  const isIt = (row: { readonly code: string }): boolean => row.code === code;
  if (rows.tests.some(isIt)) {
    return { ...rows, tests: rows.tests.map((row) => (isIt(row) ? { ...row, status } : row)) };
  }
  if (rows.panels.some(isIt)) {
    return { ...rows, panels: rows.panels.map((row) => (isIt(row) ? { ...row, status } : row)) };
  }
  return undefined;
}

/** Rows already there keep their place; new ones follow in the order given. */
function upsert<Row extends { readonly code: string }>(before: readonly Row[], given: readonly Row[]): readonly Row[] {
  const byCode = new Map(before.map((row) => [row.code, row]));
  for (const row of given) byCode.set(row.code, row);
  return [...byCode.values()];
}

type OfAnalyte = { readonly analyteCode: string };

function setsOf<Rule extends object>(
  changes: readonly { readonly analyteCode: string; readonly rules: readonly Rule[] }[],
): ReadonlyMap<string, readonly (Rule & OfAnalyte)[]> {
  return new Map(
    changes.map(({ analyteCode, rules }) => [analyteCode, rules.map((rule) => ({ ...rule, analyteCode }))]),
  );
}

function replaceSets<Row extends OfAnalyte>(
  before: readonly Row[],
  sets: ReadonlyMap<string, readonly Row[]>,
): readonly Row[] {
  if (sets.size === 0) return before;
  return [...before.filter(({ analyteCode }) => !sets.has(analyteCode)), ...[...sets.values()].flat()];
}

/** Analytes whose values are or were judged by their bands: some test that is no draft reports them. */
function judgedAnalytes(rows: CatalogueRows): ReadonlySet<string> {
  const statusOf = statusesOf(rows);
  return new Set(
    rows.testAnalytes
      .filter(({ testCode }) => statusOf.get(`test ${testCode}`) !== 'draft')
      .map(({ analyteCode }) => analyteCode),
  );
}

function statusesOf(rows: CatalogueRows): ReadonlyMap<string, EntryStatus> {
  return new Map([
    ...rows.tests.map(({ code, status }) => [`test ${code}`, status] as const),
    ...rows.panels.map(({ code, status }) => [`panel ${code}`, status] as const),
  ]);
}

function bandFault(code: string, message: string): CatalogueFault {
  return { severity: 'error', entity: 'bands', code, field: 'validFrom', message };
}

function twiceNamed(changes: CatalogueChanges): readonly CatalogueFault[] {
  const lists = [
    ['container', changes.containers.map(({ code }) => code)],
    ['analyte', changes.analytes.map(({ code }) => code)],
    ['test', changes.tests.map(({ code }) => code)],
    ['panel', changes.panels.map(({ code }) => code)],
    ['bands', changes.bands.map(({ analyteCode }) => analyteCode)],
    ['deltas', changes.deltas.map(({ analyteCode }) => analyteCode)],
    ['index_rules', changes.indexRules.map(({ analyteCode }) => analyteCode)],
    ['interpretations', changes.interpretations.map(({ analyteCode }) => analyteCode)],
    ['consistency', changes.consistency.map(({ code }) => code)],
    ['reflex', changes.reflex.map(({ code }) => code)],
  ] as const;
  return lists.flatMap(([entity, codes]) => {
    const seen = new Set<string>();
    return codes
      .filter((code) => seen.size === seen.add(code).size)
      .map((code): CatalogueFault => ({ severity: 'error', entity, code, field: 'code', message: 'is given twice' }));
  });
}

function unknownRetirements(before: CatalogueRows, changes: CatalogueChanges): readonly CatalogueFault[] {
  const known = {
    container: [...before.containers, ...changes.containers],
    analyte: [...before.analytes, ...changes.analytes],
    test: before.tests,
    panel: before.panels,
    consistency: before.consistency,
    reflex: before.reflex,
  } as const;
  return changes.retire
    .filter(({ kind, code }) => !known[kind].some((row) => row.code === code))
    .map(({ kind, code }) => ({
      severity: 'error',
      entity: kind,
      code,
      field: 'code',
      message: 'is not in the catalogue, so it cannot be retired',
    }));
}
