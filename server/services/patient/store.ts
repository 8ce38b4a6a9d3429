// SQL of patients' records; search, merging and consents have stores of their own.
import sql, { raw } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { PatientView, Sex } from './contract.ts';

const factsOf = (record: string) =>
  [
    'mrn',
    'name',
    'sex',
    'born_on',
    'is_born_on_approximate',
    'mobile',
    'email',
    'address',
    'registered_at',
    'abha_address',
    'language',
    'version',
  ]
    .map((column) => `${record}.${column}`)
    .join(', ') +
  `, substr(${record}.abha_number, 1, 2) || '-' || substr(${record}.abha_number, 3, 4) || '-' ||
    substr(${record}.abha_number, 7, 4) || '-' || substr(${record}.abha_number, 11, 4) as abha_number,
  array_prepend(${record}.id, array(
    select q.id from lis_patient.patient as q where q.lab_id = ${record}.lab_id and q.survivor_id = ${record}.id order by q.id
  )) as same_person_ids`;
/** A record `p` with its own facts; right for one that is not merged. */
export const VIEW = raw(`p.id, p.survivor_id as merged_into_id, ${factsOf('p')}`);
/**
 * The id of the record whose facts stand for this one. Trap: under row-level security nothing is looked up in an index by
 * coalesce(): the planner does not know it to be leakproof, and read every patient of the lab instead; case it knows. Meas:
 * 50,000 patients, one by MRN, 8.5 ms before (lists.large.test.ts watches it).
 */
export const survivorOf = (record: string): string =>
  `case when ${record}.survivor_id is null then ${record}.id else ${record}.survivor_id end`;
/** A record `p` with the facts of its survivor `s`. */
const SEEN = raw(`p.id, p.survivor_id as merged_into_id, ${factsOf('s')}`);
const WITH_SURVIVOR = raw(`lis_patient.patient as p
    join lis_patient.patient as s on s.lab_id = p.lab_id and s.id = ${survivorOf('p')}`);
/** So many likely duplicates are named; a desk looks at no more. */
const MOST_ALIKE = 20;
/** So many of one sound, or of one mobile, are weighed. */
const MOST_CANDIDATES = 100;

export function getPatient(db: Db, labId: string, patientId: string): Promise<PatientView | undefined> {
  return db.maybe<PatientView>(
    sql`select ${SEEN} from ${WITH_SURVIVOR} where p.lab_id = ${labId} and p.id = ${patientId}`,
  );
}

export function lockPatient(tx: Tx, labId: string, patientId: string): Promise<PatientView | undefined> {
  return tx.maybe<PatientView>(sql`
    select ${VIEW} from lis_patient.patient as p where p.lab_id = ${labId} and p.id = ${patientId} for update`);
}

export function getPatients(db: Db, labId: string, ids: readonly string[]): Promise<readonly PatientView[]> {
  return db.rows<PatientView>(sql`
    select ${SEEN} from ${WITH_SURVIVOR}
    where p.lab_id = ${labId} and p.id = any(${ids}::uuid[])
    limit ${ids.length}`);
}

/** Lets registrations of one sound pass one after the other, so that the second sees the first as its likely duplicate. */
export async function lockSound(tx: Tx, labId: string, nameSound: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`lis_patient ${labId} ${nameSound}`}, 0))`);
}

export interface Likeness {
  readonly nameKey: string;
  readonly nameSound: string;
  readonly sex: Sex;
  readonly mobile: string | null;
  readonly bornOn: string;
}

/**
 * Patients of the same sex and the same name with the same mobile or day of birth, or of a name that sounds alike with the
 * same mobile; newest first. Who is merged is given by their survivor.
 */
export async function findAlike(tx: Tx, labId: string, like: Likeness): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select coalesce(p.survivor_id, p.id) as id from lis_patient.patient as p
    where p.lab_id = ${labId} and p.name_sound = ${like.nameSound} and p.sex = ${like.sex}
      and (p.mobile = ${like.mobile} or (p.name_key = ${like.nameKey} and p.born_on = ${like.bornOn}::date))
    order by p.registered_at desc, p.id desc
    limit ${MOST_ALIKE}`);
  return [...new Set(rows.map((row) => row.id))];
}

/** Whoever may be meant: of the same sound, with the same mobile, or of the same ABHA number. */
export function findCandidates(
  db: Db,
  labId: string,
  wanted: { readonly nameSound: string; readonly mobile: string | null; readonly abhaNumber: string | null },
): Promise<readonly PatientView[]> {
  return db.rows<PatientView>(sql`
    select ${VIEW} from lis_patient.patient as p
    where p.lab_id = ${labId} and p.id in (
      (select ${raw(survivorOf('m'))} from lis_patient.patient as m
        where m.lab_id = ${labId} and m.name_sound = ${wanted.nameSound} order by m.registered_at desc limit ${MOST_CANDIDATES})
      union
      (select ${raw(survivorOf('m'))} from lis_patient.patient as m
        where m.lab_id = ${labId} and m.mobile = ${wanted.mobile} order by m.registered_at desc limit ${MOST_CANDIDATES})
      union
      (select ${raw(survivorOf('m'))} from lis_patient.patient as m
        where m.lab_id = ${labId} and m.abha_number = ${digitsOf(wanted.abhaNumber)} limit ${MOST_CANDIDATES})
    )`);
}

export interface AbhaIds {
  readonly abhaNumber: string | null;
  readonly abhaAddress: string | null;
}

/** Lets those who would use one ABHA number or address pass one after the other. */
export async function lockAbha(tx: Tx, labId: string, { abhaNumber, abhaAddress }: AbhaIds): Promise<void> {
  for (const id of [abhaNumber, abhaAddress].filter((each) => each !== null).sort())
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`lis_patient abha ${labId} ${id}`}, 0))`);
}

/** The person, other than this one, who has the number or the address. */
export function findAbhaHolder(
  tx: Tx,
  labId: string,
  exceptId: string,
  { abhaNumber, abhaAddress }: AbhaIds,
): Promise<{ readonly field: string; readonly patientId: string } | undefined> {
  return tx.maybe<{ field: string; patientId: string }>(sql`
    select field, patient_id from (
      (select 'abhaNumber' as field, coalesce(p.survivor_id, p.id) as patient_id from lis_patient.patient as p
        where p.lab_id = ${labId} and p.abha_number = ${digitsOf(abhaNumber)})
      union all
      (select 'abhaAddress', coalesce(p.survivor_id, p.id) from lis_patient.patient as p
        where p.lab_id = ${labId} and p.abha_address = ${abhaAddress})
    ) as holder
    where patient_id <> ${exceptId}::uuid
    limit 1`);
}

/** ABHA numbers are kept as digits alone. */
function digitsOf(abhaNumber: string | null): string | null {
  return abhaNumber === null ? null : abhaNumber.replaceAll('-', '');
}

export interface RecordSerial {
  readonly prefix: string;
  readonly serial: number;
}

/** The next number of the lab; undefined before the lab's first patient. */
export function takeSerial(tx: Tx, labId: string): Promise<RecordSerial | undefined> {
  return tx.maybe<RecordSerial>(sql`
    update lis_patient.mrn_counter set last_serial = last_serial + 1
    where lab_id = ${labId}
    returning prefix, last_serial as serial`);
}

/** The first number of a lab; the next one when another registration was first after all. */
export function takeFirstSerial(tx: Tx, labId: string, prefix: string): Promise<RecordSerial> {
  return tx.one<RecordSerial>(sql`
    insert into lis_patient.mrn_counter as c (lab_id, prefix, last_serial)
    values (${labId}, ${prefix}, 1)
    on conflict (lab_id) do update set last_serial = c.last_serial + 1
    returning prefix, last_serial as serial`);
}

export type NewPatient = Omit<PatientView, 'version' | 'mergedIntoId' | 'samePersonIds'>;
/** Undefined when the id is in use. */
export function addPatient(
  tx: Tx,
  labId: string,
  patient: NewPatient,
  nameKey: string,
): Promise<PatientView | undefined> {
  return tx.maybe<PatientView>(sql`
    with added as (
      insert into lis_patient.patient
        (lab_id, id, mrn, name, name_key, sex, born_on, is_born_on_approximate, mobile, email, address, registered_at,
         abha_number, abha_address, language)
      values
        (${labId}, ${patient.id}, ${patient.mrn}, ${patient.name}, ${nameKey}, ${patient.sex}, ${patient.bornOn},
         ${patient.isBornOnApproximate}, ${patient.mobile}, ${patient.email}, ${patient.address}, ${patient.registeredAt},
         ${digitsOf(patient.abhaNumber)}, ${patient.abhaAddress}, ${patient.language})
      on conflict (lab_id, id) do nothing
      returning *
    )
    select ${VIEW} from added as p`);
}

export function savePatient(tx: Tx, labId: string, patient: PatientView, nameKey: string): Promise<PatientView> {
  return tx.one<PatientView>(sql`
    update lis_patient.patient as p
    set name = ${patient.name}, name_key = ${nameKey}, sex = ${patient.sex}, born_on = ${patient.bornOn},
      is_born_on_approximate = ${patient.isBornOnApproximate}, mobile = ${patient.mobile}, email = ${patient.email},
      address = ${patient.address}, abha_number = ${digitsOf(patient.abhaNumber)}, abha_address = ${patient.abhaAddress},
      language = ${patient.language}, version = p.version + 1
    where p.lab_id = ${labId} and p.id = ${patient.id}
    returning ${VIEW}`);
}

/** The record of its own that has the ABHA number or address of this merged one. */
export function findAbhaClash(
  tx: Tx,
  labId: string,
  mergedId: string,
): Promise<{ readonly field: string; readonly patientId: string } | undefined> {
  return tx.maybe<{ field: string; patientId: string }>(sql`
    select case when o.abha_number = p.abha_number then 'abhaNumber' else 'abhaAddress' end as field, o.id as patient_id
    from lis_patient.patient as p
    join lis_patient.patient as o on o.lab_id = p.lab_id and o.is_own
      and o.id in (
        select a.id from lis_patient.patient as a where a.lab_id = ${labId} and a.abha_number = p.abha_number
        union all
        select a.id from lis_patient.patient as a where a.lab_id = ${labId} and a.abha_address = p.abha_address
      )
    where p.lab_id = ${labId} and p.id = ${mergedId}
    limit 1`);
}
