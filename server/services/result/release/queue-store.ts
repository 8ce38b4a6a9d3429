// The SQL statements of the pathologist's queue and of quality control's look-back.
import sql, { empty } from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { ResultRow } from '../store.ts';
import { measuredBy, whole } from '../store.ts';

/** An order that waits for a signature. */
export interface QueuePlace {
  readonly priorityRank: number;
  readonly placedAt: string;
  readonly orderId: string;
}

export interface QueueSearch {
  readonly section: string | null;
  readonly after: QueuePlace | null;
  readonly limit: number;
}

/** Orders with something verified: STAT, urgent, routine, then as they were placed. Each once, read in the index's order. */
export function queueQuery(labId: string, { section, after, limit }: QueueSearch) {
  const inSection = section === null ? empty : sql`and r.section = ${section}`;
  const beyond =
    after === null
      ? empty
      : sql`and (r.priority_rank, r.placed_at, r.order_id)
          > (${after.priorityRank}::smallint, ${after.placedAt}::timestamptz, ${after.orderId}::uuid)`;
  return sql`
    select distinct r.priority_rank, r.placed_at, r.order_id from lis_result.result as r
    where r.lab_id = ${labId} and r.status = 'verified' ${inSection} ${beyond}
    order by r.priority_rank, r.placed_at, r.order_id
    limit ${limit}`;
}

export function listQueue(db: Db, labId: string, search: QueueSearch): Promise<readonly QueuePlace[]> {
  return db.rows<QueuePlace>(queueQuery(labId, search));
}

export interface InstrumentSearch {
  readonly instrument: string;
  readonly analyteCode: string;
  readonly from: string;
  readonly to: string;
  readonly after: { readonly enteredAt: string; readonly id: string } | null;
  readonly limit: number;
}

/**
 * Values of the analyte and of what is measured as it, oldest first. A cancelled test's value is among them: it was measured.
 * What was read from the instrument and typed as well. Two reads, for no index serves a condition on either of two columns.
 */
export function ofInstrumentQuery(labId: string, search: InstrumentSearch) {
  const { instrument, analyteCode, from, to, after, limit } = search;
  const beyond =
    after === null ? empty : sql`and (r.entered_at, r.id) > (${after.enteredAt}::timestamptz, ${after.id}::uuid)`;
  const oldest = (ofAnalyte: Sql) => sql`
    select r.* from lis_result.result as r
    where r.lab_id = ${labId} and ${measuredBy} = ${instrument} and r.source is not null and ${ofAnalyte}
      and r.entered_at >= ${from}::timestamptz and r.entered_at < ${to}::timestamptz ${beyond}
    order by r.entered_at, r.id
    limit ${limit}`;
  return sql`
    select ${whole} from (
      (${oldest(sql`r.analyte_code = ${analyteCode}`)})
      union all
      (${oldest(sql`r.measured_as = ${analyteCode} and r.analyte_code <> ${analyteCode}`)})
    ) as r
    order by r.entered_at, r.id
    limit ${limit}`;
}

export function listOfInstrument(db: Db, labId: string, search: InstrumentSearch): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(ofInstrumentQuery(labId, search));
}
