// The SQL statements of the desk's helps: drafts and camp uploads.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { DraftView, UploadRow, UploadView } from './contract.ts';

/** The draft as it is kept now. */
export function saveDraft(tx: Tx, labId: string, userId: string, draft: DraftView): Promise<DraftView> {
  return tx.one<DraftView>(sql`
    insert into lis_order.draft (id, lab_id, user_id, content, saved_at)
    values (${draft.id}, ${labId}, ${userId}, ${JSON.stringify(draft.content)}::jsonb, ${draft.savedAt}::timestamptz)
    on conflict (lab_id, user_id, id) do update set content = excluded.content, saved_at = excluded.saved_at
    returning id, content, saved_at`);
}

/** Drafts of a user beside one. */
export async function countOtherDrafts(db: Db, labId: string, userId: string, id: string): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) from lis_order.draft where lab_id = ${labId} and user_id = ${userId} and id <> ${id}`);
  return row.count;
}

export async function removeDraft(tx: Tx, labId: string, userId: string, id: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    delete from lis_order.draft where lab_id = ${labId} and user_id = ${userId} and id = ${id} returning id`);
  return rows.length > 0;
}

/** Newest first. */
export function listDrafts(
  db: Db,
  labId: string,
  userId: string,
  before: readonly [savedAt: string, id: string],
  limit: number,
): Promise<readonly DraftView[]> {
  return db.rows<DraftView>(sql`
    select id, content, saved_at from lis_order.draft
    where lab_id = ${labId} and user_id = ${userId} and (saved_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
    order by saved_at desc, id desc
    limit ${limit}`);
}

/** Removes drafts saved before an instant; when the oldest of the others was saved, null when there is none. */
export async function pruneDrafts(tx: Tx, labId: string, savedBefore: string): Promise<string | null> {
  await tx.rows(sql`delete from lis_order.draft where lab_id = ${labId} and saved_at < ${savedBefore}::timestamptz`);
  const row = await tx.maybe<{ savedAt: string }>(sql`
    select saved_at from lis_order.draft where lab_id = ${labId} order by saved_at limit 1`);
  return row?.savedAt ?? null;
}

export interface Upload {
  readonly id: string;
  readonly sourceId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly rowCount: number;
  readonly uploadedAt: string;
  readonly uploadedBy: string;
}

/** False when an upload carries the id already, in this lab or another. */
export async function addUpload(tx: Tx, labId: string, upload: Upload, rows: readonly object[]): Promise<boolean> {
  const added = await tx.rows(sql`
    insert into lis_order.camp_upload (id, lab_id, source_id, file_name, sha256, row_count, uploaded_at, uploaded_by)
    values (${upload.id}, ${labId}, ${upload.sourceId}, ${upload.fileName}, ${upload.sha256}, ${upload.rowCount},
      ${upload.uploadedAt}::timestamptz, ${upload.uploadedBy})
    on conflict (id) do nothing
    returning id`);
  if (added.length === 0) return false;
  await tx.rows(sql`
    insert into lis_order.camp_row (lab_id, upload_id, row_number, content, status)
    select ${labId}::uuid, ${upload.id}::uuid, (content ->> 'row')::int, content, 'waiting'
    from unnest(${rows.map((row) => JSON.stringify(row))}::jsonb[]) as content`);
  return true;
}

export function findUpload(db: Db, labId: string, uploadId: string): Promise<Upload | undefined> {
  return db.maybe<Upload>(sql`
    select id, source_id, file_name, sha256, row_count, uploaded_at, uploaded_by
    from lis_order.camp_upload where lab_id = ${labId} and id = ${uploadId}`);
}

/** The upload with how far it has got. */
export function viewUpload(db: Db, labId: string, uploadId: string): Promise<UploadView | undefined> {
  return db.maybe<UploadView>(sql`
    select u.id, u.source_id, u.file_name, u.row_count as rows, c.waiting, c.placed, c.possible_duplicates, c.refused,
      u.uploaded_at, u.uploaded_by
    from lis_order.camp_upload as u
    cross join lateral (
      select count(*) filter (where status = 'waiting') as waiting, count(*) filter (where status = 'placed') as placed,
        count(*) filter (where status = 'possible_duplicate') as possible_duplicates,
        count(*) filter (where status = 'refused') as refused
      from lis_order.camp_row where upload_id = u.id and lab_id = ${labId}
    ) as c
    where u.lab_id = ${labId} and u.id = ${uploadId}`);
}

export interface Choice {
  readonly row: number;
  readonly patientId: string | null;
  readonly isKnownToDiffer: boolean;
}

/** Puts rows that wait for a word about who they are, or were refused, back in line. */
export async function chooseRows(tx: Tx, labId: string, uploadId: string, choices: readonly Choice[]): Promise<void> {
  await tx.rows(sql`
    update lis_order.camp_row as r
    set status = 'waiting', refusal = null, possible_patient_ids = '{}',
      content = r.content || jsonb_build_object('chosenPatientId', c.patient_id, 'isKnownToDiffer', c.is_known_to_differ)
    from unnest(
      ${choices.map((choice) => choice.row)}::int[], ${choices.map((choice) => choice.patientId)}::uuid[],
      ${choices.map((choice) => choice.isKnownToDiffer)}::boolean[]
    ) as c (row_number, patient_id, is_known_to_differ)
    where r.lab_id = ${labId} and r.upload_id = ${uploadId} and r.row_number = c.row_number
      and r.status in ('possible_duplicate', 'refused')`);
}

export interface WaitingRow {
  readonly rowNumber: number;
  readonly content: unknown;
}

/** Waiting rows in the order of the file, after one. */
export function listWaiting(
  db: Db,
  labId: string,
  uploadId: string,
  after: number,
  limit: number,
): Promise<readonly WaitingRow[]> {
  return db.rows<WaitingRow>(sql`
    select row_number, content from lis_order.camp_row
    where lab_id = ${labId} and upload_id = ${uploadId} and status = 'waiting' and row_number > ${after}
    order by row_number
    limit ${limit}`);
}

/** Notes what became of a row. What was typed is let go once the order is placed. */
export async function closeRow(tx: Tx, labId: string, uploadId: string, row: UploadRow): Promise<void> {
  await tx.rows(sql`
    update lis_order.camp_row
    set status = ${row.status}, patient_id = ${row.patientId}::uuid, order_id = ${row.orderId}::uuid, refusal = ${row.refusal},
      possible_patient_ids = ${row.possiblePatientIds}::uuid[],
      content = case when ${row.status} = 'placed' then null else content end
    where lab_id = ${labId} and upload_id = ${uploadId} and row_number = ${row.row}`);
}

/** In the order of the file, of one status when given. */
export function listRows(
  db: Db,
  labId: string,
  uploadId: string,
  status: string | null,
  after: number,
  limit: number,
): Promise<readonly UploadRow[]> {
  return db.rows<UploadRow>(sql`
    select row_number as row, status, patient_id, order_id, refusal, possible_patient_ids
    from lis_order.camp_row
    where lab_id = ${labId} and upload_id = ${uploadId} and row_number > ${after}
      and (${status}::text is null or status = ${status})
    order by row_number
    limit ${limit}`);
}
