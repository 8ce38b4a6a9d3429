// Every SQL statement on processing_start: which messages were begun and not brought to an end.
import sql from 'sql-template-tag';

import type { Db } from '#platform/service.ts';

/** Starts that came to no end, by message id; those without are left out. */
export async function startsOf(db: Db, labId: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows<{ readonly messageId: string; readonly starts: number }>(sql`
    select message_id, starts from lis_integration.processing_start
    where lab_id = ${labId} and message_id = any(${ids}::uuid[])`);
  return new Map(rows.map(({ messageId, starts }) => [messageId, starts]));
}

/** Not in the transaction of the processing: with it the count would be undone by the very death it counts. */
export async function noteStarts(db: Db, labId: string, ids: readonly string[]): Promise<void> {
  await db.rows(sql`
    insert into lis_integration.processing_start (message_id, lab_id, starts)
    select id, ${labId}::uuid, 1 from unnest(${ids}::uuid[]) as i (id)
    on conflict (message_id) do update set starts = processing_start.starts + 1`);
}

export async function clearStarts(db: Db, labId: string, ids: readonly string[]): Promise<void> {
  await db.rows(sql`
    delete from lis_integration.processing_start where lab_id = ${labId} and message_id = any(${ids}::uuid[])`);
}
