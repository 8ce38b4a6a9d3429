// The SQL statements of what is pending, late or will be, and of breaches with their reasons.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { BreachReason, BreachView, PendingLine } from './contract.ts';
import type { LineState } from './line-store.ts';

export type OpenLine = Omit<PendingLine, 'isOverdue'>;

export interface OpenSearch {
  readonly section: string | null;
  /** The instant an open line is listed by, and its id, of the last row before. */
  readonly after: readonly [at: string, lineId: string];
  /** Exclusive. */
  readonly until: string;
  readonly limit: number;
}

const columns = sql`
  s.line_id, s.order_id, o.number as order_number, o.patient_id, s.test_code, l.test_name, s.section, o.priority, s.stage,
  s.is_outsourced, s.placed_at, s.promised_at, s.collected_at, s.received_at`;

const listedBy = { age: sql`s.placed_at`, promise: sql`s.promised_at` } as const;

/** Open lines by the time they were ordered, or by their promise. */
export function listOpen(
  db: Db,
  labId: string,
  by: keyof typeof listedBy,
  { after, until, section, limit }: OpenSearch,
): Promise<readonly OpenLine[]> {
  const instant = listedBy[by];
  return db.rows<OpenLine>(sql`
    select ${columns}
    from lis_order.line_state as s
    join lis_order.placed_order as o on o.id = s.order_id
    join lis_order.order_line as l on l.id = s.line_id
    where s.lab_id = ${labId} and s.stage not in ('authorised', 'cancelled')
      and (${instant}, s.line_id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
      and ${instant} < ${until}::timestamptz
      and (${section}::text is null or s.section = ${section})
    order by ${instant}, s.line_id
    limit ${limit}`);
}

export interface RiskLine extends OpenLine {
  readonly expectedAt: string;
  /** Minutes from drawing to signature it is reckoned by. */
  readonly paceMinutes: number;
  /** Lines of the lab the pace was taken from; null when it is the catalogue's. */
  readonly paceLines: number | null;
}

/** Fewer lines than this say nothing about how long a test takes here. */
const ENOUGH_LINES = 5;

/**
 * Open lines that have passed their promise or will at the usual pace, by promise, so that what is late comes first. While the
 * lab has too few lines of a test the catalogue's urgent turnaround stands for the pace: it says how fast the test can be
 * done; the routine one would name every tube that is not drawn in the minute it was ordered.
 */
export function listAtRisk(
  db: Db,
  labId: string,
  now: string,
  search: Omit<OpenSearch, 'until'>,
): Promise<readonly RiskLine[]> {
  return db.rows<RiskLine>(sql`
    select ${columns}, pace.minutes as pace_minutes, p.lines as pace_lines, e.expected_at
    from lis_order.line_state as s
    join lis_order.placed_order as o on o.id = s.order_id
    join lis_order.order_line as l on l.id = s.line_id
    left join lis_order.test_pace as p on p.lab_id = ${labId} and p.test_code = s.test_code and p.lines >= ${ENOUGH_LINES}
    cross join lateral (select coalesce(p.median_minutes, s.urgent_minutes) as minutes) as pace
    cross join lateral (
      select greatest(${now}::timestamptz,
        coalesce(s.collected_at, ${now}::timestamptz) + pace.minutes * interval '1 minute') as expected_at
    ) as e
    where s.lab_id = ${labId} and s.stage not in ('authorised', 'cancelled')
      and (s.promised_at, s.line_id) > (${search.after[0]}::timestamptz, ${search.after[1]}::uuid)
      and e.expected_at > s.promised_at
      and (${search.section}::text is null or s.section = ${search.section})
    order by s.promised_at, s.line_id
    limit ${search.limit}`);
}

/** Notes lines that were signed after their promise; a reason given while they were open stays. */
export async function noteBreaches(tx: Tx, labId: string, orderId: string, lines: readonly LineState[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.rows(sql`
    insert into lis_order.breach (lab_id, order_id, line_id, test_code, section, promised_at, finished_at)
    select ${labId}::uuid, ${orderId}::uuid, b.line_id, b.test_code, b.section, b.promised_at, b.finished_at
    from unnest(
      ${lines.map((line) => line.lineId)}::uuid[], ${lines.map((line) => line.testCode)}::text[],
      ${lines.map((line) => line.section)}::text[], ${lines.map((line) => line.promisedAt)}::timestamptz[],
      ${lines.map((line) => line.finishedAt)}::timestamptz[]
    ) as b (line_id, test_code, section, promised_at, finished_at)
    on conflict (order_id, line_id) do update set finished_at = excluded.finished_at, promised_at = excluded.promised_at`);
}

export interface BreachCause {
  readonly reason: BreachReason;
  readonly note: string | null;
  readonly by: string;
  readonly at: string;
}

/** Says why a line is late; makes the breach of one that is still open. */
export async function giveReason(
  tx: Tx,
  labId: string,
  orderId: string,
  line: LineState,
  cause: BreachCause,
): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.breach
      (lab_id, order_id, line_id, test_code, section, promised_at, finished_at, reason, note, set_by, set_at)
    values (${labId}, ${orderId}, ${line.lineId}, ${line.testCode}, ${line.section}, ${line.promisedAt}::timestamptz,
      ${line.finishedAt}::timestamptz, ${cause.reason}, ${cause.note}, ${cause.by}, ${cause.at}::timestamptz)
    on conflict (order_id, line_id) do update
    set reason = excluded.reason, note = excluded.note, set_by = excluded.set_by, set_at = excluded.set_at`);
}

export function findBreach(db: Db, labId: string, orderId: string, lineId: string): Promise<BreachView | undefined> {
  return db.maybe<BreachView>(sql`
    select b.line_id, b.order_id, o.number as order_number, b.test_code, b.section, b.promised_at, b.finished_at, b.reason,
      b.note, b.set_by, b.set_at
    from lis_order.breach as b
    join lis_order.placed_order as o on o.id = b.order_id
    where b.lab_id = ${labId} and b.order_id = ${orderId} and b.line_id = ${lineId}`);
}

/** Newest promise first. */
export function listBreaches(
  db: Db,
  labId: string,
  search: {
    readonly from: string;
    readonly section: string | null;
    /** Promise and line id of the last row before. */
    readonly before: readonly [promisedAt: string, lineId: string];
    readonly limit: number;
  },
): Promise<readonly BreachView[]> {
  return db.rows<BreachView>(sql`
    select b.line_id, b.order_id, o.number as order_number, b.test_code, b.section, b.promised_at, b.finished_at, b.reason,
      b.note, b.set_by, b.set_at
    from lis_order.breach as b
    join lis_order.placed_order as o on o.id = b.order_id
    where b.lab_id = ${labId} and b.promised_at >= ${search.from}::timestamptz
      and (b.promised_at, b.line_id) < (${search.before[0]}::timestamptz, ${search.before[1]}::uuid)
      and (${search.section}::text is null or b.section = ${search.section})
    order by b.promised_at desc, b.line_id desc
    limit ${search.limit}`);
}
