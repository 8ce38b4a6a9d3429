// The SQL statements of the result service; those of a patient's correction are in correction-store.ts.
import sql, { empty } from 'sql-template-tag';

import type { AnalyteKind } from '#contract/order.ts';
import type { Db, Tx } from '#platform/service.ts';

import type { EntryOutcome, ResultStatus, ResultView } from './contract.ts';
import type { Standing } from './domain/instrument-entry.ts';
import type { Person } from './domain/reference-range.ts';

/** A result as stored: what others see, and what judging and paging need. */
export interface ResultRow extends ResultView {
  readonly position: number;
  readonly priorityRank: number;
  readonly cameAt: string;
  readonly ucum: string | null;
  readonly decimals: number | null;
  readonly choices: readonly string[];
  readonly verifiedById: string | null;
  /** Sex and age at collection the value was judged by; null when there is no value, or they are unknown. */
  readonly person: Person | null;
  /** Corrections of the patient that passed while the result was open. */
  readonly corrections: number;
}

export interface NewResult {
  readonly id: string;
  readonly lineId: string;
  readonly position: number;
  readonly testCode: string;
  readonly testName: string;
  readonly section: string;
  readonly specimen: string;
  readonly method: string | null;
  readonly analyteCode: string;
  readonly analyteName: string;
  readonly loinc: string | null;
  readonly kind: AnalyteKind;
  readonly ucum: string | null;
  readonly unit: string;
  readonly decimals: number | null;
  readonly choices: readonly string[];
}

export interface OfOrder {
  readonly labId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly priorityRank: number;
  readonly placedAt: string;
}

/** Rows that are there already (same line and analyte) stay as they are. */
export async function addExpected(tx: Tx, order: OfOrder, results: readonly NewResult[]): Promise<void> {
  const column = <T>(pick: (result: NewResult) => T) => results.map(pick);
  await tx.rows(sql`
    insert into lis_result.result
      (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, test_code, test_name, section, specimen, method,
       analyte_code, analyte_name, loinc, kind, ucum, unit, decimals, choices)
    select n.id, ${order.labId}::uuid, ${order.orderId}::uuid, n.line_id, ${order.patientId}::uuid, n.position,
      ${order.priorityRank}::smallint, ${order.placedAt}::timestamptz, n.test_code, n.test_name, n.section, n.specimen, n.method,
      n.analyte_code, n.analyte_name, n.loinc, n.kind, n.ucum, n.unit, n.decimals, n.choices
    from unnest(
      ${column((r) => r.id)}::uuid[], ${column((r) => r.lineId)}::uuid[], ${column((r) => r.position)}::int[],
      ${column((r) => r.testCode)}::text[], ${column((r) => r.testName)}::text[], ${column((r) => r.section)}::text[],
      ${column((r) => r.specimen)}::text[], ${column((r) => r.method)}::text[], ${column((r) => r.analyteCode)}::text[],
      ${column((r) => r.analyteName)}::text[], ${column((r) => r.loinc)}::text[], ${column((r) => r.kind)}::text[],
      ${column((r) => r.ucum)}::text[], ${column((r) => r.unit)}::text[], ${column((r) => r.decimals)}::smallint[],
      ${column((r) => JSON.stringify(r.choices))}::jsonb[]
    ) as n (id, line_id, position, test_code, test_name, section, specimen, method, analyte_code, analyte_name, loinc, kind, ucum,
            unit, decimals, choices)
    on conflict on constraint result_of_line do nothing`);
}

/** Rows of some lines of an order, locked in order of id, as every lock here, so that two commands cannot wait for each other. */
export function lockLines(
  tx: Tx,
  labId: string,
  orderId: string,
  lineIds: readonly string[],
): Promise<readonly { readonly id: string; readonly lineId: string; readonly status: ResultStatus }[]> {
  return tx.rows(sql`
    select id, line_id, status
    from lis_result.result
    where lab_id = ${labId} and order_id = ${orderId} and line_id = any(${lineIds}::uuid[])
    order by id
    for update`);
}

export async function setCollected(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  tube: { readonly barcode: string; readonly collectedAt: string },
): Promise<void> {
  await tx.rows(sql`
    update lis_result.result
    set status = 'awaiting', barcode = ${tube.barcode}, collected_at = ${tube.collectedAt}::timestamptz, version = version + 1
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and status = 'expected'`);
}

/** The first scan counts. The version stays: nothing that a person judges has changed. */
export async function setReceived(tx: Tx, labId: string, ids: readonly string[], receivedAt: string): Promise<void> {
  await tx.rows(sql`
    update lis_result.result
    set received_at = ${receivedAt}::timestamptz
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and received_at is null`);
}

export function find(db: Db, labId: string, id: string): Promise<ResultRow | undefined> {
  return db.maybe<ResultRow>(sql`select * from lis_result.result where lab_id = ${labId} and id = ${id}`);
}

/** In order of id. */
export function lock(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    select * from lis_result.result where lab_id = ${labId} and id = any(${ids}::uuid[]) order by id for update`);
}

export function orderIdsOf(
  tx: Tx,
  labId: string,
  ids: readonly string[],
): Promise<readonly { readonly orderId: string }[]> {
  return tx.rows(sql`
    select distinct order_id from lis_result.result where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

/** All results of the orders, in order of id: whoever asks whether an order is complete must see what others are about to sign. */
export function lockOrders(tx: Tx, labId: string, orderIds: readonly string[]): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    select * from lis_result.result where lab_id = ${labId} and order_id = any(${orderIds}::uuid[]) order by id for update`);
}

export interface Entry {
  readonly id: string;
  readonly standing: Standing;
  readonly person: Person | null;
  readonly enteredAt: string;
  readonly enteredBy: string;
}

/** For a jsonb parameter. */
export function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Writes values and what was judged of them; each row's version goes up by one, and it is at the bench, verified by nobody. */
export function saveEntries(tx: Tx, labId: string, entries: readonly Entry[]): Promise<readonly ResultRow[]> {
  const column = <T>(pick: (standing: Standing, entry: Entry) => T) =>
    entries.map((entry) => pick(entry.standing, entry));
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set status = e.status, value = e.value, raw_value = e.raw_value, flags = string_to_array(e.flags, ','),
      holds = string_to_array(e.holds, ','), range = e.range, person = e.person, note = e.note, source = e.source, message_id = e.message_id,
      other_values = e.other_values, entered_at = e.entered_at, entered_by = e.entered_by,
      sent_back_reason = e.sent_back_reason, verified_at = null, verified_by = null, verified_by_id = null, version = r.version + 1
    from unnest(
      ${column((_, e) => e.id)}::uuid[], ${column((s) => s.status)}::text[], ${column((s) => s.value)}::text[],
      ${column((s) => s.rawValue)}::text[], ${column((s) => s.flags.join(','))}::text[], ${column((s) => s.holds.join(','))}::text[],
      ${column((s) => jsonOrNull(s.range))}::jsonb[], ${column((_, e) => jsonOrNull(e.person))}::jsonb[],
      ${column((s) => s.note)}::text[],
      ${column((s) => s.source)}::text[], ${column((s) => s.messageId)}::uuid[],
      ${column((s) => JSON.stringify(s.otherValues))}::jsonb[], ${column((_, e) => e.enteredAt)}::timestamptz[],
      ${column((_, e) => e.enteredBy)}::text[], ${column((s) => s.sentBackReason ?? null)}::text[]
    ) as e (id, status, value, raw_value, flags, holds, range, person, note, source, message_id, other_values, entered_at, entered_by,
            sent_back_reason)
    where r.lab_id = ${labId} and r.id = e.id
    returning r.*`);
}

/**
 * Notes further values beside results that stay signed. The version of a verified one goes up, so that the pathologist
 * sees all there is before signing; an authorised one stays what it was.
 */
export async function saveBeside(
  tx: Tx,
  labId: string,
  rows: readonly { readonly id: string; readonly standing: Standing }[],
): Promise<void> {
  await tx.rows(sql`
    update lis_result.result as r
    set other_values = b.other_values, version = r.version + case when r.status = 'authorised' then 0 else 1 end
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => JSON.stringify(row.standing.otherValues))}::jsonb[])
      as b (id, other_values)
    where r.lab_id = ${labId} and r.id = b.id`);
}

export interface By {
  readonly at: string;
  readonly name: string;
  readonly userId: string | null;
}

export function setVerified(tx: Tx, labId: string, ids: readonly string[], by: By): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result
    set status = 'verified', verified_at = ${by.at}::timestamptz, verified_by = ${by.name}, verified_by_id = ${by.userId}::uuid,
      sent_back_reason = null, version = version + 1
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    returning *`);
}

export function setAuthorised(tx: Tx, labId: string, ids: readonly string[], by: By): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result
    set status = 'authorised', authorised_at = ${by.at}::timestamptz, authorised_by = ${by.name},
      authorised_by_id = ${by.userId}::uuid, version = version + 1
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    returning *`);
}

export function setSentBack(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  reason: string,
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result
    set status = 'entered', verified_at = null, verified_by = null, verified_by_id = null, sent_back_reason = ${reason},
      version = version + 1
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    returning *`);
}

/** Everything the bench expects of some tubes. A barcode names one tube, so its rows are few. */
export function listByBarcodes(db: Db, labId: string, barcodes: readonly string[]): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(sql`
    select * from lis_result.result
    where lab_id = ${labId} and barcode = any(${barcodes}::text[])
    order by order_id, position`);
}

export interface ObservationRow {
  readonly key: string;
  readonly resultId: string;
  readonly orderId: string;
  readonly outcome: EntryOutcome;
}

export function listObservations(db: Db, labId: string, keys: readonly string[]): Promise<readonly ObservationRow[]> {
  return db.rows<ObservationRow>(sql`
    select key, result_id, order_id, outcome from lis_result.observation where lab_id = ${labId} and key = any(${keys}::text[])`);
}

export interface NewObservation extends ObservationRow {
  readonly messageId: string;
  readonly instrument: string;
  readonly value: string;
  readonly unit: string;
}

export async function addObservations(
  tx: Tx,
  labId: string,
  at: string,
  rows: readonly NewObservation[],
): Promise<void> {
  const column = <T>(pick: (row: NewObservation) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_result.observation (lab_id, key, result_id, order_id, message_id, instrument, value, unit, outcome, at)
    select ${labId}::uuid, o.key, o.result_id, o.order_id, o.message_id, o.instrument, o.value, o.unit, o.outcome, ${at}::timestamptz
    from unnest(
      ${column((o) => o.key)}::text[], ${column((o) => o.resultId)}::uuid[], ${column((o) => o.orderId)}::uuid[],
      ${column((o) => o.messageId)}::uuid[], ${column((o) => o.instrument)}::text[], ${column((o) => o.value)}::text[],
      ${column((o) => o.unit)}::text[], ${column((o) => o.outcome)}::text[]
    ) as o (key, result_id, order_id, message_id, instrument, value, unit, outcome)`);
}

/** The place after which a page of the worklist begins. */
export interface WorklistPlace {
  readonly priorityRank: number;
  readonly cameAt: string;
  readonly orderId: string;
  readonly position: number;
}

export interface WorklistSearch {
  readonly status: ResultStatus;
  readonly section: string | null;
  readonly after: WorklistPlace | null;
  readonly limit: number;
}

/** STAT, urgent, routine; then as the tubes came; then in catalogue order. */
export function worklistQuery(labId: string, { status, section, after, limit }: WorklistSearch) {
  const inSection = section === null ? empty : sql`and section = ${section}`;
  const beyond =
    after === null
      ? empty
      : sql`and (priority_rank, came_at, order_id, position)
          > (${after.priorityRank}::smallint, ${after.cameAt}::timestamptz, ${after.orderId}::uuid, ${after.position}::int)`;
  return sql`
    select * from lis_result.result
    where lab_id = ${labId} and status = ${status} ${inSection} ${beyond}
    order by priority_rank, came_at, order_id, position
    limit ${limit}`;
}

export function listWorklist(db: Db, labId: string, search: WorklistSearch): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(worklistQuery(labId, search));
}

/** More than any 200 orders hold; reaching it is a fault, never a silent cut. */
const MAX_OF_ORDERS = 50_000;

export function ofOrdersQuery(labId: string, orderIds: readonly string[]) {
  return sql`
    select * from lis_result.result
    where lab_id = ${labId} and order_id = any(${orderIds}::uuid[])
    order by order_id, position
    limit ${MAX_OF_ORDERS}`;
}

export async function listOfOrders(db: Db, labId: string, orderIds: readonly string[]): Promise<readonly ResultRow[]> {
  const rows = await db.rows<ResultRow>(ofOrdersQuery(labId, orderIds));
  if (rows.length === MAX_OF_ORDERS) throw new Error('Too many results of these orders to give them all');
  return rows;
}

export interface PreviousSearch {
  readonly patientId: string;
  readonly analyteCode: string;
  readonly limit: number;
}

export function previousQuery(labId: string, { patientId, analyteCode, limit }: PreviousSearch) {
  return sql`
    select * from lis_result.result
    where lab_id = ${labId} and patient_id = ${patientId} and analyte_code = ${analyteCode} and status = 'authorised'
    order by authorised_at desc, id desc
    limit ${limit}`;
}

export function listPrevious(db: Db, labId: string, search: PreviousSearch): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(previousQuery(labId, search));
}
