// The SQL statements of a person's history: signed values under every record of the person, the newest draw first. While a
// signed value is open again, its signed copy stands for it.
import type { Sql } from 'sql-template-tag';
import sql, { empty } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { ResultRow } from './store.ts';
import { whole } from './store.ts';

/** One drawing of one order. */
export interface Draw {
  /** Of its last tube. */
  readonly collectedAt: string;
  readonly orderId: string;
  /** Empty for an ordinary draw. */
  readonly draw: string;
}

interface Period {
  /** Every id of the person. */
  readonly patientIds: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
}

export interface DrawSearch extends Period {
  /** Empty: all. */
  readonly analyteCodes: readonly string[];
  readonly after: Draw | null;
  readonly limit: number;
}

function within({ from, to }: Period): Sql {
  const since = from === null ? empty : sql`and r.collected_at >= ${from}::timestamptz`;
  const until = to === null ? empty : sql`and r.collected_at < ${to}::timestamptz`;
  return sql`${since} ${until}`;
}

/** Signed copies of what is open again, as rows `s`, under one id of the person, `p.id`. */
const openAgain = (labId: string, ofAnalytes: Sql) => sql`
  select s.* from lis_result.result as o
  join lis_result.signed_version as v
    on v.lab_id = o.lab_id and v.result_id = o.id and v.number = (o.amendment ->> 'number')::int
  cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as s
  where o.lab_id = ${labId} and o.patient_id = p.id and o.amendment is not null
    and o.status in ('expected', 'awaiting', 'entered', 'verified') ${ofAnalytes}`;

/**
 * Draws with something signed, newest first. The tubes of one draw are scanned one after the other: the time is that of the
 * last. All of the person's draws are read each time, from an index that holds what is asked for.
 */
export function drawsQuery(labId: string, search: DrawSearch): Sql {
  const { patientIds, analyteCodes, after, limit } = search;
  const ofAnalytes = (row: Sql) =>
    analyteCodes.length === 0 ? empty : sql`and ${row}.analyte_code = any(${analyteCodes}::text[])`;
  const beyond =
    after === null
      ? empty
      : sql`having (max(d.collected_at), d.order_id, d.draw) < (${after.collectedAt}::timestamptz, ${after.orderId}::uuid, ${after.draw}::text)`;
  return sql`
    select max(d.collected_at) as collected_at, d.order_id, d.draw
    from unnest(${patientIds}::uuid[]) as p (id)
    cross join lateral (
      (select r.collected_at, r.order_id, coalesce(r.draw, '') from lis_result.result as r
       where r.lab_id = ${labId} and r.patient_id = p.id and r.status = 'authorised' ${ofAnalytes(sql`r`)} ${within(search)})
      union all
      (select r.collected_at, r.order_id, coalesce(r.draw, '') from (${openAgain(labId, ofAnalytes(sql`o`))}) as r
       where true ${within(search)})
    ) as d (collected_at, order_id, draw)
    group by d.order_id, d.draw
    ${beyond}
    order by max(d.collected_at) desc, d.order_id desc, d.draw desc
    limit ${limit}`;
}

export function listDraws(db: Db, labId: string, search: DrawSearch): Promise<readonly Draw[]> {
  return db.rows<Draw>(drawsQuery(labId, search));
}

/** All that was signed of these orders, each as it stands signed now, in catalogue order. */
export function signedOfOrdersQuery(labId: string, orderIds: readonly string[]): Sql {
  return sql`
    select ${whole} from (
      select r.* from lis_result.result as r
      where r.lab_id = ${labId} and r.order_id = any(${orderIds}::uuid[]) and r.status = 'authorised'
      union all
      select s.* from lis_result.result as o
      join lis_result.signed_version as v
        on v.lab_id = o.lab_id and v.result_id = o.id and v.number = (o.amendment ->> 'number')::int
      cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as s
      where o.lab_id = ${labId} and o.order_id = any(${orderIds}::uuid[]) and o.amendment is not null
        and o.status in ('expected', 'awaiting', 'entered', 'verified')
    ) as r
    order by r.order_id, r.position
    limit 20000`;
}

export function listSignedOfOrders(db: Db, labId: string, orderIds: readonly string[]): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(signedOfOrdersQuery(labId, orderIds));
}

export interface TrendSearch extends Period {
  readonly analyteCode: string;
  readonly after: { readonly collectedAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** Of one analyte, newest first. */
export function trendQuery(labId: string, search: TrendSearch): Sql {
  const { patientIds, analyteCode, after, limit } = search;
  const beyond =
    after === null
      ? empty
      : sql`and r.collected_at <= ${after.collectedAt}::timestamptz
          and (r.collected_at, r.id) < (${after.collectedAt}::timestamptz, ${after.id}::uuid)`;
  return sql`
    select ${whole}
    from unnest(${patientIds}::uuid[]) as p (id)
    cross join lateral (
      (select r.* from lis_result.result as r
       where r.lab_id = ${labId} and r.patient_id = p.id and r.analyte_code = ${analyteCode} and r.status = 'authorised'
         ${within(search)} ${beyond}
       order by r.collected_at desc, r.id desc
       limit ${limit})
      union all
      (select r.* from (${openAgain(labId, sql`and o.analyte_code = ${analyteCode}`)}) as r
       where true ${within(search)} ${beyond})
    ) as r
    order by r.collected_at desc, r.id desc
    limit ${limit}`;
}

export function listTrend(db: Db, labId: string, search: TrendSearch): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(trendQuery(labId, search));
}

export interface Preceding {
  readonly analyteCode: string;
  readonly collectedAt: string;
  readonly id: string;
}

export interface PrecedingRow {
  readonly analyteCode: string;
  readonly method: string | null;
  readonly unit: string;
  readonly collectedAt: string;
}

/** For each analyte the latest signed value before the one that is named: what its method and unit are compared with. */
export function precedingQuery(labId: string, patientIds: readonly string[], asked: readonly Preceding[]): Sql {
  return sql`
    select a.analyte_code, r.method, r.unit, r.collected_at
    from unnest(
      ${asked.map((a) => a.analyteCode)}::text[], ${asked.map((a) => a.collectedAt)}::timestamptz[], ${asked.map((a) => a.id)}::uuid[]
    ) as a (analyte_code, collected_at, id)
    cross join unnest(${patientIds}::uuid[]) as p (id)
    cross join lateral (
      select r.method, r.unit, r.collected_at from lis_result.result as r
      where r.lab_id = ${labId} and r.patient_id = p.id and r.analyte_code = a.analyte_code and r.status = 'authorised'
        and r.collected_at <= a.collected_at and (r.collected_at, r.id) < (a.collected_at, a.id)
      order by r.collected_at desc, r.id desc
      limit 1
    ) as r
    order by a.analyte_code, r.collected_at`;
}

export function listPreceding(
  db: Db,
  labId: string,
  patientIds: readonly string[],
  asked: readonly Preceding[],
): Promise<readonly PrecedingRow[]> {
  return asked.length === 0 || patientIds.length === 0
    ? Promise.resolve([])
    : db.rows<PrecedingRow>(precedingQuery(labId, patientIds, asked));
}
