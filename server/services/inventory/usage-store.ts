// The SQL statements about recipes and what was measured by them.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ShortageView, UsageRow } from './contract.ts';
import type { Recipe } from './domain/runs.ts';

/** Replaces those of one test or analyte, whose recipes are locked by name. */
export async function setRecipes(
  tx: Tx,
  labId: string,
  { measure, code }: Pick<Recipe, 'measure' | 'code'>,
  recipes: readonly Recipe[],
): Promise<void> {
  await tx.rows(sql`
    select pg_advisory_xact_lock(hashtextextended('lis_inventory.recipe ' || ${labId} || ${measure} || ${code}, 0))`);
  await tx.rows(sql`
    delete from lis_inventory.recipe where lab_id = ${labId} and measure = ${measure} and code = ${code}`);
  await tx.rows(sql`
    insert into lis_inventory.recipe (lab_id, measure, code, instrument, item_id, quantity)
    select ${labId}::uuid, ${measure}, ${code}, r.instrument, r.item_id, r.quantity
    from unnest(${recipes.map(({ instrument }) => instrument ?? '')}::text[], ${recipes.map(({ itemId }) => itemId)}::uuid[],
      ${recipes.map(({ quantity }) => quantity)}::numeric[]) as r (instrument, item_id, quantity)`);
}

export function recipesQuery(labId: string, tests: readonly string[], analytes: readonly string[]) {
  return sql`
    select measure, code, nullif(instrument, '') as instrument, item_id, quantity
    from lis_inventory.recipe
    where lab_id = ${labId}
      and ((measure = 'test' and code = any(${tests}::text[])) or (measure = 'analyte' and code = any(${analytes}::text[])))
    order by measure, code, instrument, item_id
    limit 20000`;
}

export function getRecipes(
  db: Db,
  labId: string,
  tests: readonly string[],
  analytes: readonly string[],
): Promise<readonly Recipe[]> {
  return db.rows<Recipe>(recipesQuery(labId, tests, analytes));
}

/** Recipes of all tests that hold on an instrument: a control does not say whose run it was. */
export function testRecipesAt(db: Db, labId: string, instrument: string): Promise<readonly Recipe[]> {
  return db.rows<Recipe>(sql`
    select measure, code, nullif(instrument, '') as instrument, item_id, quantity
    from lis_inventory.recipe
    where lab_id = ${labId} and measure = 'test' and instrument in ('', ${instrument})
    order by code, instrument, item_id
    limit 20000`);
}

export interface Measurement {
  readonly sourceId: string;
  readonly key: string;
  readonly run: string;
  readonly analyteCode: string;
  readonly at: string;
}

/** Those that were not known, in any order. */
export function addMeasurements(
  tx: Tx,
  labId: string,
  rows: readonly Measurement[],
): Promise<readonly Pick<Measurement, 'sourceId' | 'key'>[]> {
  return tx.rows(sql`
    insert into lis_inventory.measurement (lab_id, source_id, key, run, analyte_code, at)
    select ${labId}::uuid, m.source_id, m.key, m.run, m.analyte_code, m.at
    from unnest(${rows.map(({ sourceId }) => sourceId)}::uuid[], ${rows.map(({ key }) => key)}::text[],
      ${rows.map(({ run }) => run)}::uuid[], ${rows.map(({ analyteCode }) => analyteCode)}::text[],
      ${rows.map(({ at }) => at)}::timestamptz[]) as m (source_id, key, run, analyte_code, at)
    on conflict do nothing
    returning source_id, key`);
}

/** How often each analyte of some runs was measured so far. */
export function countsOfRuns(
  tx: Tx,
  labId: string,
  runs: readonly string[],
): Promise<readonly { readonly run: string; readonly analyteCode: string; readonly times: number }[]> {
  return tx.rows(sql`
    select run, analyte_code, count(*) as times
    from lis_inventory.measurement
    where lab_id = ${labId} and run = any(${runs}::uuid[])
    group by run, analyte_code`);
}

export async function addUsage(tx: Tx, labId: string, day: string, rows: readonly UsageRow[]): Promise<void> {
  const column = <T>(pick: (row: UsageRow) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_inventory.usage_day as u (lab_id, day, item_id, measure, code, instrument, kind, runs, quantity, short)
    select ${labId}::uuid, ${day}::date, n.item_id, n.measure, n.code, n.instrument, n.kind, n.runs, n.quantity, n.short
    from unnest(${column(({ itemId }) => itemId)}::uuid[], ${column(({ measure }) => measure)}::text[],
      ${column(({ code }) => code)}::text[], ${column(({ instrument }) => instrument)}::text[],
      ${column(({ kind }) => kind)}::text[], ${column(({ runs }) => runs)}::bigint[],
      ${column(({ quantity }) => quantity)}::numeric[], ${column(({ short }) => short)}::numeric[])
      as n (item_id, measure, code, instrument, kind, runs, quantity, short)
    on conflict (lab_id, day, item_id, measure, code, instrument, kind) do update
    set runs = u.runs + excluded.runs, quantity = u.quantity + excluded.quantity, short = u.short + excluded.short`);
}

export type UsagePlace = readonly [itemId: string, measure: string, code: string, instrument: string, kind: string];
export interface UsagePeriod {
  readonly from: string;
  readonly to: string;
  readonly itemId: string | null;
  readonly after: UsagePlace;
  readonly limit: number;
}

export function usageQuery(labId: string, { from, to, itemId, after, limit }: UsagePeriod) {
  const ofItem = itemId === null ? sql`` : sql`and item_id = ${itemId}`;
  return sql`
    select item_id, measure, code, instrument, kind, sum(runs)::bigint as runs, sum(quantity) as quantity, sum(short) as short
    from lis_inventory.usage_day
    where lab_id = ${labId} and day between ${from}::date and ${to}::date ${ofItem}
      and (item_id, measure, code, instrument, kind)
        > (${after[0]}::uuid, ${after[1]}::text, ${after[2]}::text, ${after[3]}::text, ${after[4]}::text)
    group by item_id, measure, code, instrument, kind
    order by item_id, measure, code, instrument, kind
    limit ${limit}`;
}

export interface ShortageRow extends ShortageView {
  readonly settledAt: string | null;
  readonly settledLotId: string | null;
  readonly settleReason: string | null;
}

export async function addShortages(tx: Tx, labId: string, rows: readonly ShortageView[]): Promise<void> {
  const column = <T>(pick: (row: ShortageView) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_inventory.shortage (lab_id, id, item_id, kind, measure, code, instrument, quantity, why, at, source_id)
    select ${labId}::uuid, n.id, n.item_id, n.kind, n.measure, n.code, n.instrument, n.quantity, n.why, n.at, n.source_id
    from unnest(${column(({ id }) => id)}::uuid[], ${column(({ itemId }) => itemId)}::uuid[],
      ${column(({ kind }) => kind)}::text[], ${column(({ measure }) => measure)}::text[], ${column(({ code }) => code)}::text[],
      ${column(({ instrument }) => instrument)}::text[], ${column(({ quantity }) => quantity)}::numeric[],
      ${column(({ why }) => why)}::text[], ${column(({ at }) => at)}::timestamptz[],
      ${column(({ sourceId }) => sourceId)}::uuid[])
      as n (id, item_id, kind, measure, code, instrument, quantity, why, at, source_id)`);
}

export function shortagesQuery(labId: string, after: readonly [at: string, id: string], limit: number) {
  return sql`
    select * from lis_inventory.shortage
    where lab_id = ${labId} and settled_at is null and (at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by at, id
    limit ${limit}`;
}

export function lockShortages(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ShortageRow[]> {
  return tx.rows<ShortageRow>(sql`
    select * from lis_inventory.shortage
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    order by id
    for update`);
}

export async function settleShortages(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  by: { readonly at: string; readonly name: string; readonly lotId: string | null; readonly reason: string },
): Promise<void> {
  await tx.rows(sql`
    update lis_inventory.shortage
    set settled_at = ${by.at}, settled_by = ${by.name}, settled_lot_id = ${by.lotId}, settle_reason = ${by.reason}
    where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}
