// The SQL statements that read lists of results.
import type { Sql } from 'sql-template-tag';
import sql, { empty } from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

import type { ResultStatus } from './contract.ts';
import type { ResultRow } from './store.ts';
import { whole } from './store.ts';

/** A row of the list, and by when it is due. */
export interface WorklistRow extends ResultRow {
  /** As promised; when it was ordered for what is older than promises. */
  readonly dueAt: string;
}

/** The place after which a page of the worklist begins. */
export interface WorklistPlace {
  readonly priorityRank: number;
  readonly cameAt: string;
  readonly orderId: string;
  readonly position: number;
}

export interface DuePlace {
  readonly dueAt: string;
  readonly orderId: string;
  readonly position: number;
}

/** By priority, then as the tubes came; or by promise. */
export type WorklistOrder =
  | { readonly sort: 'priority'; readonly after: WorklistPlace | null }
  | { readonly sort: 'promise'; readonly after: DuePlace | null };

export interface WorklistSearch {
  readonly status: ResultStatus;
  /** Empty: all. */
  readonly sections: readonly string[];
  readonly instrument?: string | null;
  readonly priorityRank?: number | null;
  readonly testCode?: string | null;
  readonly isHeldOnly?: boolean;
  readonly isFlaggedOnly?: boolean;
  readonly isInterimOnly?: boolean;
  readonly isWithoutCalculated?: boolean;
  readonly cameBefore?: string | null;
  readonly order: WorklistOrder;
  readonly limit: number;
}

/** Written as the index has it. Trap: PostgreSQL takes coalesce() for something that may leak past row level security. */
const due = sql`case when r.promised_at is null then r.placed_at else r.promised_at end`;

/**
 * One list of some sections is each section's own list, merged: an index gives each in its order, and no more is read than a
 * page of each. The states are written out where the index that is meant is of open results alone.
 */
export function worklistQuery(labId: string, search: WorklistSearch): Sql {
  const { sections, order, limit } = search;
  const [only] = sections;
  if (sections.length < 2) return pageOf(labId, search, only === undefined ? empty : sql`and r.section = ${only}`);
  const keys =
    order.sort === 'priority'
      ? sql`r.priority_rank, r.came_at, r.order_id, r.position`
      : sql`r.due_at, r.order_id, r.position`;
  return sql`
    select r.*
    from unnest(${[...new Set(sections)]}::text[]) as s (section)
    cross join lateral (${pageOf(labId, search, sql`and r.section = s.section`)}) as r
    order by ${keys}
    limit ${limit}`;
}

function pageOf(labId: string, search: WorklistSearch, inSection: Sql): Sql {
  const { status, order, limit } = search;
  return sql`
    select ${whole}, ${due} as due_at from lis_result.result as r
    where r.lab_id = ${labId} and r.status = ${status} ${inSection} ${narrowed(search)} ${beyond(order)}
    order by ${order.sort === 'priority' ? sql`r.priority_rank, r.came_at, r.order_id, r.position` : sql`${due}, r.order_id, r.position`}
    limit ${limit}`;
}

function narrowed(search: WorklistSearch): Sql {
  const { status, instrument, priorityRank, testCode, cameBefore } = search;
  const isValued = status === 'entered' || status === 'verified';
  const isOpen = isValued || status === 'expected' || status === 'awaiting';
  const parts = [
    isOpen && (testCode || search.order.sort === 'promise')
      ? sql`and r.status in ('expected', 'awaiting', 'entered', 'verified')`
      : empty,
    isValued && instrument ? sql`and r.status in ('entered', 'verified')` : empty,
    instrument ? sql`and r.source = ${instrument}` : empty,
    priorityRank === null || priorityRank === undefined ? empty : sql`and r.priority_rank = ${priorityRank}::smallint`,
    testCode ? sql`and r.test_code = ${testCode}` : empty,
    search.isHeldOnly ? sql`and r.holds <> '{}'` : empty,
    search.isFlaggedOnly ? sql`and r.flags <> '{}'` : empty,
    search.isInterimOnly ? sql`and r.detail ->> 'stage' = 'preliminary'` : empty,
    search.isWithoutCalculated ? sql`and not r.is_calculated` : empty,
    cameBefore ? sql`and r.came_at < ${cameBefore}::timestamptz` : empty,
  ];
  return parts.reduce((all, part) => sql`${all} ${part}`, empty);
}

function beyond(order: WorklistOrder): Sql {
  if (order.after === null) return empty;
  if (order.sort === 'promise') {
    const { dueAt, orderId, position } = order.after;
    // Said twice: the planner knows how much of the index lies beyond a time, and not beyond a row.
    return sql`and (${due}) >= ${dueAt}::timestamptz
      and (${due}, r.order_id, r.position) > (${dueAt}::timestamptz, ${orderId}::uuid, ${position}::int)`;
  }
  const { priorityRank, cameAt, orderId, position } = order.after;
  return sql`and (r.priority_rank, r.came_at, r.order_id, r.position)
    > (${priorityRank}::smallint, ${cameAt}::timestamptz, ${orderId}::uuid, ${position}::int)`;
}

export function listWorklist(db: Db, labId: string, search: WorklistSearch): Promise<readonly WorklistRow[]> {
  return db.rows<WorklistRow>(worklistQuery(labId, search));
}

export interface LeftOverPlace {
  readonly cameAt: string;
  readonly orderId: string;
  readonly position: number;
}

export interface LeftOverSearch {
  readonly section: string | null;
  readonly cameBefore: string;
  readonly after: LeftOverPlace | null;
  readonly limit: number;
}

/** Oldest first, whatever its state. A calculated one without a value waits for nobody. */
export function leftOverQuery(labId: string, { section, cameBefore, after, limit }: LeftOverSearch): Sql {
  const inSection = section === null ? empty : sql`and r.section = ${section}`;
  const from =
    after === null
      ? empty
      : sql`and (r.came_at, r.order_id, r.position) > (${after.cameAt}::timestamptz, ${after.orderId}::uuid, ${after.position}::int)`;
  return sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.status in ('awaiting', 'entered', 'verified') and r.came_at < ${cameBefore}::timestamptz
      and not (r.is_calculated and r.status = 'awaiting') ${inSection} ${from}
    order by r.came_at, r.order_id, r.position
    limit ${limit}`;
}

export function listLeftOver(db: Db, labId: string, search: LeftOverSearch): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(leftOverQuery(labId, search));
}

export interface CountRow {
  readonly section: string;
  readonly status: 'awaiting' | 'entered' | 'verified';
  readonly count: number;
  readonly stat: number;
  readonly urgent: number;
  readonly overdue: number;
  readonly held: number;
  readonly oldestCameAt: string;
}

/** What is open by section and state: all of it is read, by an index that holds nothing else. */
export function benchCountsQuery(labId: string, now: string): Sql {
  return sql`
    select r.section, r.status, count(*)::int as count, count(*) filter (where r.priority_rank = 0)::int as stat,
      count(*) filter (where r.priority_rank = 1)::int as urgent,
      count(*) filter (where r.promised_at < ${now}::timestamptz)::int as overdue,
      count(*) filter (where r.holds <> '{}')::int as held, min(r.came_at) as oldest_came_at
    from lis_result.result as r
    where r.lab_id = ${labId} and r.status in ('awaiting', 'entered', 'verified') and not r.is_calculated
    group by r.section, r.status
    order by r.section, r.status
    limit 1000`;
}

export function countBench(db: Db, labId: string, now: string): Promise<readonly CountRow[]> {
  return db.rows<CountRow>(benchCountsQuery(labId, now));
}

/** More than any 200 orders hold; reaching it is a fault, never a silent cut. */
const MAX_OF_ORDERS = 50_000;

export function ofOrdersQuery(labId: string, orderIds: readonly string[]) {
  return sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.order_id = any(${orderIds}::uuid[])
    order by r.order_id, r.position
    limit ${MAX_OF_ORDERS}`;
}

export async function listOfOrders(db: Db, labId: string, orderIds: readonly string[]): Promise<readonly ResultRow[]> {
  const rows = await db.rows<ResultRow>(ofOrdersQuery(labId, orderIds));
  if (rows.length === MAX_OF_ORDERS) throw new Error('Too many results of these orders to give them all');
  return rows;
}
