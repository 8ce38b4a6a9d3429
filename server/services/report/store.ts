// Every SQL statement of the report service.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ReportView } from './contract.ts';
import type { ReportContent } from './domain/report-content.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The lab under which a check code is looked up: nobody's, since none is known yet. */
export const beforeAnyLab = NOBODY;

// Of one order at most one version is not superseded: the one that a superseded one was replaced by. The file has its id from the start, and is there to be read from the release on.
const VIEW = sql`
  r.id, r.order_id, r.patient_id, r.number, r.version, r.status, case when r.released_at is not null then r.file_id end as file_id,
  r.sha256, r.size_bytes, r.content -> 'verification' ->> 'url' as verify_url, r.composed_at, r.released_at, r.signed_by,
  coalesce(r.content -> 'report' ->> 'status' = 'interim', false) as is_partial,
  coalesce(jsonb_array_length(r.content -> 'report' -> 'changes'), 0) > 0 as is_amended,
  case when r.status = 'superseded' then (
    select n.number from lis_report.report as n
    where n.lab_id = r.lab_id and n.order_id = r.order_id and n.status <> 'superseded') end as superseded_by`;

export function find(db: Db, labId: string, reportId: string): Promise<ReportView | undefined> {
  return db.maybe<ReportView>(sql`
    select ${VIEW} from lis_report.report as r
    where r.lab_id = ${labId} and r.id = ${reportId}`);
}

const MOST_REPORTS = 2000;

/** Newest version first within each order. */
export function listOfOrders(db: Db, labId: string, orderIds: readonly string[]): Promise<readonly ReportView[]> {
  return db.rows<ReportView>(sql`
    select ${VIEW} from lis_report.report as r
    where r.lab_id = ${labId} and r.order_id = any(${orderIds}::uuid[])
    order by r.order_id, r.version desc
    limit ${MOST_REPORTS}`);
}

/** A signed result as a version printed it. */
export interface PrintedResult {
  readonly resultId: string;
  readonly authorisedAt: string | null;
}

export interface LatestReport extends ReportView {
  readonly basis: string;
  /** Null: composed before this was kept. */
  readonly printed: readonly PrintedResult[] | null;
}

export function findLatest(db: Db, labId: string, orderId: string): Promise<LatestReport | undefined> {
  return db.maybe<LatestReport>(sql`
    select ${VIEW}, r.basis, r.printed from lis_report.report as r
    where r.lab_id = ${labId} and r.order_id = ${orderId}
    order by r.version desc
    limit 1`);
}

/** What was handed out of this order, newest first. */
export function listReleased(
  db: Db,
  labId: string,
  orderId: string,
): Promise<
  readonly {
    readonly number: string;
    readonly composedAt: string;
    readonly printed: readonly PrintedResult[] | null;
  }[]
> {
  return db.rows(sql`
    select r.number, r.composed_at, r.printed from lis_report.report as r
    where r.lab_id = ${labId} and r.order_id = ${orderId} and r.released_at is not null
    order by r.version desc
    limit ${MOST_REPORTS}`);
}

/** Until the end of the transaction no other composes a report of this order. */
export async function lockOrder(tx: Tx, labId: string, orderId: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`report ${labId} ${orderId}`}, 0))`);
}

export interface NewReport {
  readonly id: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly basis: string;
  readonly printed: readonly PrintedResult[];
  readonly content: ReportContent;
  readonly checkCode: string;
  readonly fileId: string;
}

export function add(tx: Tx, labId: string, report: NewReport): Promise<ReportView> {
  const { content } = report;
  return tx.one<ReportView>(sql`
    insert into lis_report.report as r
      (id, lab_id, order_id, patient_id, number, version, status, basis, printed, content, check_code, file_id, signed_by, composed_at)
    values
      (${report.id}, ${labId}, ${report.orderId}, ${report.patientId}, ${content.report.number}, ${content.report.version}, 'making',
       ${report.basis}, ${JSON.stringify(report.printed)}::jsonb, ${JSON.stringify(content)}::jsonb, ${report.checkCode}, ${report.fileId}, ${content.signatory.name},
       ${content.report.reportedAt}::timestamptz)
    returning ${VIEW}`);
}

/** Returns the ids of those that were current till now. */
export async function supersedeBefore(
  tx: Tx,
  labId: string,
  orderId: string,
  version: number,
): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    update lis_report.report set status = 'superseded'
    where lab_id = ${labId} and order_id = ${orderId} and version < ${version} and status <> 'superseded'
    returning id`);
  return rows.map(({ id }) => id);
}

export interface ReportToRender {
  readonly id: string;
  readonly status: ReportView['status'];
  readonly number: string;
  readonly orderId: string;
  readonly fileId: string;
  readonly content: unknown;
}

export function findToRender(db: Db, labId: string, reportId: string): Promise<ReportToRender | undefined> {
  return db.maybe<ReportToRender>(sql`
    select id, status, number, order_id, file_id, content from lis_report.report
    where lab_id = ${labId} and id = ${reportId}`);
}

/** Nothing when it was released or superseded meanwhile. */
export function release(
  tx: Tx,
  labId: string,
  reportId: string,
  pdf: { readonly sha256: string; readonly sizeBytes: number; readonly at: string },
): Promise<ReportView | undefined> {
  return tx.maybe<ReportView>(sql`
    update lis_report.report as r
    set status = 'released', released_at = ${pdf.at}::timestamptz, sha256 = ${pdf.sha256}, size_bytes = ${pdf.sizeBytes}, failure = null
    where r.lab_id = ${labId} and r.id = ${reportId} and r.status in ('making', 'failed')
    returning ${VIEW}`);
}

/** Notes why the PDF could not be made; nothing when it was released or superseded meanwhile. */
export function noteFailure(
  tx: Tx,
  labId: string,
  reportId: string,
  code: string,
): Promise<{ readonly id: string } | undefined> {
  return tx.maybe<{ id: string }>(sql`
    update lis_report.report set status = 'failed', failure = ${code}
    where lab_id = ${labId} and id = ${reportId} and status in ('making', 'failed')
    returning id`);
}

export function makeAgain(tx: Tx, labId: string, reportId: string): Promise<ReportView> {
  return tx.one<ReportView>(sql`
    update lis_report.report as r set status = 'making'
    where r.lab_id = ${labId} and r.id = ${reportId} and r.status in ('making', 'failed')
    returning ${VIEW}`);
}

export function findByCheckCode(
  db: Db,
  code: string,
): Promise<{ readonly labId: string; readonly id: string } | undefined> {
  return db.maybe<{ labId: string; id: string }>(sql`select lab_id, id from lis_report.report_of_check_code(${code})`);
}

/** The lab's name as it was printed: that is what the person with the paper compares. */
export function findToCheck(
  db: Db,
  labId: string,
  reportId: string,
): Promise<(ReportView & { readonly labName: string }) | undefined> {
  return db.maybe<ReportView & { labName: string }>(sql`
    select ${VIEW}, r.content -> 'lab' ->> 'name' as lab_name from lis_report.report as r
    where r.lab_id = ${labId} and r.id = ${reportId}`);
}
