// SQL for corrections of a patient: what is open is locked and judged again, what is signed is read only.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { JudgedAgain } from './domain/judge-again.ts';
import type { Person } from './domain/reference-range.ts';
import type { ResultRow } from './store.ts';
import { jsonOrNull } from './store.ts';

/** The analytes a patient has results of, in any state. */
export function analytesOfPatient(
  db: Db,
  labId: string,
  patientId: string,
): Promise<readonly { readonly analyteCode: string }[]> {
  return db.rows(sql`
    select distinct analyte_code from lis_result.result where lab_id = ${labId} and patient_id = ${patientId}`);
}

export function openOfPatientQuery(labId: string, patientId: string) {
  return sql`
    select * from lis_result.result
    where lab_id = ${labId} and patient_id = ${patientId} and status <> 'authorised'
    order by id
    for update`;
}

/** All that is not signed, in whatever state: a value that is being entered at this moment is waited for. In order of id. */
export function lockOpenOfPatient(tx: Tx, labId: string, patientId: string): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(openOfPatientQuery(labId, patientId));
}

export async function countCorrection(tx: Tx, labId: string, ids: readonly string[]): Promise<void> {
  await tx.rows(sql`
    update lis_result.result set corrections = corrections + 1 where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

export interface Rejudged {
  readonly id: string;
  readonly judged: JudgedAgain;
  /** Why a verified result goes back to the bench; null when it stays in its state. */
  readonly backBecause: string | null;
}

/** The version goes up where something that a person judges has changed. */
export async function saveRejudged(tx: Tx, labId: string, rows: readonly Rejudged[]): Promise<void> {
  await tx.rows(sql`
    update lis_result.result as r
    set flags = string_to_array(j.flags, ','), holds = string_to_array(j.holds, ','), range = j.range, person = j.person,
      status = case when j.back_because is null then r.status else 'entered' end,
      verified_at = case when j.back_because is null then r.verified_at end,
      verified_by = case when j.back_because is null then r.verified_by end,
      verified_by_id = case when j.back_because is null then r.verified_by_id end,
      sent_back_reason = coalesce(j.back_because, r.sent_back_reason),
      version = r.version + case when j.has_changed then 1 else 0 end
    from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map(({ judged }) => judged.flags.join(','))}::text[],
      ${rows.map(({ judged }) => judged.holds.join(','))}::text[], ${rows.map(({ judged }) => jsonOrNull(judged.range))}::jsonb[],
      ${rows.map(({ judged }) => jsonOrNull(judged.person))}::jsonb[], ${rows.map((row) => row.backBecause)}::text[],
      ${rows.map(({ judged }) => judged.change !== 'none')}::boolean[]
    ) as j (id, flags, holds, range, person, back_because, has_changed)
    where r.lab_id = ${labId} and r.id = j.id`);
}

/** More than a patient has in a lifetime; reaching it is a fault, never a silent cut. */
const MAX_OF_PATIENT = 100_000;

export function signedOfPatientQuery(labId: string, patientId: string) {
  return sql`
    select * from lis_result.result
    where lab_id = ${labId} and patient_id = ${patientId} and status = 'authorised'
    order by id
    limit ${MAX_OF_PATIENT}`;
}

export async function listSignedOfPatient(db: Db, labId: string, patientId: string): Promise<readonly ResultRow[]> {
  const rows = await db.rows<ResultRow>(signedOfPatientQuery(labId, patientId));
  if (rows.length === MAX_OF_PATIENT) throw new Error('Too many results of one patient to look at them all');
  return rows;
}

/** Of signed results, what the trail says last of whom they should be judged by. */
export function lastNotedPersons(
  db: Db,
  labId: string,
  ids: readonly string[],
): Promise<readonly { readonly resultId: string; readonly person: Person | null }[]> {
  return db.rows(sql`
    select distinct on (entity_id) entity_id as result_id, nullif(facts -> 'person' -> 'now', 'null'::jsonb) as person
    from lis_result.audit
    where lab_id = ${labId} and entity_id = any(${ids}::uuid[]) and act = 'result.patient_corrected'
    order by entity_id, seq desc`);
}
