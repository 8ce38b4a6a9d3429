// SQL of records that are one person.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { MergeLink } from './domain/merging.ts';

/** Lets mergers of one lab pass one after the other: they are rare, and each may touch a whole chain of records. */
export async function lockMerging(tx: Tx, labId: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`lis_patient merging ${labId}`}, 0))`);
}

export interface MergeRow extends MergeLink {
  readonly survivorId: string | null;
}

/** These records, held until the end, in order of id. */
export function lockRecords(tx: Tx, labId: string, ids: readonly string[]): Promise<readonly MergeRow[]> {
  return tx.rows<MergeRow>(sql`
    select id, merged_into, survivor_id from lis_patient.patient
    where lab_id = ${labId} and id = any(${ids}::uuid[])
    order by id
    for update`);
}

/** Every record whose chain ends at this one. */
export function linksTo(db: Db, labId: string, survivorId: string): Promise<readonly MergeLink[]> {
  return db.rows<MergeLink>(sql`
    select id, merged_into from lis_patient.patient where lab_id = ${labId} and survivor_id = ${survivorId} order by id`);
}

export async function setMergedInto(tx: Tx, labId: string, id: string, mergedInto: string | null): Promise<void> {
  await tx.rows(sql`
    update lis_patient.patient set merged_into = ${mergedInto}, survivor_id = ${mergedInto}
    where lab_id = ${labId} and id = ${id}`);
}

/** Lets the chains of these records end at another one. */
export async function setSurvivor(tx: Tx, labId: string, ids: readonly string[], survivorId: string): Promise<void> {
  await tx.rows(sql`
    update lis_patient.patient set survivor_id = ${survivorId} where lab_id = ${labId} and id = any(${ids}::uuid[])`);
}

/** The name of a record and of all that were merged into it. */
export async function namesOf(db: Db, labId: string, survivorId: string): Promise<readonly string[]> {
  const rows = await db.rows<{ name: string }>(sql`
    select name from lis_patient.patient where lab_id = ${labId} and id = ${survivorId}
    union
    select name from lis_patient.patient where lab_id = ${labId} and survivor_id = ${survivorId}`);
  return rows.map((row) => row.name);
}
