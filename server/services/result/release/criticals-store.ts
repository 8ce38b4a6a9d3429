// The SQL statements about critical values and the calls about them.
import sql, { empty } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { CriticalView, Flag } from '../contract.ts';
import type { CriticalStatus } from '../domain/critical.ts';

export interface CriticalRow extends CriticalView {
  readonly toldAt: string | null;
}

/** With its calls, oldest first. */
const whole = sql`
  c.*, c.limit_passed as limit,
  coalesce((
    select jsonb_agg(
      jsonb_build_object('at', to_char(k.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'by', k.by, 'to', k.to_whom,
        'phone', k.phone, 'wasReached', k.was_reached, 'wasReadBack', k.was_read_back, 'note', k.note)
      order by k.at, k.id)
    from lis_result.critical_call as k where k.lab_id = c.lab_id and k.critical_id = c.id
  ), '[]'::jsonb) as calls`;

/** What stands about a result: the one that waits for its call, and the one that was told last. */
export interface Standing {
  readonly id: string;
  readonly resultId: string;
  readonly status: CriticalStatus;
  readonly value: string;
  readonly flags: readonly Flag[];
  readonly toldAt: string | null;
}

/** Locked. Whoever writes a value has the result's own lock, so no other transaction can add one meanwhile. */
export function lockStanding(tx: Tx, labId: string, resultIds: readonly string[]): Promise<readonly Standing[]> {
  return tx.rows<Standing>(sql`
    select c.id, c.result_id, c.status, c.value, c.flags, c.told_at from lis_result.critical as c
    where c.lab_id = ${labId} and c.result_id = any(${resultIds}::uuid[]) and (c.status = 'open' or c.told_at is not null)
    order by c.id
    for update`);
}

export interface NewCritical {
  readonly id: string;
  readonly resultId: string;
  readonly orderId: string;
  readonly patientId: string;
  readonly analyteCode: string;
  readonly analyteName: string;
  readonly value: string;
  readonly unit: string;
  readonly flags: readonly Flag[];
  readonly limit: string;
  readonly isCorrection: boolean;
}

export async function addCriticals(
  tx: Tx,
  labId: string,
  { foundAt, dueAt }: { readonly foundAt: string; readonly dueAt: string },
  rows: readonly NewCritical[],
): Promise<void> {
  const column = <T>(pick: (row: NewCritical) => T) => rows.map(pick);
  await tx.rows(sql`
    insert into lis_result.critical
      (id, lab_id, result_id, order_id, patient_id, analyte_code, analyte_name, value, unit, flags, limit_passed, is_correction,
       found_at, due_at)
    select n.id, ${labId}::uuid, n.result_id, n.order_id, n.patient_id, n.analyte_code, n.analyte_name, n.value, n.unit,
      string_to_array(n.flags, ','), n.limit_passed, n.is_correction, ${foundAt}::timestamptz, ${dueAt}::timestamptz
    from unnest(
      ${column((r) => r.id)}::uuid[], ${column((r) => r.resultId)}::uuid[], ${column((r) => r.orderId)}::uuid[],
      ${column((r) => r.patientId)}::uuid[], ${column((r) => r.analyteCode)}::text[], ${column((r) => r.analyteName)}::text[],
      ${column((r) => r.value)}::text[], ${column((r) => r.unit)}::text[], ${column((r) => r.flags.join(','))}::text[],
      ${column((r) => r.limit)}::text[], ${column((r) => r.isCorrection)}::boolean[]
    ) as n (id, result_id, order_id, patient_id, analyte_code, analyte_name, value, unit, flags, limit_passed, is_correction)`);
}

export interface Refreshed {
  readonly id: string;
  readonly value: string;
  readonly flags: readonly Flag[];
  readonly limit: string;
}

export async function refreshCriticals(tx: Tx, labId: string, rows: readonly Refreshed[]): Promise<void> {
  await tx.rows(sql`
    update lis_result.critical as c
    set value = n.value, flags = string_to_array(n.flags, ','), limit_passed = n.limit_passed
    from unnest(
      ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.value)}::text[], ${rows.map((r) => r.flags.join(','))}::text[],
      ${rows.map((r) => r.limit)}::text[]
    ) as n (id, value, flags, limit_passed)
    where c.lab_id = ${labId} and c.id = n.id and c.status = 'open'`);
}

export async function setCriticalStatus(
  tx: Tx,
  labId: string,
  ids: readonly string[],
  status: CriticalStatus,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.rows(sql`
    update lis_result.critical set status = ${status} where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

/** Those that wait for a call. */
export function listOpenOfResults(
  db: Db,
  labId: string,
  resultIds: readonly string[],
): Promise<readonly { readonly resultId: string }[]> {
  return db.rows(sql`
    select result_id from lis_result.critical
    where lab_id = ${labId} and result_id = any(${resultIds}::uuid[]) and status = 'open'
    order by result_id`);
}

export function lockCriticals(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly CriticalRow[]> {
  return tx.rows<CriticalRow>(sql`
    select ${whole} from lis_result.critical as c
    where c.lab_id = ${labId} and c.id = any(${ids}::uuid[])
    order by c.id
    for update of c`);
}

export function findCriticals(db: Db, labId: string, ids: readonly string[]): Promise<readonly CriticalRow[]> {
  return db.rows<CriticalRow>(sql`
    select ${whole} from lis_result.critical as c where c.lab_id = ${labId} and c.id = any(${ids}::uuid[]) order by c.id`);
}

export interface NewCall {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly byId: string | null;
  readonly to: string;
  readonly phone: string | null;
  readonly wasReached: boolean;
  readonly wasReadBack: boolean;
  readonly note: string | null;
}

/** The criticals for which the call is new; the same call sent again is known. */
export function addCall(
  tx: Tx,
  labId: string,
  criticalIds: readonly string[],
  call: NewCall,
): Promise<readonly { readonly criticalId: string }[]> {
  return tx.rows(sql`
    insert into lis_result.critical_call
      (id, lab_id, critical_id, at, by, by_id, to_whom, phone, was_reached, was_read_back, note)
    select ${call.id}::uuid, ${labId}::uuid, c.id, ${call.at}::timestamptz, ${call.by}, ${call.byId}::uuid, ${call.to}, ${call.phone},
      ${call.wasReached}, ${call.wasReadBack}, ${call.note}
    from unnest(${criticalIds}::uuid[]) as c (id)
    on conflict on constraint critical_call_key do nothing
    returning critical_id`);
}

export type KnownCall = Omit<NewCall, 'id' | 'by' | 'byId'> & { readonly criticalId: string };

/** What is on record about these criticals under an id a client made. */
export function callsOfId(
  tx: Tx,
  labId: string,
  criticalIds: readonly string[],
  id: string,
): Promise<readonly KnownCall[]> {
  return tx.rows<KnownCall>(sql`
    select critical_id, at, to_whom as to, phone, was_reached, was_read_back, note from lis_result.critical_call
    where lab_id = ${labId} and critical_id = any(${criticalIds}::uuid[]) and id = ${id}`);
}

export async function setTold(tx: Tx, labId: string, ids: readonly string[], toldAt: string): Promise<void> {
  await tx.rows(sql`
    update lis_result.critical set status = 'told', told_at = ${toldAt}::timestamptz
    where lab_id = ${labId} and id = any(${ids}::uuid[]) and status = 'open'`);
}

export async function setEscalated(
  tx: Tx,
  labId: string,
  id: string,
  { escalations, dueAt }: { readonly escalations: number; readonly dueAt: string },
): Promise<void> {
  await tx.rows(sql`
    update lis_result.critical set escalations = ${escalations}, due_at = ${dueAt}::timestamptz
    where lab_id = ${labId} and id = ${id}`);
}

export interface CriticalSearch {
  readonly status: CriticalStatus;
  readonly after: { readonly dueAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** The one due first, first. */
export function criticalsQuery(labId: string, { status, after, limit }: CriticalSearch) {
  const beyond = after === null ? empty : sql`and (c.due_at, c.id) > (${after.dueAt}::timestamptz, ${after.id}::uuid)`;
  return sql`
    select ${whole} from lis_result.critical as c
    where c.lab_id = ${labId} and c.status = ${status} ${beyond}
    order by c.due_at, c.id
    limit ${limit}`;
}

export function listCriticals(db: Db, labId: string, search: CriticalSearch): Promise<readonly CriticalRow[]> {
  return db.rows<CriticalRow>(criticalsQuery(labId, search));
}

/** More than 200 orders ever have; reaching it is a fault, never a silent cut. */
const MAX_OF_ORDERS = 20_000;

export async function listCriticalsOfOrders(
  db: Db,
  labId: string,
  orderIds: readonly string[],
): Promise<readonly CriticalRow[]> {
  const rows = await db.rows<CriticalRow>(sql`
    select ${whole} from lis_result.critical as c
    where c.lab_id = ${labId} and c.order_id = any(${orderIds}::uuid[])
    order by c.order_id, c.found_at, c.id
    limit ${MAX_OF_ORDERS}`);
  if (rows.length === MAX_OF_ORDERS) throw new Error('Too many criticals of these orders to give them all');
  return rows;
}
