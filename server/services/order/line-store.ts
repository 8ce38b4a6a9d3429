// The SQL statements of the clock and progress of lines, cancellations, reflex proposals and breaches.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { LineStage, ReflexProposal } from './contract.ts';

export interface LineState {
  readonly lineId: string;
  readonly testCode: string;
  readonly section: string;
  readonly stage: LineStage;
  readonly clockFrom: string;
  readonly promisedAt: string;
  readonly routineMinutes: number;
  readonly urgentMinutes: number;
  readonly collectedAt: string | null;
  readonly receivedAt: string | null;
  readonly enteredAt: string | null;
  readonly verifiedAt: string | null;
  readonly finishedAt: string | null;
  readonly draws: number;
}

/** Starts the clock of lines of before there was one. Their minutes are what was promised when they were ordered. */
async function startOldClocks(tx: Tx, labId: string, orderId: string): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.line_state
      (lab_id, order_id, line_id, test_code, section, stage, placed_at, clock_from, promised_at, routine_minutes,
       urgent_minutes, is_outsourced)
    select l.lab_id, l.order_id, l.id, l.test_code, l.section, 'ordered', o.placed_at, o.placed_at, l.promised_at, m.minutes,
      m.minutes, l.is_outsourced
    from lis_order.order_line as l
    join lis_order.placed_order as o on o.id = l.order_id
    cross join lateral (
      select greatest(1, extract(epoch from l.promised_at - o.placed_at) / 60)::int as minutes
    ) as m
    where l.lab_id = ${labId} and l.order_id = ${orderId}
      and not exists (select from lis_order.line_state as s where s.order_id = l.order_id and s.line_id = l.id)
    on conflict (order_id, line_id) do nothing`);
}

/** The lines of an order, locked in one sequence so that two changes wait for each other and never block. */
export async function lockLines(tx: Tx, labId: string, orderId: string): Promise<readonly LineState[]> {
  await startOldClocks(tx, labId, orderId);
  return tx.rows<LineState>(sql`
    select line_id, test_code, section, stage, clock_from, promised_at, routine_minutes, urgent_minutes, collected_at,
      received_at, entered_at, verified_at, finished_at, draws
    from lis_order.line_state
    where lab_id = ${labId} and order_id = ${orderId}
    order by line_id
    for update`);
}

export async function saveLines(tx: Tx, labId: string, orderId: string, lines: readonly LineState[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.rows(sql`
    update lis_order.line_state as s
    set stage = n.stage, clock_from = n.clock_from, promised_at = n.promised_at, collected_at = n.collected_at,
      received_at = n.received_at, entered_at = n.entered_at, verified_at = n.verified_at, finished_at = n.finished_at,
      draws = n.draws
    from unnest(
      ${lines.map((line) => line.lineId)}::uuid[], ${lines.map((line) => line.stage)}::text[],
      ${lines.map((line) => line.clockFrom)}::timestamptz[], ${lines.map((line) => line.promisedAt)}::timestamptz[],
      ${lines.map((line) => line.collectedAt)}::timestamptz[], ${lines.map((line) => line.receivedAt)}::timestamptz[],
      ${lines.map((line) => line.enteredAt)}::timestamptz[], ${lines.map((line) => line.verifiedAt)}::timestamptz[],
      ${lines.map((line) => line.finishedAt)}::timestamptz[], ${lines.map((line) => line.draws)}::int[]
    ) as n (line_id, stage, clock_from, promised_at, collected_at, received_at, entered_at, verified_at, finished_at, draws)
    where s.lab_id = ${labId} and s.order_id = ${orderId} and s.line_id = n.line_id`);
}

export interface Cancellation {
  readonly lineId: string;
  readonly stageBefore: LineStage;
}

export async function noteCancellations(
  tx: Tx,
  labId: string,
  orderId: string,
  lines: readonly Cancellation[],
  by: { readonly reason: string; readonly at: string; readonly by: string },
): Promise<void> {
  await tx.rows(sql`
    insert into lis_order.line_cancellation (lab_id, order_id, line_id, stage_before, reason, cancelled_at, cancelled_by)
    select ${labId}::uuid, ${orderId}::uuid, c.line_id, c.stage_before, ${by.reason}, ${by.at}::timestamptz, ${by.by}
    from unnest(
      ${lines.map((line) => line.lineId)}::uuid[], ${lines.map((line) => line.stageBefore)}::text[]
    ) as c (line_id, stage_before)`);
}

/** The reasons lines of some orders were cancelled for. */
export function cancellationsOf(
  db: Db,
  labId: string,
  orderIds: readonly string[],
): Promise<readonly { readonly lineId: string; readonly reason: string; readonly cancelledAt: string }[]> {
  return db.rows(sql`
    select line_id, reason, cancelled_at from lis_order.line_cancellation
    where lab_id = ${labId} and order_id = any(${orderIds}::uuid[])`);
}

/** How many of a test's last lines its pace is taken from. */
const PACE_LINES = 50;

/** Reckons how long tests usually take from drawing to signature: the middle of their last lines. */
export async function renewPace(tx: Tx, labId: string, testCodes: readonly string[]): Promise<void> {
  // In one sequence of codes, so that two orders signed at once wait for each other and never block.
  await tx.rows(sql`
    insert into lis_order.test_pace (lab_id, test_code, median_minutes, lines)
    select ${labId}::uuid, c.code, p.median, p.lines
    from (select code from unnest(${testCodes}::text[]) as c (code) order by code) as c
    cross join lateral (
      select percentile_cont(0.5) within group (order by extract(epoch from l.finished_at - l.collected_at) / 60)::int as median,
        count(*)::int as lines
      from (
        select finished_at, collected_at from lis_order.line_state
        where lab_id = ${labId} and test_code = c.code and stage = 'authorised' and collected_at is not null
        order by finished_at desc
        limit ${PACE_LINES}
      ) as l
    ) as p
    where p.lines > 0
    on conflict (lab_id, test_code) do update set median_minutes = excluded.median_minutes, lines = excluded.lines`);
}

/** False when the rule has proposed the test for this order already. */
export async function addProposal(
  tx: Tx,
  labId: string,
  proposal: Omit<ReflexProposal, 'orderNumber' | 'status' | 'decidedAt' | 'decidedBy'>,
): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_order.reflex_proposal
      (id, lab_id, order_id, patient_id, rule_code, test_code, result_ids, status, proposed_at)
    values (${proposal.id}, ${labId}, ${proposal.orderId}, ${proposal.patientId}, ${proposal.ruleCode}, ${proposal.testCode},
      ${proposal.resultIds}::uuid[], 'open', ${proposal.proposedAt}::timestamptz)
    on conflict (order_id, rule_code, test_code) do nothing
    returning id`);
  return rows.length > 0;
}

export function lockProposal(tx: Tx, labId: string, proposalId: string): Promise<ReflexProposal | undefined> {
  return tx.maybe<ReflexProposal>(sql`
    select p.id, p.order_id, o.number as order_number, p.patient_id, p.rule_code, p.test_code, p.result_ids, p.status,
      p.proposed_at, p.decided_at, p.decided_by
    from lis_order.reflex_proposal as p
    join lis_order.placed_order as o on o.id = p.order_id
    where p.lab_id = ${labId} and p.id = ${proposalId}
    for update of p`);
}

export async function decideProposal(
  tx: Tx,
  labId: string,
  proposalId: string,
  decided: { readonly status: string; readonly at: string; readonly by: string },
): Promise<void> {
  await tx.rows(sql`
    update lis_order.reflex_proposal
    set status = ${decided.status}, decided_at = ${decided.at}::timestamptz, decided_by = ${decided.by}
    where lab_id = ${labId} and id = ${proposalId}`);
}

/** Oldest first. */
export function listProposals(
  db: Db,
  labId: string,
  status: string,
  after: readonly [proposedAt: string, id: string],
  limit: number,
): Promise<readonly ReflexProposal[]> {
  return db.rows<ReflexProposal>(sql`
    select p.id, p.order_id, o.number as order_number, p.patient_id, p.rule_code, p.test_code, p.result_ids, p.status,
      p.proposed_at, p.decided_at, p.decided_by
    from lis_order.reflex_proposal as p
    join lis_order.placed_order as o on o.id = p.order_id
    where p.lab_id = ${labId} and p.status = ${status} and (p.proposed_at, p.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by p.proposed_at, p.id
    limit ${limit}`);
}
