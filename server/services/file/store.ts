// Every SQL statement of the file service.
import sql from 'sql-template-tag';

import type { Db, Tx } from '#platform/service.ts';

import type { FileView } from './contract.ts';

export interface FileRow extends FileView {
  /** Where the bytes lie on the shelf. */
  readonly key: string;
  readonly caseId: string | null;
}

export function find(db: Db, labId: string, fileId: string): Promise<FileRow | undefined> {
  return db.maybe<FileRow>(sql`
    select id, key, name, content_type, size_bytes, sha256, owner_type, owner_id, case_id, stored_at, stored_by
    from lis_file.file
    where lab_id = ${labId} and id = ${fileId}`);
}

/** The row when it is new; nothing when the id is in use. */
export function add(tx: Tx, labId: string, file: FileRow): Promise<FileRow | undefined> {
  return tx.maybe<FileRow>(sql`
    insert into lis_file.file
      (lab_id, id, key, name, content_type, size_bytes, sha256, owner_type, owner_id, case_id, stored_at, stored_by)
    values
      (${labId}, ${file.id}, ${file.key}, ${file.name}, ${file.contentType}, ${file.sizeBytes}, ${file.sha256}, ${file.ownerType},
       ${file.ownerId}, ${file.caseId}, ${file.storedAt}, ${file.storedBy})
    on conflict (lab_id, id) do nothing
    returning id, key, name, content_type, size_bytes, sha256, owner_type, owner_id, case_id, stored_at, stored_by`);
}

/** Newest first; `after` is the time and id of the last of the page before. */
export function listOfOwner(
  db: Db,
  labId: string,
  search: { readonly ownerId: string; readonly after: readonly [storedAt: string, id: string]; readonly limit: number },
): Promise<readonly FileRow[]> {
  return db.rows<FileRow>(sql`
    select id, key, name, content_type, size_bytes, sha256, owner_type, owner_id, case_id, stored_at, stored_by
    from lis_file.file
    where lab_id = ${labId} and owner_id = ${search.ownerId}
      and (stored_at, id) < (${search.after[0]}::timestamptz, ${search.after[1]}::uuid)
    order by stored_at desc, id desc
    limit ${search.limit}`);
}
