import assert from 'node:assert/strict';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { createManualClock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { defineService } from '../service.ts';
import { createListener, createTeller, refused, tell } from '../testing/pair.ts';
import { asSystem, heard, startPair, until } from '../testing/start-pair.ts';
import type { Envelope } from './envelope.ts';
import { pruneBatch } from './prune.ts';

const DAY_MS = 86_400_000;

async function count(runtime: Runtime, table: 'teller.outbox' | 'listener.inbox'): Promise<number> {
  const query =
    table === 'teller.outbox'
      ? sql`select count(*) as rows from lis_teller.outbox`
      : sql`select count(*) as rows from lis_listener.inbox`;
  const service = table === 'teller.outbox' ? 'teller' : 'listener';
  const { rows } = await runtime.databaseOf(service).platform((db) => db.one<{ rows: number }>(query));
  return rows;
}

/** Prunes until there is nothing more to do, so many days from now; returns in how many batches. */
async function prune(
  runtime: Runtime,
  service: 'teller' | 'listener',
  inDays: number,
  subscribers: readonly string[] = ['listener'],
): Promise<number> {
  for (let batches = 1; ; batches += 1) {
    const hasMore = await pruneBatch({
      schema: `lis_${service}`,
      database: runtime.databaseOf(service),
      subscribers: service === 'teller' ? subscribers : [],
      outboxKeepDays: 7,
      inboxKeepDays: 30,
      nowMs: () => Date.now() + inDays * DAY_MS,
      batch: 2,
    });
    if (!hasMore) return batches;
  }
}

async function allTold(runtime: Runtime): Promise<void> {
  await until('the cursors at the end', async () => {
    const row = await runtime.databaseOf('teller').platform((db) =>
      db.one<{ untold: number }>(sql`
        select count(*) as untold from lis_teller.outbox_cursor as c
        join lis_teller.outbox as o on (o.xid, o.seq) > (c.xid, c.seq)`),
    );
    return row.untold === 0;
  });
}

test('what all were told goes after its days, what was handled after more, in batches; what is parked stays', async (t) => {
  const pair = await startPair(t);
  const bad = newId();
  const listener = createListener({
    before: (_consumer, { entityId }) => {
      if (entityId === bad) throw refused({ reason: 'too many', limit: 1 });
    },
  });
  const runtime = pair.makeRuntime({ services: [createTeller(), listener], maxAttempts: 1 });
  await runtime.start();
  const scope = asSystem(runtime);
  for (const entityId of [newId(), newId(), newId(), newId(), bad])
    await runtime.dispatcher.call(tell, { entityId }, scope);
  await until('the events heard', async () => (await heard(runtime)).length === 4);
  await allTold(runtime);
  const [first] = await runtime.databaseOf('teller').platform((db) =>
    db.rows<Omit<Envelope, 'data'> & { data: Record<string, unknown> }>(sql`
      select '1.0' as specversion, id, 'nidaan/teller' as source, type, entity_id as subject, told_at as time,
        'application/json' as datacontenttype, lab_id as labid, version as dataversion, request_id as requestid,
        trace as traceparent, payload as data
      from lis_teller.outbox order by seq limit 1`),
  );
  assert.ok(first);

  assert.equal(await prune(runtime, 'teller', 6.99), 1);
  assert.equal(await count(runtime, 'teller.outbox'), 5);
  assert.equal(await prune(runtime, 'teller', 7.01), 3, 'five rows, two at a time');
  assert.equal(await count(runtime, 'teller.outbox'), 0);

  await prune(runtime, 'listener', 29.99);
  assert.equal(await count(runtime, 'listener.inbox'), 5);
  // A repeat meets the memory of the first time.
  await runtime.receive('listener', [first]);
  assert.equal(await count(runtime, 'listener.inbox'), 5);
  assert.equal(await prune(runtime, 'listener', 30.01), 3);
  const left = await runtime
    .databaseOf('listener')
    .platform((db) =>
      db.rows<{ state: string; entityId: string }>(sql`select state, entity_id from lis_listener.inbox`),
    );
  assert.deepEqual(left, [{ state: 'parked', entityId: bad }]);
  assert.equal((await heard(runtime)).length, 4);
});

test('an event stays, however old, until the last subscriber has been told', async (t) => {
  const pair = await startPair(t);
  const teller = createTeller();
  const away = defineService({ ...createListener(), name: 'away' });
  const runtime = pair.makeRuntime({
    services: [teller, createListener()],
    everyService: [teller, createListener(), away],
  });
  await runtime.start();
  await runtime.dispatcher.call(tell, { entityId: newId() }, asSystem(runtime));
  await until('the event heard', async () => (await heard(runtime)).length === 1);
  await prune(runtime, 'teller', 1000, ['listener', 'away']);
  assert.equal(await count(runtime, 'teller.outbox'), 1, 'one subscriber is away');
  await prune(runtime, 'teller', 1000, ['listener', 'newcomer']);
  assert.equal(await count(runtime, 'teller.outbox'), 1, 'one has no cursor yet');
  await until('the cursor moved', async () => {
    await prune(runtime, 'teller', 1000, ['listener']);
    return (await count(runtime, 'teller.outbox')) === 0;
  });
});

test('what nobody listens to is pruned as well; of two replicas one prunes', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime({ services: [createTeller()] });
  await runtime.start();
  for (let n = 0; n < 5; n += 1) await runtime.dispatcher.call(tell, { entityId: newId() }, asSystem(runtime));
  await prune(runtime, 'teller', 6, []);
  assert.equal(await count(runtime, 'teller.outbox'), 5);
  await Promise.all([prune(runtime, 'teller', 8, []), prune(runtime, 'teller', 8, [])]);
  await prune(runtime, 'teller', 8, []);
  assert.equal(await count(runtime, 'teller.outbox'), 0);
});

test('a running house prunes by itself', async (t) => {
  const pair = await startPair(t);
  // Ten days ago the event was told, and the house went dark.
  const clock = createManualClock(new Date(Date.now() - 10 * DAY_MS).toISOString());
  const past = pair.makeRuntime({ clock });
  await past.start();
  await past.dispatcher.call(tell, { entityId: newId() }, asSystem(past));
  await allTold(past);
  assert.equal(await count(past, 'teller.outbox'), 1);
  await past.stop();

  const runtime = pair.makeRuntime({ pruneFirstMs: 50 });
  await runtime.start();
  await until('the outbox pruned', async () => (await count(runtime, 'teller.outbox')) === 0);
  assert.equal(await count(runtime, 'listener.inbox'), 1);
  await until('the event heard', async () => (await heard(runtime)).length === 1);
});
