// The SQL statements about what quality control and equipment hold.
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { OwnersHold } from '../domain/holds.ts';
import type { ResultRow } from '../store.ts';
import { measuredBy, whole } from '../store.ts';

/** One key for all labs' instruments: two that share a key wait for each other, which harms nobody. */
const lockKey = (labId: string, instrument: string) =>
  sql`hashtextextended(${`result.owner_hold ${labId} ${instrument}`}, 0)`;

/** Holds off a change of the holds of these instruments until the transaction ends. Must come before any row is locked. */
export async function shareHolds(tx: Tx, labId: string, instruments: readonly string[]): Promise<void> {
  for (const instrument of [...new Set(instruments)].sort())
    await tx.rows(sql`select pg_advisory_xact_lock_shared(${lockKey(labId, instrument)})`);
}

/** Waits until every entry from the instrument that has begun is written, and holds off new ones. */
export async function ownHolds(tx: Tx, labId: string, instrument: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(${lockKey(labId, instrument)})`);
}

export interface OwnerHoldRow {
  readonly hold: OwnersHold;
  readonly instrument: string;
  readonly analyteCode: string | null;
}

export function listActive(db: Db, labId: string, instruments: readonly string[]): Promise<readonly OwnerHoldRow[]> {
  return db.rows<OwnerHoldRow>(sql`
    select hold, instrument, analyte_code from lis_result.owner_hold
    where lab_id = ${labId} and instrument = any(${instruments}::text[]) and is_active`);
}

export interface HoldNews {
  readonly hold: OwnersHold;
  readonly id: string;
  readonly instrument: string;
  readonly analyteCode: string | null;
  readonly fromAt: string | null;
  readonly isActive: boolean;
  readonly reason: string;
  readonly toldAt: string;
}

/**
 * Keeps the news unless a later one is known; of two of the same moment the lifting one stands.
 * @returns whether it was news
 */
export async function keepNews(tx: Tx, labId: string, news: HoldNews): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_result.owner_hold as h (lab_id, hold, id, instrument, analyte_code, from_at, is_active, reason, told_at)
    values (${labId}::uuid, ${news.hold}, ${news.id}::uuid, ${news.instrument}, ${news.analyteCode}, ${news.fromAt}::timestamptz,
      ${news.isActive}, ${news.reason}, ${news.toldAt}::timestamptz)
    on conflict on constraint owner_hold_key do update
    set instrument = excluded.instrument, analyte_code = excluded.analyte_code, from_at = excluded.from_at,
      is_active = excluded.is_active, reason = excluded.reason, told_at = excluded.told_at
    where excluded.told_at > h.told_at or (excluded.told_at = h.told_at and not excluded.is_active)
    returning h.id`);
  return rows.length > 0;
}

/**
 * Orders with values of the instrument that are not signed; of one analyte and what is measured as it, or of all. Two reads,
 * for no index serves a condition on either of two columns.
 */
export function openOrdersQuery(labId: string, instrument: string, analyteCode: string | null): Sql {
  const open = sql`
    select r.order_id from lis_result.result as r
    where r.lab_id = ${labId} and ${measuredBy} = ${instrument} and r.status in ('entered', 'verified')`;
  if (analyteCode === null) return sql`select distinct o.order_id from (${open}) as o order by o.order_id`;
  return sql`
    select o.order_id from (${open} and r.analyte_code = ${analyteCode} union ${open} and r.measured_as = ${analyteCode}) as o
    order by o.order_id`;
}

export function listOpenOrders(
  db: Db,
  labId: string,
  instrument: string,
  analyteCode: string | null,
): Promise<readonly { readonly orderId: string }[]> {
  return db.rows(openOrdersQuery(labId, instrument, analyteCode));
}

/**
 * Gives each result the hold when an active one covers it, and takes it off when none does any more.
 * @returns rows that changed, as they are now
 */
export function settleHold(
  tx: Tx,
  labId: string,
  hold: OwnersHold,
  resultIds: readonly string[],
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set holds = case when c.reason is null then array_remove(r.holds, ${hold}) else array_append(array_remove(r.holds, ${hold}), ${hold}) end,
      hold_notes = coalesce((select jsonb_agg(n) from jsonb_array_elements(r.hold_notes) as n where n ->> 'hold' <> ${hold}), '[]'::jsonb)
        || case when c.reason is null then '[]'::jsonb
             else jsonb_build_array(jsonb_build_object('hold', ${hold}::text, 'text', c.reason)) end,
      version = r.version + 1
    from lis_result.result as o
    left join lateral (
      select h.reason from lis_result.owner_hold as h
      where h.lab_id = o.lab_id and h.hold = ${hold} and h.instrument = coalesce(o.read_from, o.source) and h.is_active
        and (h.analyte_code is null or h.analyte_code in (o.analyte_code, o.measured_as)) and (h.from_at is null or o.entered_at >= h.from_at)
      order by h.told_at, h.id
      limit 1
    ) as c on true
    where r.lab_id = ${labId} and o.lab_id = ${labId} and r.id = any(${resultIds}::uuid[]) and o.id = r.id
      and r.status in ('entered', 'verified')
      and (${hold} = any(r.holds)) <> (c.reason is not null)
    returning ${whole}`);
}
