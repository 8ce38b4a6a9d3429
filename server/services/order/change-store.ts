// The SQL statements of changing a catalogue: its version, its history, and the rows of the entries that differ.
import sql, { empty } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { EntryKind } from './contract.ts';
import * as store from './catalogue-store.ts';
import type { CatalogueRows } from './domain/catalogue.ts';
import type { EntryChange } from './domain/catalogue-entries.ts';
import * as rules from './rule-store.ts';

/** Undefined when the lab has no catalogue. One change at a time holds it. */
export async function lockCatalogue(tx: Tx, labId: string): Promise<{ readonly version: string } | undefined> {
  return tx.maybe(sql`select version from lis_order.catalogue where lab_id = ${labId} for update`);
}

/** When it was changed last (loaded, if never since); null when the lab has none. */
export async function changedAt(db: Db, labId: string): Promise<string | null> {
  const row = await db.maybe<{ at: string }>(sql`
    select coalesce(changed_at, loaded_at) as at from lis_order.catalogue where lab_id = ${labId}`);
  return row?.at ?? null;
}

export async function setVersion(tx: Tx, labId: string, version: string, at: string): Promise<void> {
  await tx.rows(sql`
    update lis_order.catalogue set version = ${version}::uuid, changed_at = ${at}::timestamptz where lab_id = ${labId}`);
}

export interface Changed {
  readonly version: string;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
  readonly byId: string | null;
}

export async function addHistory(tx: Tx, labId: string, made: Changed, changes: readonly EntryChange[]): Promise<void> {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await tx.rows(sql`
    insert into lis_order.catalogue_change (lab_id, version, kind, code, before, after, reason, at, by, by_id)
    select ${labId}::uuid, ${made.version}::uuid, kind, code, before, after, ${made.reason}, ${made.at}::timestamptz, ${made.by},
      ${made.byId}::uuid
    from unnest(
      ${changes.map(({ kind }) => kind)}::text[], ${changes.map(({ code }) => code)}::text[],
      ${changes.map(({ before }) => json(before))}::jsonb[], ${changes.map(({ after }) => json(after))}::jsonb[]
    ) with ordinality as c (kind, code, before, after, n)
    order by n`);
}

export interface HistoryRow extends Changed {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly code: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Newest first, those before `before` (exclusive). */
export function listHistory(
  db: Db,
  labId: string,
  entry: { readonly kind: EntryKind; readonly code: string } | null,
  before: number,
  limit: number,
): Promise<readonly HistoryRow[]> {
  const ofEntry = entry === null ? empty : sql`and kind = ${entry.kind} and code = ${entry.code}`;
  return db.rows<HistoryRow>(sql`
    select seq, version, kind, code, before, after, reason, at, by, by_id
    from lis_order.catalogue_change
    where lab_id = ${labId} ${ofEntry} and seq < ${before}
    order by seq desc limit ${limit}`);
}

/** What a version changed; empty when there is no such version. At most `limit` entries, with the number of all. */
export async function entriesOfVersion(
  db: Db,
  labId: string,
  version: string,
  limit: number,
): Promise<readonly { readonly kind: EntryKind; readonly code: string; readonly total: number }[]> {
  return db.rows(sql`
    select kind, code, count(*) over () as total
    from lis_order.catalogue_change where lab_id = ${labId} and version = ${version}::uuid
    order by seq limit ${limit}`);
}

/** Writes the entries that differ, as they stand in `after`; containers before the tests that need them. */
export async function writeEntries(
  tx: Tx,
  labId: string,
  after: CatalogueRows,
  changes: readonly EntryChange[],
): Promise<void> {
  const codes = (kind: EntryKind): ReadonlySet<string> =>
    new Set(changes.filter((change) => change.kind === kind).map(({ code }) => code));
  const write = async (kind: EntryKind, run: (own: ReadonlySet<string>) => Promise<void>): Promise<void> => {
    const own = codes(kind);
    if (own.size > 0) await run(own);
  };
  const placed = <Row extends { readonly code: string }>(rows: readonly Row[], own: ReadonlySet<string>) =>
    store.placed(rows).filter(({ row }) => own.has(row.code));
  const ofAnalytes = <Row extends { readonly analyteCode: string }>(rows: readonly Row[], own: ReadonlySet<string>) =>
    rows.filter(({ analyteCode }) => own.has(analyteCode));

  await write('container', (own) =>
    store.putContainers(
      tx,
      labId,
      after.containers.filter(({ code }) => own.has(code)),
    ),
  );
  await write('analyte', (own) => store.putAnalytes(tx, labId, placed(after.analytes, own)));
  await write('test', async (own) => {
    await store.putTests(tx, labId, placed(after.tests, own));
    const analytes = after.testAnalytes.filter(({ testCode }) => own.has(testCode));
    await store.putTestAnalytes(tx, labId, [...own], analytes);
  });
  await write('panel', async (own) => {
    await store.putPanels(tx, labId, placed(after.panels, own));
    const members = after.panelMembers.filter(({ panelCode }) => own.has(panelCode));
    await store.putPanelMembers(tx, labId, [...own], members);
  });
  await write('bands', (own) => store.putBands(tx, labId, [...own], ofAnalytes(after.bands, own)));
  await write('deltas', (own) => rules.putDeltas(tx, labId, [...own], ofAnalytes(after.deltas, own)));
  await write('index_rules', (own) => rules.putIndexRules(tx, labId, [...own], ofAnalytes(after.indexRules, own)));
  await write('interpretations', (own) =>
    rules.putInterpretations(tx, labId, [...own], ofAnalytes(after.interpretations, own)),
  );
  await write('consistency', (own) => rules.putConsistency(tx, labId, [...own], placed(after.consistency, own)));
  await write('reflex', (own) => rules.putReflex(tx, labId, [...own], placed(after.reflex, own)));
}
