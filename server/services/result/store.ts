// The SQL statements about result rows as such: laying out, drawing, locking, reading. Values are written in
// value-store.ts, steps of release in release-store.ts, lists are read in worklist-store.ts, corrections of a patient in
// correction-store.ts.
import sql from 'sql-template-tag';

import type { AnalyteKind } from '#contract/order.ts';
import type { Db, Tx } from '#platform/service.ts';

import type { ResultView } from './contract.ts';
import type { Person } from './domain/reference-range.ts';

/** A result as stored: what others see, and what judging and paging need. */
export interface ResultRow extends ResultView {
  readonly position: number;
  readonly priorityRank: number;
  readonly placedAt: string;
  readonly cameAt: string;
  readonly ucum: string | null;
  readonly decimals: number | null;
  readonly choices: readonly string[];
  /** As it was when the test was ordered; null for what is measured. */
  readonly formula: string | null;
  /** The analyte code instruments report it under, when it is a timed slot of another. */
  readonly measuredAs: string | null;
  /** When it is due; null for one that was ordered before the bench was told. */
  readonly promisedAt: string | null;
  readonly gestationWeeks: number | null;
  readonly isFasting: boolean | null;
  readonly verifiedById: string | null;
  /** Sex and age at collection the value was judged by; null when there is no value, or they are unknown. */
  readonly person: Person | null;
  /** Corrections of the patient that passed while the result was open. */
  readonly corrections: number;
  /** The tube it came from until that was rejected; null: none was, or it may be run after all. */
  readonly rejectedTube: RejectedTube | null;
  /** What is printed with a value from a rejected tube that is run after all. */
  readonly tubeComment: string | null;
  /** What the collector of its timed tube was warned of; null: drawn in time, or not timed. */
  readonly drawWarning: string | null;
}

export interface RejectedTube {
  readonly barcode: string;
  readonly collectedAt: string;
  readonly receivedAt: string | null;
  readonly reason: string;
}

/** Every statement that gives a ResultRow names the table `r` and selects this. Priority is its rank in words. */
export const whole = sql`r.*, (array['stat', 'urgent', 'routine'])[r.priority_rank + 1] as priority`;

/** The instrument whose holds bind a value, as the indexes of migration 0006 have it; read-from.ts says the same of a row. */
export const measuredBy = sql`(case when r.read_from is null then r.source else r.read_from end)`;

export const rankOf = { stat: 0, urgent: 1, routine: 2 } as const;

export interface NewResult {
  readonly id: string;
  readonly lineId: string;
  readonly position: number;
  readonly testCode: string;
  readonly testName: string;
  readonly section: string;
  readonly specimen: string;
  readonly method: string | null;
  readonly draw: string | null;
  readonly isOutsourced: boolean;
  readonly analyteCode: string;
  readonly analyteName: string;
  readonly loinc: string | null;
  readonly kind: AnalyteKind;
  readonly ucum: string | null;
  readonly unit: string;
  readonly decimals: number | null;
  readonly choices: readonly string[];
  readonly formula: string | null;
  readonly measuredAs: string | null;
  readonly promisedAt: string;
}

export interface OfOrder {
  readonly labId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly priorityRank: number;
  readonly placedAt: string;
  readonly gestationWeeks: number | null;
  readonly isFasting: boolean | null;
}

/** Rows that are there already (same line and analyte) stay as they are. */
export async function addExpected(tx: Tx, order: OfOrder, results: readonly NewResult[]): Promise<void> {
  const column = <T>(pick: (result: NewResult) => T) => results.map(pick);
  await tx.rows(sql`
    insert into lis_result.result
      (id, lab_id, order_id, line_id, patient_id, position, priority_rank, placed_at, gestation_weeks, is_fasting, test_code, test_name,
       section, specimen, method, draw, is_outsourced, analyte_code, analyte_name, loinc, kind, ucum, unit, decimals, choices, formula,
       is_calculated, measured_as, promised_at)
    select n.id, ${order.labId}::uuid, ${order.orderId}::uuid, n.line_id, ${order.patientId}::uuid, n.position,
      ${order.priorityRank}::smallint, ${order.placedAt}::timestamptz, ${order.gestationWeeks}::smallint, ${order.isFasting}::boolean,
      n.test_code, n.test_name, n.section, n.specimen, n.method, n.draw, n.is_outsourced, n.analyte_code, n.analyte_name, n.loinc,
      n.kind, n.ucum, n.unit, n.decimals, n.choices, n.formula, n.formula is not null, n.measured_as, n.promised_at
    from unnest(
      ${column((r) => r.id)}::uuid[], ${column((r) => r.lineId)}::uuid[], ${column((r) => r.position)}::int[],
      ${column((r) => r.testCode)}::text[], ${column((r) => r.testName)}::text[], ${column((r) => r.section)}::text[],
      ${column((r) => r.specimen)}::text[], ${column((r) => r.method)}::text[], ${column((r) => r.draw)}::text[],
      ${column((r) => r.isOutsourced)}::boolean[], ${column((r) => r.analyteCode)}::text[],
      ${column((r) => r.analyteName)}::text[], ${column((r) => r.loinc)}::text[], ${column((r) => r.kind)}::text[],
      ${column((r) => r.ucum)}::text[], ${column((r) => r.unit)}::text[], ${column((r) => r.decimals)}::smallint[],
      ${column((r) => JSON.stringify(r.choices))}::jsonb[], ${column((r) => r.formula)}::text[],
      ${column((r) => r.measuredAs)}::text[], ${column((r) => r.promisedAt)}::timestamptz[]
    ) as n (id, line_id, position, test_code, test_name, section, specimen, method, draw, is_outsourced, analyte_code, analyte_name,
            loinc, kind, ucum, unit, decimals, choices, formula, measured_as, promised_at)
    on conflict on constraint result_of_line do nothing`);
}

export type LineRow = Pick<ResultRow, 'id' | 'lineId' | 'status' | 'barcode' | 'collectedAt'>;

/** Rows of some lines of an order, locked in order of id, as every lock here, so that two commands cannot wait for each other. */
export function lockLines(
  tx: Tx,
  labId: string,
  orderId: string,
  lineIds: readonly string[],
): Promise<readonly LineRow[]> {
  return tx.rows<LineRow>(sql`
    select id, line_id, status, barcode, collected_at
    from lis_result.result
    where lab_id = ${labId} and order_id = ${orderId} and line_id = any(${lineIds}::uuid[])
    order by id
    for update`);
}

export async function setCollected(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  tube: { readonly barcode: string; readonly collectedAt: string; readonly drawWarning: string | null },
): Promise<void> {
  await tx.rows(sql`
    update lis_result.result
    set status = 'awaiting', barcode = ${tube.barcode}, collected_at = ${tube.collectedAt}::timestamptz,
      draw_warning = ${tube.drawWarning}, version = version + 1
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and status = 'expected'`);
}

/**
 * Poured off: the same blood under another barcode. Nothing that a person judges has changed, and the version stays. What is
 * signed keeps the barcode it was signed with.
 */
export async function setPoured(tx: Tx, labId: string, ids: readonly string[], barcode: string): Promise<void> {
  await tx.rows(sql`
    update lis_result.result
    set barcode = ${barcode}
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and status in ('awaiting', 'entered', 'verified')`);
}

/** The first scan counts. The version stays: nothing that a person judges has changed. */
export async function setReceived(tx: Tx, labId: string, ids: readonly string[], receivedAt: string): Promise<void> {
  await tx.rows(sql`
    update lis_result.result
    set received_at = ${receivedAt}::timestamptz
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and received_at is null`);
}

export function findMany(db: Db, labId: string, ids: readonly string[]): Promise<readonly ResultRow[]> {
  return db.rows<ResultRow>(sql`
    select ${whole} from lis_result.result as r where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])`);
}

/** In order of id. */
export function lock(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.id = any(${ids}::uuid[])
    order by r.id
    for update`);
}

export function orderIdsOf(
  tx: Db,
  labId: string,
  ids: readonly string[],
): Promise<readonly { readonly orderId: string }[]> {
  return tx.rows(sql`
    select distinct order_id from lis_result.result where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

/**
 * All results of the orders, in order of id: whoever asks whether an order is complete must see what others are about to
 * sign, and whoever enters a value what others enter into the same sample.
 */
export function lockOrders(tx: Tx, labId: string, orderIds: readonly string[]): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.order_id = any(${orderIds}::uuid[])
    order by r.id
    for update`);
}

/** For a jsonb parameter. */
export function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
