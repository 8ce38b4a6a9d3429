// SQL of consents: added and read, never changed.
import sql, { raw } from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ConsentView } from './contract.ts';

export type ConsentRow = Omit<ConsentView, 'patientId' | 'isCurrent'>;
/** Consents of one person and purpose are few; this only keeps the list finite. */
const MOST_CONSENTS = 5000;

const COLUMNS = raw(`
  c.id, c.patient_id as record_id, c.purpose, c.is_given, c.taken_on, c.how, c.file_id, c.note, c.at, c.by_id, c.by_name as by`);

/** False when the id is in use. */
export async function addConsent(tx: Tx, labId: string, consent: ConsentRow): Promise<boolean> {
  const added = await tx.maybe(sql`
    insert into lis_patient.consent
      (lab_id, id, patient_id, purpose, is_given, taken_on, how, file_id, note, at, by_id, by_name)
    values
      (${labId}, ${consent.id}, ${consent.recordId}, ${consent.purpose}, ${consent.isGiven}, ${consent.takenOn},
       ${consent.how}, ${consent.fileId}, ${consent.note}, ${consent.at}, ${consent.byId}, ${consent.by})
    on conflict (lab_id, id) do nothing
    returning id`);
  return added !== undefined;
}

/** Newest first. */
export function listConsents(db: Db, labId: string, recordIds: readonly string[]): Promise<readonly ConsentRow[]> {
  return db.rows<ConsentRow>(sql`
    select ${COLUMNS} from lis_patient.consent as c
    where c.lab_id = ${labId} and c.patient_id = any(${recordIds}::uuid[])
    order by c.taken_on desc, c.at desc, c.id desc
    limit ${MOST_CONSENTS}`);
}
