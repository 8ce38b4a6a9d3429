// A catalogue as entries that change one by one: what the history keeps before and after, and what has to be written.
import type { EntryKind } from '../contract.ts';
import type { CatalogueRows } from './catalogue.ts';

export interface Entry {
  readonly kind: EntryKind;
  readonly code: string;
  readonly value: unknown;
}

export interface EntryChange {
  readonly kind: EntryKind;
  readonly code: string;
  /** Null: was not there. */
  readonly before: unknown;
  /** Null: is no longer there. */
  readonly after: unknown;
}

export function entriesOf(rows: CatalogueRows): readonly Entry[] {
  const analytesOf = Map.groupBy(rows.testAnalytes, ({ testCode }) => testCode);
  const membersOf = Map.groupBy(rows.panelMembers, ({ panelCode }) => panelCode);
  return [
    ...rows.containers.map((row) => entry('container', row.code, row)),
    ...rows.analytes.map((row) => entry('analyte', row.code, row)),
    ...rows.tests.map((row) =>
      entry('test', row.code, {
        ...row,
        analyteCodes: (analytesOf.get(row.code) ?? []).map(({ analyteCode }) => analyteCode),
      }),
    ),
    ...rows.panels.map((row) =>
      entry('panel', row.code, {
        ...row,
        memberCodes: (membersOf.get(row.code) ?? []).map(({ memberCode }) => memberCode),
      }),
    ),
    ...sets('bands', rows.bands),
    ...sets('deltas', rows.deltas),
    ...sets('index_rules', rows.indexRules),
    ...sets('interpretations', rows.interpretations),
    ...rows.consistency.map((row) => entry('consistency', row.code, row)),
    ...rows.reflex.map((row) => entry('reflex', row.code, row)),
  ];
}

const entry = (kind: EntryKind, code: string, value: unknown): Entry => ({ kind, code, value });

function sets(kind: EntryKind, rows: readonly { readonly analyteCode: string }[]): readonly Entry[] {
  return [...Map.groupBy(rows, ({ analyteCode }) => analyteCode)].map(([code, all]) => entry(kind, code, all));
}

/** The entries that differ, in catalogue order; the order of fields and of bands within a set is no difference. */
export function changesBetween(before: CatalogueRows, after: CatalogueRows): readonly EntryChange[] {
  const old = new Map(entriesOf(before).map((one) => [keyOf(one), one]));
  const changes: EntryChange[] = [];
  for (const now of entriesOf(after)) {
    const was = old.get(keyOf(now));
    old.delete(keyOf(now));
    if (was === undefined || canonical(was.value) !== canonical(now.value)) {
      changes.push({ kind: now.kind, code: now.code, before: was?.value ?? null, after: now.value });
    }
  }
  const gone = [...old.values()].map(({ kind, code, value }) => ({ kind, code, before: value, after: null }));
  return [...changes, ...gone];
}

const keyOf = ({ kind, code }: Entry): string => `${kind} ${code}`;

/** JSON with the fields of every object in one order, and the rows of a set sorted. */
function canonical(value: unknown): string {
  if (!Array.isArray(value)) return sorted(value);
  return JSON.stringify(value.map(sorted).toSorted());
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
