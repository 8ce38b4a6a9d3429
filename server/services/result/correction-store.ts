// SQL for corrections of a patient: what is open is locked and judged again, what is signed is read only.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { JudgedAgain } from './domain/judge-again.ts';
import type { Person } from './domain/reference-range.ts';
import type { ResultRow } from './store.ts';
import { jsonOrNull, whole } from './store.ts';

/** More than a patient has in a lifetime; reaching it is a fault, never a silent cut. */
const MAX_OF_PATIENT = 100_000;

/** All a patient has, in any state: what a correction may touch, read before the facts are fetched. */
export async function listOfPatient(db: Db, labId: string, patientId: string): Promise<readonly ResultRow[]> {
  const rows = await db.rows<ResultRow>(sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.patient_id = ${patientId}
    order by r.id
    limit ${MAX_OF_PATIENT}`);
  if (rows.length === MAX_OF_PATIENT) throw new Error('Too many results of one patient to look at them all');
  return rows;
}

export function openOfPatientQuery(labId: string, patientId: string) {
  return sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.patient_id = ${patientId} and r.status not in ('authorised', 'cancelled')
    order by r.id
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

/** What the order says of its lines, on every result that is not signed. The version stays: judging raises it where it matters. */
export function setOrderFacts(
  tx: Tx,
  labId: string,
  orderId: string,
  facts: { readonly priorityRank: number; readonly gestationWeeks: number | null; readonly isFasting: boolean | null },
): Promise<readonly ResultRow[]> {
  return tx.rows<ResultRow>(sql`
    update lis_result.result as r
    set priority_rank = ${facts.priorityRank}::smallint, gestation_weeks = ${facts.gestationWeeks}::smallint,
      is_fasting = ${facts.isFasting}::boolean
    where r.lab_id = ${labId} and r.order_id = ${orderId} and r.status not in ('authorised', 'cancelled')
    returning ${whole}`);
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
    set value = j.value, flags = string_to_array(j.flags, ','), holds = string_to_array(j.holds, ','), hold_notes = j.hold_notes,
      delta = j.delta, range = j.range, person = j.person,
      status = case when j.back_because is null then r.status else 'entered' end,
      verified_at = case when j.back_because is null then r.verified_at end,
      verified_by = case when j.back_because is null then r.verified_by end,
      verified_by_id = case when j.back_because is null then r.verified_by_id end,
      sent_back_reason = coalesce(j.back_because, r.sent_back_reason),
      version = r.version + case when j.has_changed then 1 else 0 end
    from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map(({ judged }) => judged.value)}::text[],
      ${rows.map(({ judged }) => judged.flags.join(','))}::text[],
      ${rows.map(({ judged }) => JSON.stringify(judged.holdNotes))}::jsonb[], ${rows.map(({ judged }) => jsonOrNull(judged.delta))}::jsonb[],
      ${rows.map(({ judged }) => judged.holds.join(','))}::text[], ${rows.map(({ judged }) => jsonOrNull(judged.range))}::jsonb[],
      ${rows.map(({ judged }) => jsonOrNull(judged.person))}::jsonb[], ${rows.map((row) => row.backBecause)}::text[],
      ${rows.map(({ judged }) => judged.change !== 'none')}::boolean[]
    ) as j (id, value, flags, hold_notes, delta, holds, range, person, back_because, has_changed)
    where r.lab_id = ${labId} and r.id = j.id`);
}

export function signedOfPatientQuery(labId: string, patientId: string) {
  return sql`
    select ${whole} from lis_result.result as r
    where r.lab_id = ${labId} and r.patient_id = ${patientId} and r.status = 'authorised'
    order by r.id
    limit ${MAX_OF_PATIENT}`;
}

export async function listSignedOfPatient(db: Db, labId: string, patientId: string): Promise<readonly ResultRow[]> {
  const rows = await db.rows<ResultRow>(signedOfPatientQuery(labId, patientId));
  if (rows.length === MAX_OF_PATIENT) throw new Error('Too many results of one patient to look at them all');
  return rows;
}

/**
 * The signed copies that stand on a report while their results are open: an amendment under way, or the next stage of a culture.
 * @param open rows of one patient that are not signed
 */
export async function listStandingCopies(
  db: Db,
  labId: string,
  open: readonly Pick<ResultRow, 'id' | 'amendment'>[],
): Promise<readonly ResultRow[]> {
  const amending = open.flatMap(({ id, amendment }) => (amendment === null ? [] : [{ id, number: amendment.number }]));
  if (amending.length === 0) return [];
  return db.rows<ResultRow>(sql`
    select ${whole}
    from unnest(${amending.map(({ id }) => id)}::uuid[], ${amending.map(({ number }) => number)}::int[]) as o (id, number)
    join lis_result.signed_version as v on v.lab_id = ${labId} and v.result_id = o.id and v.number = o.number
    cross join lateral jsonb_populate_record(null::lis_result.result, v.signed) as r
    order by r.id`);
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
