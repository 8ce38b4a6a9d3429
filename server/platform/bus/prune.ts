// Old rows of a service's outbox and inbox. Both are kept for a while after their work is done: the outbox so that a
// subscriber that is added finds the last days in it, the inbox because its row is what makes a repeated delivery harmless.
// An event can only come again while it is in an outbox and not yet behind its subscriber's cursor; a done row of the inbox
// therefore outlives its event (INBOX_KEEP_DAYS above OUTBOX_KEEP_DAYS, refused at the start otherwise), and nothing is
// pruned in the first minutes, when a relay may repeat what it had delivered just before the process ended.
import sql, { raw } from 'sql-template-tag';

import type { Database } from '../database/database.ts';
import type { Db } from '../service.ts';

export interface PruneOptions {
  readonly schema: string;
  readonly database: Database;
  /** Who must have been told before an event may go. */
  readonly subscribers: readonly string[];
  readonly outboxKeepDays: number;
  readonly inboxKeepDays: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Rows deleted in one statement; for tests. */
  readonly batch?: number;
}

const BATCH = 1000;
const DAY_MS = 86_400_000;

interface Place {
  readonly subscriber: string;
  readonly xid: string;
  readonly seq: number;
}

/** Deletes one batch of each; returns true when there may be more. */
export async function pruneBatch(options: PruneOptions): Promise<boolean> {
  const batch = options.batch ?? BATCH;
  const before = (days: number) => new Date(options.nowMs() - days * DAY_MS).toISOString();
  return options.database.platform(async (db) => {
    // Two replicas that delete the same rows would wait for each other; the other one skips this turn.
    const lock = await db.one<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`prune ${options.schema}`}, 0)) as held`,
    );
    if (!lock.held) return false;
    const told = await pruneOutbox(db, options, before(options.outboxKeepDays), batch);
    const done = await pruneInbox(db, options, before(options.inboxKeepDays), batch);
    return told === batch || done === batch;
  });
}

/** Rows are told and grow old in the order (xid, seq), so the oldest of them are the first ones: no further index is needed. */
async function pruneOutbox(
  db: Db,
  { schema, subscribers }: PruneOptions,
  before: string,
  batch: number,
): Promise<number> {
  const places = await db.rows<Place>(sql`
    select subscriber, xid, seq from ${raw(schema)}.outbox_cursor
    where subscriber = any(${subscribers}::text[])
    order by xid, seq`);
  // One that has no cursor yet has been told nothing.
  if (places.length < subscribers.length) return 0;
  const [hindmost] = places;
  const rows = await db.rows(sql`
    delete from ${raw(schema)}.outbox
    where seq in (
      select seq
      from (
        select seq, told_at from ${raw(schema)}.outbox
        where (xid, seq) <= (${hindmost?.xid ?? MAX_XID}::xid8, ${hindmost?.seq ?? MAX_SEQ}::bigint)
        order by xid, seq
        limit ${batch}
      ) as first
      where told_at < ${before}::timestamptz
    )
    returning seq`);
  return rows.length;
}

// No subscriber: everything counts as told.
const MAX_XID = '18446744073709551615';
const MAX_SEQ = '9223372036854775807';

/** What is done only; an event that is parked waits for a person, however long. */
async function pruneInbox(db: Db, { schema }: PruneOptions, before: string, batch: number): Promise<number> {
  const rows = await db.rows(sql`
    delete from ${raw(schema)}.inbox
    where (event_id, consumer) in (
      select event_id, consumer from ${raw(schema)}.inbox
      where state = 'done' and done_at < ${before}::timestamptz
      order by done_at
      limit ${batch}
    )
    returning position`);
  return rows.length;
}
