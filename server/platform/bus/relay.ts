// Reads a service's outbox in the order of commits and hands each subscriber what it asked for, at least once. The
// cursor moves only after the subscriber has stored the events; a subscriber that is away holds up nobody else.
//
// Two orders are at work. (xid, seq) decides how far the cursor may go: below the oldest running transaction nothing is
// missed. seq decides the order of handing over: of two transactions that change one entity, the one that got its number
// first may have waited for the other and told last; it has the lower xid and the higher seq.
import sql, { raw } from 'sql-template-tag';

import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { Db } from '../service.ts';
import type { Envelope, Transport } from './envelope.ts';
import { createTicker } from './ticker.ts';
import type { Ticker } from './ticker.ts';

export interface Subscription {
  readonly subscriber: string;
  /** Event names, all of one telling service. */
  readonly types: readonly string[];
}

export interface RelayOptions {
  readonly service: string;
  readonly schema: string;
  readonly database: Database;
  readonly subscriptions: readonly Subscription[];
  readonly transport: Transport;
  readonly log: Log;
  readonly pollMs: number;
}

interface OutboxRow {
  readonly seq: number;
  readonly xid: string;
  readonly id: string;
  readonly labId: string;
  readonly type: string;
  readonly version: number;
  readonly entityId: string;
  readonly payload: Record<string, unknown>;
  readonly requestId: string;
  readonly trace: string | null;
  readonly toldAt: string;
}

const BATCH = 500;

function toEnvelope(service: string, row: OutboxRow): Envelope {
  return {
    specversion: '1.0',
    id: row.id,
    source: `nidaan/${service}`,
    type: row.type,
    subject: row.entityId,
    time: row.toldAt,
    datacontenttype: 'application/json',
    labid: row.labId,
    dataversion: row.version,
    requestid: row.requestId,
    traceparent: row.trace,
    data: row.payload,
  };
}

const COLUMNS = raw(
  'o.seq, o.xid, o.id, o.lab_id, o.type, o.version, o.entity_id, o.payload, o.request_id, o.trace, o.told_at',
);

/**
 * Events after the batch that were told before an event of the same entity in it. They are visible already, since their
 * transactions ended first, and go with the batch; in their own they come once more, and the inbox knows them then.
 */
async function listOvertaken(
  db: Db,
  schema: string,
  batch: readonly OutboxRow[],
  last: OutboxRow,
): Promise<readonly OutboxRow[]> {
  const newest = new Map<string, number>();
  for (const row of batch) newest.set(row.entityId, Math.max(row.seq, newest.get(row.entityId) ?? 0));
  return db.rows<OutboxRow>(sql`
    select ${COLUMNS}
    from ${raw(schema)}.outbox as o
    join unnest(${[...newest.keys()]}::uuid[], ${[...newest.values()]}::bigint[]) as newest (entity_id, seq)
      on newest.entity_id = o.entity_id and o.seq < newest.seq
    where (o.xid, o.seq) > (${last.xid}::xid8, ${last.seq}::bigint)`);
}

/** Relays one batch to one subscriber; returns how many events went. */
export async function relayBatch(options: RelayOptions, subscription: Subscription): Promise<number> {
  const schema = raw(options.schema);
  return options.database.relaying(async (db) => {
    // Keeps two replicas from relaying the same batch; the other one skips this turn. Why not a lock on the cursor's row:
    // that takes a transaction number, and a subscriber that answers slowly would then hold back every reader's horizon.
    const lock = await db.one<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`relay ${options.schema} ${subscription.subscriber}`}, 0)) as held`,
    );
    if (!lock.held) return 0;
    const cursor = await db.one<{ xid: string; seq: number }>(sql`
      select xid, seq from ${schema}.outbox_cursor where subscriber = ${subscription.subscriber}`);
    const rows = await db.rows<OutboxRow>(sql`
      select ${COLUMNS}
      from ${schema}.outbox as o
      where (o.xid, o.seq) > (${cursor.xid}::xid8, ${cursor.seq}::bigint)
        and o.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by o.xid, o.seq
      limit ${BATCH}`);
    const last = rows.at(-1);
    if (!last) return 0;
    const envelopes = [...rows, ...(await listOvertaken(db, options.schema, rows, last))]
      .filter((row) => subscription.types.includes(row.type))
      .toSorted((a, b) => a.seq - b.seq)
      .map((row) => toEnvelope(options.service, row));
    for (let from = 0; from < envelopes.length; from += BATCH) {
      await options.transport.deliver(subscription.subscriber, envelopes.slice(from, from + BATCH));
    }
    await db.rows(sql`
      update ${schema}.outbox_cursor set xid = ${last.xid}::xid8, seq = ${last.seq}::bigint
      where subscriber = ${subscription.subscriber}`);
    return rows.length;
  });
}

/** A new subscriber starts at the beginning of what the outbox still holds. */
async function ensureCursors(options: RelayOptions): Promise<void> {
  await options.database.platform(async (db) => {
    for (const { subscriber } of options.subscriptions) {
      await db.rows(sql`
        insert into ${raw(options.schema)}.outbox_cursor (subscriber, xid, seq) values (${subscriber}, '0'::xid8, 0)
        on conflict (subscriber) do nothing`);
    }
  });
}

/** Starts one ticker a subscription; `wake` after a commit that told something makes it run at once. */
export async function startRelay(options: RelayOptions): Promise<Ticker> {
  await ensureCursors(options);
  const tickers = options.subscriptions.map((subscription) =>
    createTicker({
      name: `relay ${options.service} to ${subscription.subscriber}`,
      everyMs: options.pollMs,
      log: options.log,
      work: async () => (await relayBatch(options, subscription)) > 0,
    }),
  );
  return {
    wake: () => tickers.forEach((ticker) => ticker.wake()),
    stop: async () => {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
    },
  };
}
