// The chain of custody, and the register of rejections.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { CustodyAct, CustodyStep, RejectDecision, RejectionView, RejectReason } from './contract.ts';
import type { AfterInstant } from './tube-store.ts';

export interface NewStep {
  readonly tubeId: string;
  readonly act: CustodyAct;
  readonly at: string;
  readonly byId: string | null;
  readonly by: string;
  readonly place: string | null;
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function addSteps(tx: Tx, labId: string, steps: readonly NewStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.rows(sql`
    insert into lis_sample.custody (lab_id, tube_id, act, at, by_id, by_name, place, reason, facts)
    select ${labId}::uuid, (s ->> 'tubeId')::uuid, s ->> 'act', (s ->> 'at')::timestamptz, (s ->> 'byId')::uuid, s ->> 'by', s ->> 'place',
      s ->> 'reason', s -> 'facts'
    from jsonb_array_elements(${JSON.stringify(steps)}::jsonb) with ordinality as given (s, n)
    order by n`);
}

/** More steps than any tube has seen. */
const MAX_STEPS = 500;

export function stepsOf(db: Db, labId: string, tubeId: string): Promise<readonly Omit<CustodyStep, 'barcode'>[]> {
  return db.rows(sql`
    select tube_id, act, at, by_name as by, place, reason, facts from lis_sample.custody
    where lab_id = ${labId} and tube_id = ${tubeId}
    order by seq
    limit ${MAX_STEPS}`);
}

const rejection = sql`
  id, tube_id, order_id, patient_id, barcode, specimen, container_code, section, test_codes, collected_by, collected_at, reason_code,
  reason, rejected_at, rejected_by, decision, comment, decided_at, decided_by, new_tube_id`;

export interface NewRejection {
  readonly id: string;
  readonly tubeId: string;
  readonly reasonCode: RejectReason;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}

export function addRejection(
  tx: Tx,
  labId: string,
  { id, tubeId, reasonCode, reason, at, by }: NewRejection,
): Promise<RejectionView> {
  return tx.one<RejectionView>(sql`
    insert into lis_sample.rejection
      (id, lab_id, tube_id, order_id, patient_id, barcode, specimen, container_code, section, test_codes, collected_by, collected_at,
       reason_code, reason, rejected_at, rejected_by)
    select ${id}::uuid, lab_id, id, order_id, patient_id, barcode, specimen, container_code, section, test_codes, collected_by,
      collected_at, ${reasonCode}, ${reason}, ${at}::timestamptz, ${by}
    from lis_sample.tube as t
    where t.lab_id = ${labId} and t.id = ${tubeId}
    returning ${rejection}`);
}

/** The rejection of a tube that was decided last, or waits to be. */
export function lastRejection(db: Db, labId: string, tubeId: string): Promise<RejectionView | undefined> {
  return db.maybe<RejectionView>(sql`
    select ${rejection} from lis_sample.rejection where lab_id = ${labId} and tube_id = ${tubeId}
    order by rejected_at desc, id desc limit 1`);
}

export interface Decision {
  readonly rejectionId: string;
  readonly decision: RejectDecision;
  readonly comment: string | null;
  readonly at: string;
  readonly by: string;
  readonly newTubeId: string | null;
}

export function decide(
  tx: Tx,
  labId: string,
  { rejectionId, decision, comment, at, by, newTubeId }: Decision,
): Promise<RejectionView> {
  return tx.one<RejectionView>(sql`
    update lis_sample.rejection
    set decision = ${decision}, comment = ${comment}, decided_at = ${at}::timestamptz, decided_by = ${by}, new_tube_id = ${newTubeId}::uuid
    where lab_id = ${labId} and id = ${rejectionId} and decision is null
    returning ${rejection}`);
}

export function listUndecided(
  db: Db,
  labId: string,
  { after, limit }: AfterInstant,
): Promise<readonly RejectionView[]> {
  return db.rows<RejectionView>(sql`
    select ${rejection} from lis_sample.rejection
    where lab_id = ${labId} and decision is null and (rejected_at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by rejected_at, id
    limit ${limit}`);
}

/** Half-open: from the beginning of the first day to the beginning of the one after the last. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Newest first. */
export function listRejections(
  db: Db,
  labId: string,
  { from, to }: Span,
  reasonCode: RejectReason | null,
  { after, limit }: AfterInstant,
): Promise<readonly RejectionView[]> {
  return db.rows<RejectionView>(sql`
    select ${rejection} from lis_sample.rejection
    where lab_id = ${labId} and rejected_at >= ${from}::timestamptz and rejected_at < ${to}::timestamptz
      and (${reasonCode}::text is null or reason_code = ${reasonCode})
      and (rejected_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by rejected_at desc, id desc
    limit ${limit}`);
}

export function countRejections(
  db: Db,
  labId: string,
  { from, to }: Span,
): Promise<readonly { readonly reasonCode: RejectReason; readonly section: string; readonly count: number }[]> {
  return db.rows(sql`
    select reason_code, section, count(*)::int as count from lis_sample.rejection
    where lab_id = ${labId} and rejected_at >= ${from}::timestamptz and rejected_at < ${to}::timestamptz
    group by reason_code, section
    order by count desc, reason_code, section`);
}

export async function countCollected(db: Db, labId: string, { from, to }: Span): Promise<number> {
  const row = await db.one<{ n: number }>(sql`
    select count(*)::int as n from lis_sample.custody
    where lab_id = ${labId} and act = 'collected' and at >= ${from}::timestamptz and at < ${to}::timestamptz`);
  return row.n;
}
