// Manifests to referral labs and the reports that come back.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { ManifestStatus, OutlabReport } from './contract.ts';
import { columns } from './tube-store.ts';
import type { AfterInstant, Tube } from './tube-store.ts';

export interface Manifest {
  readonly id: string;
  readonly number: string;
  readonly referralLabId: string;
  readonly referralLabName: string;
  readonly status: ManifestStatus;
  readonly expectedOn: string;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly sentAt: string | null;
  readonly sentBy: string | null;
}

const manifest = sql`
  id, number, referral_lab_id, referral_lab_name, status, expected_on, made_at, made_by, sent_at, sent_by`;

export type NewManifest = Omit<Manifest, 'status' | 'sentAt' | 'sentBy'>;

/** False when a manifest of that id is there. */
export async function addManifest(tx: Tx, labId: string, made: NewManifest): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.manifest (id, lab_id, number, referral_lab_id, referral_lab_name, expected_on, made_at, made_by)
    values (${made.id}, ${labId}, ${made.number}, ${made.referralLabId}, ${made.referralLabName}, ${made.expectedOn}::date,
      ${made.madeAt}::timestamptz, ${made.madeBy})
    on conflict (id) do nothing
    returning id`);
  return rows.length > 0;
}

export async function listOn(tx: Tx, labId: string, manifestId: string, tubeIds: readonly string[]): Promise<void> {
  await tx.rows(sql`
    update lis_sample.tube set manifest_id = ${manifestId}, version = version + 1
    where lab_id = ${labId} and id = any(${tubeIds}::uuid[])`);
}

export function findManifest(db: Db, labId: string, id: string): Promise<Manifest | undefined> {
  return db.maybe<Manifest>(sql`select ${manifest} from lis_sample.manifest where lab_id = ${labId} and id = ${id}`);
}

export function lockManifest(tx: Tx, labId: string, id: string): Promise<Manifest | undefined> {
  return tx.maybe<Manifest>(sql`
    select ${manifest} from lis_sample.manifest where lab_id = ${labId} and id = ${id} for update`);
}

/** They left the building, so they stand in no rack. */
export async function takeOutOfRacks(tx: Tx, labId: string, manifestId: string): Promise<void> {
  await tx.rows(sql`
    update lis_sample.tube set rack_code = null, rack_position = null, version = version + 1
    where lab_id = ${labId} and manifest_id = ${manifestId} and rack_code is not null`);
}

export async function setManifestSent(
  tx: Tx,
  labId: string,
  id: string,
  courier: string | null,
  at: string,
  by: string,
): Promise<void> {
  await tx.rows(sql`
    update lis_sample.manifest set status = 'sent', sent_at = ${at}::timestamptz, sent_by = ${by}, courier = ${courier}
    where lab_id = ${labId} and id = ${id}`);
}

export async function setReported(tx: Tx, labId: string, id: string): Promise<void> {
  await tx.rows(sql`update lis_sample.manifest set status = 'reported' where lab_id = ${labId} and id = ${id}`);
}

/** False when that file is attached to that order already. */
export async function addReport(
  tx: Tx,
  labId: string,
  manifestId: string,
  { orderId, fileId, attachedAt, attachedBy }: OutlabReport,
): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into lis_sample.outlab_report (lab_id, manifest_id, order_id, file_id, attached_at, attached_by)
    values (${labId}, ${manifestId}, ${orderId}, ${fileId}, ${attachedAt}::timestamptz, ${attachedBy})
    on conflict (manifest_id, order_id, file_id) do nothing
    returning file_id`);
  return rows.length > 0;
}

export function reportsOf(
  db: Db,
  labId: string,
  manifestIds: readonly string[],
): Promise<readonly (OutlabReport & { readonly manifestId: string })[]> {
  return db.rows(sql`
    select manifest_id, order_id, file_id, attached_at, attached_by from lis_sample.outlab_report
    where lab_id = ${labId} and manifest_id = any(${manifestIds}::uuid[])
    order by attached_at, file_id`);
}

export function tubesOfManifests(db: Db, labId: string, manifestIds: readonly string[]): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube where lab_id = ${labId} and manifest_id = any(${manifestIds}::uuid[])
    order by accession`);
}

/** Received tubes for a referral lab that are on no manifest, longest waiting first. */
export function listToSend(
  db: Db,
  labId: string,
  referralLabId: string,
  { after, limit }: AfterInstant,
): Promise<readonly Tube[]> {
  return db.rows<Tube>(sql`
    select ${columns} from lis_sample.tube
    where lab_id = ${labId} and referral_lab_id = ${referralLabId} and status = 'received' and manifest_id is null
      and cardinality(line_ids) > 0 and (received_at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)
    order by received_at, id
    limit ${limit}`);
}

export interface ManifestSearch {
  readonly status: ManifestStatus;
  /** Only those due before that day; null: all. */
  readonly before: string | null;
  readonly after: readonly [day: string, id: string];
  readonly limit: number;
}

/** The one due first first. */
export function listManifests(
  db: Db,
  labId: string,
  { status, before, after, limit }: ManifestSearch,
): Promise<readonly Manifest[]> {
  return db.rows<Manifest>(sql`
    select ${manifest} from lis_sample.manifest
    where lab_id = ${labId} and status = ${status} and expected_on < coalesce(${before}::date, 'infinity')
      and (expected_on, id) > (${after[0]}::date, ${after[1]}::uuid)
    order by expected_on, id
    limit ${limit}`);
}
