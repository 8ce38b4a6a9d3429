// What other services told this one: stored once a consumer and event, handled in order per entity, tried again with
// back-off, parked for a person after the last try. A parked event holds back the later ones of its entity: a wrong
// order could do harm, a late one is seen. The order holds among the events of one teller, whichever consumer they are
// for; two tellers have no common order, and one may wait for the other.
import sql, { raw } from 'sql-template-tag';

import type { Database } from '../database/database.ts';
import { ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ConsumerBinding } from '../service.ts';
import type { Envelope } from './envelope.ts';
import { createTicker } from './ticker.ts';
import type { Ticker } from './ticker.ts';

export interface InboxOptions {
  readonly schema: string;
  readonly database: Database;
  readonly consumers: readonly ConsumerBinding[];
  readonly log: Log;
  readonly pollMs: number;
  /** Runs one event; must mark the row done in the consumer's own transaction (see markDone). */
  readonly handle: (consumer: ConsumerBinding, event: InboxEvent) => Promise<void>;
  readonly now: () => string;
  readonly maxAttempts?: number;
}

export interface InboxEvent {
  readonly eventId: string;
  readonly consumer: string;
  readonly labId: string;
  readonly type: string;
  readonly version: number;
  readonly entityId: string;
  readonly payload: Record<string, unknown>;
  readonly requestId: string;
  readonly trace: string | null;
  readonly attempts: number;
}

const CONCURRENCY = 4;
const FIRST_WAIT_MS = 40;
const MAX_WAIT_MS = 60_000;
export const MAX_ATTEMPTS = 12;

/** Stores events for every consumer that wants them; what is known already is left alone. */
export async function storeEnvelopes(options: InboxOptions, envelopes: readonly Envelope[]): Promise<void> {
  const rows = envelopes.flatMap((envelope) =>
    options.consumers
      .filter((consumer) => consumer.event.name === envelope.type)
      .map((consumer) => ({ envelope, consumer: consumer.name })),
  );
  if (rows.length === 0) return;
  const column = <T>(pick: (envelope: Envelope) => T) => rows.map((row) => pick(row.envelope));
  await options.database.platform((db) =>
    db.rows(sql`
      insert into ${raw(options.schema)}.inbox
        (event_id, consumer, lab_id, type, version, entity_id, payload, request_id, trace, told_at)
      select i.event_id, i.consumer, i.lab_id, i.type, i.version, i.entity_id, i.payload, i.request_id, i.trace, i.told_at
      from unnest(
        ${column((e) => e.id)}::uuid[], ${rows.map((row) => row.consumer)}::text[], ${column((e) => e.labid)}::uuid[],
        ${column((e) => e.type)}::text[], ${column((e) => e.dataversion)}::int[], ${column((e) => e.subject)}::uuid[],
        ${column((e) => JSON.stringify(e.data))}::jsonb[], ${column((e) => e.requestid)}::text[],
        ${column((e) => e.traceparent)}::text[], ${column((e) => e.time)}::timestamptz[]
      ) with ordinality as i (event_id, consumer, lab_id, type, version, entity_id, payload, request_id, trace, told_at, n)
      order by i.n
      on conflict (event_id, consumer) do nothing`),
  );
}

async function listDue(options: InboxOptions): Promise<readonly InboxEvent[]> {
  const schema = raw(options.schema);
  const consumers = options.consumers.map((consumer) => consumer.name);
  return options.database.platform((db) =>
    // Of each teller and entity the first open event, for all its consumers, when its time has come.
    db.rows<InboxEvent>(sql`
      select event_id, consumer, lab_id, type, version, entity_id, payload, request_id, trace, attempts
      from ${schema}.inbox as i
      where state = 'waiting' and due_at <= ${options.now()}::timestamptz
        and consumer = any(${consumers})
        and not exists (
          select from ${schema}.inbox as before
          where before.state <> 'done' and before.entity_id = i.entity_id and before.position < i.position
            and before.event_id <> i.event_id and before.consumer = any(${consumers})
            and split_part(before.type, '.', 1) = split_part(i.type, '.', 1))
      order by position
      limit 100`),
  );
}

/** Records a failed try and returns how long to wait before the next, milliseconds. */
async function noteFailure(options: InboxOptions, event: InboxEvent, error: unknown): Promise<number> {
  const attempts = event.attempts + 1;
  const maxAttempts = options.maxAttempts ?? MAX_ATTEMPTS;
  const isParked = attempts >= maxAttempts;
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempts, MAX_WAIT_MS);
  const code = error instanceof ServiceError ? error.code : 'unexpected';
  if (code === 'unexpected')
    options.log.error('consumer.fault', { consumer: event.consumer, event: event.eventId }, error);
  if (isParked) options.log.error('consumer.parked', { consumer: event.consumer, event: event.eventId, code });
  await options.database.platform((db) =>
    db.rows(sql`
      update ${raw(options.schema)}.inbox
      set attempts = ${attempts},
        last_error = ${code},
        state = ${isParked ? 'parked' : 'waiting'},
        due_at = ${options.now()}::timestamptz + ${waitMs} * interval '1 millisecond'
      where event_id = ${event.eventId} and consumer = ${event.consumer} and state = 'waiting'`),
  );
  return waitMs;
}

/** Starts handling; `wake` when new events were stored. */
export function startInbox(options: InboxOptions): Ticker {
  if (options.consumers.length === 0) return { wake: () => {}, stop: async () => {} };
  const byName = new Map(options.consumers.map((consumer) => [consumer.name, consumer]));

  const handleOne = async (event: InboxEvent): Promise<void> => {
    const consumer = byName.get(event.consumer);
    if (!consumer) return;
    try {
      await options.handle(consumer, event);
    } catch (error) {
      const waitMs = await noteFailure(options, event, error);
      // The poll is slow; the first tries follow quickly, since a fact still on its way is the usual reason.
      setTimeout(() => ticker.wake(), waitMs).unref();
    }
  };

  const ticker = createTicker({
    name: `inbox ${options.schema}`,
    everyMs: options.pollMs,
    log: options.log,
    work: async () => {
      const due = await listDue(options);
      // One event an entity is in the list, so the list may run side by side.
      const queue = [...due];
      const hands = await Promise.allSettled(
        Array.from({ length: CONCURRENCY }, async () => {
          for (let event = queue.shift(); event; event = queue.shift()) await handleOne(event);
        }),
      );
      // A failure that could not even be noted: told only when no other hand is at work any more.
      for (const hand of hands) if (hand.status === 'rejected') throw hand.reason;
      return due.length > 0;
    },
  });
  return ticker;
}
