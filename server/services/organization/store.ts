// Every SQL statement of the organization service.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { DoctorView, LabView } from './contract.ts';

const LAB_NOBODY = '00000000-0000-0000-0000-000000000000';
/** The lab under which the sign-in function is called: nobody's, since none is known yet. */
export const beforeLogin = LAB_NOBODY;

export interface LabToSignIn {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** At most two: enough to know whether there is only one. */
export function listLabsToSignIn(db: Db, code: string | null): Promise<readonly LabToSignIn[]> {
  return db.rows<LabToSignIn>(sql`select id, code, name from lis_organization.labs_to_sign_in(${code})`);
}

export function getLab(db: Db, labId: string): Promise<LabView | undefined> {
  return db.maybe<LabView>(sql`select * from lis_organization.lab where id = ${labId}`);
}

export function lockLab(tx: Tx, labId: string): Promise<LabView> {
  return tx.one<LabView>(sql`select * from lis_organization.lab where id = ${labId} for update`);
}

export type NewLab = Omit<LabView, 'version' | 'timeZone'>;

export function addLab(tx: Tx, lab: NewLab): Promise<LabView> {
  return tx.one<LabView>(sql`
    insert into lis_organization.lab
      (id, code, name, address_lines, phone, email, registration_number, accession_prefix, created_on)
    values
      (${lab.id}, ${lab.code}, ${lab.name}, ${lab.addressLines}, ${lab.phone}, ${lab.email}, ${lab.registrationNumber},
       ${lab.accessionPrefix}, ${lab.createdOn})
    returning *`);
}

export function saveLab(tx: Tx, lab: LabView): Promise<LabView> {
  return tx.one<LabView>(sql`
    update lis_organization.lab
    set name = ${lab.name}, address_lines = ${lab.addressLines}, phone = ${lab.phone}, email = ${lab.email},
      registration_number = ${lab.registrationNumber}, version = version + 1
    where id = ${lab.id}
    returning *`);
}

/** What doctors are listed by. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

export function addDoctor(tx: Tx, labId: string, doctor: DoctorView): Promise<DoctorView> {
  return tx.one<DoctorView>(sql`
    insert into lis_organization.doctor (id, lab_id, name, name_key, qualification, mobile)
    values (${doctor.id}, ${labId}, ${doctor.name}, ${nameKey(doctor.name)}, ${doctor.qualification}, ${doctor.mobile})
    on conflict (id) do update set name = lis_organization.doctor.name
    returning id, name, qualification, mobile`);
}

/** By name, then id; `after` is the last name and id of the page before. */
export function listDoctors(
  db: Db,
  labId: string,
  search: { readonly text: string; readonly after: readonly [name: string, id: string]; readonly limit: number },
): Promise<readonly DoctorView[]> {
  return db.rows<DoctorView>(sql`
    select id, name, qualification, mobile
    from lis_organization.doctor
    where lab_id = ${labId}
      and (name_key, id) > (${search.after[0]}, ${search.after[1]}::uuid)
      and strpos(name_key, ${nameKey(search.text)}) > 0
    order by name_key, id
    limit ${search.limit}`);
}

export function getDoctors(db: Db, labId: string, ids: readonly string[]): Promise<readonly DoctorView[]> {
  return db.rows<DoctorView>(sql`
    select id, name, qualification, mobile from lis_organization.doctor where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}
