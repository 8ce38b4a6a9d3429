// Reads a service's outbox in the order of commits and hands each subscriber what it asked for, at least once. The
// cursor moves only after the subscriber has stored the events; a subscriber that is away holds up nobody else.
import sql, { raw } from 'sql-template-tag';

import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
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

/** Relays one batch to one subscriber; returns how many events went. */
export async function relayBatch(options: RelayOptions, subscription: Subscription): Promise<number> {
  const schema = raw(options.schema);
  return options.database.platform(async (db) => {
    // The lock on the cursor row keeps two replicas from relaying the same batch; the other one skips this turn.
    const cursor = await db.maybe<{ xid: string; seq: number }>(sql`
      select xid, seq from ${schema}.outbox_cursor where subscriber = ${subscription.subscriber} for update skip locked`);
    if (!cursor) return 0;
    const rows = await db.rows<OutboxRow>(sql`
      select seq, xid, id, lab_id, type, version, entity_id, payload, request_id, trace, told_at
      from ${schema}.outbox
      where (xid, seq) > (${cursor.xid}::xid8, ${cursor.seq}::bigint)
        and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by xid, seq
      limit ${BATCH}`);
    const last = rows.at(-1);
    if (!last) return 0;
    const wanted = rows.filter((row) => subscription.types.includes(row.type));
    if (wanted.length > 0) {
      await options.transport.deliver(
        subscription.subscriber,
        wanted.map((row) => toEnvelope(options.service, row)),
      );
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
