// The SQL statement of turnaround summaries.
import sql, { empty } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { TurnaroundGroup } from './contract.ts';

const MOST_GROUPS = 1000;

export interface SummaryPeriod {
  readonly from: string;
  /** Exclusive. */
  readonly until: string;
  readonly groupBy: 'test' | 'section' | 'priority';
}

/** Lines first signed in the period. The percentile is the smallest of the values that 9 of 10 do not exceed. */
export function summarise(
  db: Db,
  labId: string,
  { from, until, groupBy }: SummaryPeriod,
): Promise<readonly TurnaroundGroup[]> {
  const key = { test: sql`s.test_code`, section: sql`s.section`, priority: sql`o.priority` }[groupBy];
  const order = groupBy === 'priority' ? sql`join lis_order.placed_order as o on o.id = s.order_id` : empty;
  return db.rows<TurnaroundGroup>(sql`
    select ${key} as key, count(*)::int as lines,
      percentile_disc(0.5) within group (order by m.minutes)::int as median_minutes,
      percentile_disc(0.9) within group (order by m.minutes)::int as p90_minutes,
      (count(*) filter (where s.finished_at > s.promised_at))::int as breaches
    from lis_order.line_state as s
    ${order}
    cross join lateral (select ceil(extract(epoch from s.finished_at - s.clock_from) / 60) as minutes) as m
    where s.lab_id = ${labId} and s.stage <> 'cancelled'
      and s.finished_at >= ${from}::timestamptz and s.finished_at < ${until}::timestamptz
    group by 1
    order by 1
    limit ${MOST_GROUPS}`);
}
