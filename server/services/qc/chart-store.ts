// The SQL statements behind charts and months.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ControlRow } from './control-store.ts';
import type { PairKey } from './store.ts';

/** Newest first. */
export function chartQuery(
  labId: string,
  pair: PairKey,
  asked: { readonly level: number; readonly from: string; readonly to: string; readonly limit: number },
) {
  return sql`
    select * from lis_qc.control
    where lab_id = ${labId} and instrument = ${pair.instrument} and analyte_code = ${pair.analyteCode}
      and run_at >= ${asked.from}::timestamptz and run_at <= ${asked.to}::timestamptz and level = ${asked.level}
    order by run_at desc, run_id desc, level desc, id desc
    limit ${asked.limit}`;
}

export interface MonthRow {
  readonly lotId: string;
  readonly instrument: string;
  readonly analyteCode: string;
  readonly unit: string;
  readonly count: number;
  readonly rejected: number;
  /** Exact: PostgreSQL computes numerics in decimal. Null when every value was rejected. */
  readonly mean: string | null;
  readonly sd: string | null;
  readonly peer: string | null;
}

export type MonthPlace = readonly [instrument: string, analyteCode: string, lotId: string];

export function monthQuery(
  labId: string,
  asked: {
    readonly month: string;
    readonly from: string;
    readonly to: string;
    readonly instrument: string | null;
    readonly after: MonthPlace;
    readonly limit: number;
  },
) {
  return sql`
    with pairs as (
      select p.instrument, p.analyte_code, p.unit
      from lis_qc.pair as p
      where p.lab_id = ${labId} and (${asked.instrument}::text is null or p.instrument = ${asked.instrument})
        and (p.instrument, p.analyte_code) >= (${asked.after[0]}, ${asked.after[1]})
      order by p.instrument, p.analyte_code
    )
    select m.*, peer.mean as peer
    from (
      select c.lot_id, p.instrument, p.analyte_code, p.unit,
        count(*) filter (where c.outcome <> 'rejected') as count,
        count(*) filter (where c.outcome = 'rejected') as rejected,
        avg(c.value) filter (where c.outcome <> 'rejected') as mean,
        stddev_samp(c.value) filter (where c.outcome <> 'rejected') as sd
      from pairs as p
      cross join lateral (
        select lot_id, outcome, value from lis_qc.control
        where lab_id = ${labId} and instrument = p.instrument and analyte_code = p.analyte_code
          and run_at >= ${asked.from}::timestamptz and run_at < ${asked.to}::timestamptz and outcome <> 'void'
      ) as c
      group by p.instrument, p.analyte_code, p.unit, c.lot_id
      having (p.instrument, p.analyte_code, c.lot_id) > (${asked.after[0]}, ${asked.after[1]}, ${asked.after[2]}::uuid)
      order by p.instrument, p.analyte_code, c.lot_id
      limit ${asked.limit}
    ) as m
    left join lis_qc.peer_mean as peer
      on peer.lab_id = ${labId} and peer.instrument = m.instrument and peer.analyte_code = m.analyte_code
        and peer.lot_id = m.lot_id and peer.month = ${asked.month}
    order by m.instrument, m.analyte_code, m.lot_id`;
}

export function chartRows(
  db: Db,
  labId: string,
  pair: PairKey,
  asked: Parameters<typeof chartQuery>[2],
): Promise<readonly ControlRow[]> {
  return db.rows<ControlRow>(chartQuery(labId, pair, asked));
}

export async function savePeerMean(
  tx: Tx,
  labId: string,
  peer: PairKey & {
    readonly lotId: string;
    readonly month: string;
    readonly mean: string;
    readonly labs: number | null;
  },
): Promise<void> {
  await tx.rows(sql`
    insert into lis_qc.peer_mean (lab_id, lot_id, instrument, analyte_code, month, mean, labs)
    values (${labId}, ${peer.lotId}, ${peer.instrument}, ${peer.analyteCode}, ${peer.month}, ${peer.mean}, ${peer.labs})
    on conflict on constraint peer_mean_key do update set mean = excluded.mean, labs = excluded.labs`);
}
