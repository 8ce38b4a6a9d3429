import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { deadLetterCalls } from '../contract.ts';
import { serviceUnreachable } from '../errors.ts';
import { newId } from '../ids.ts';
import { defineService } from '../service.ts';
import { counted, createListener, createTeller, refused, tell, tellLater } from '../testing/pair.ts';
import { asSystem, heard, LAB, OTHER_LAB, startPair, until, userWith } from '../testing/start-pair.ts';
import type { Envelope } from './envelope.ts';

const dead = deadLetterCalls('listener');

test('an event that fails to the end is parked, holds back its entity alone, is seen, and is replayed', async (t) => {
  const pair = await startPair(t);
  const [bad, good] = [newId(), newId()];
  let isBroken = true;
  const listener = createListener({
    before: (_consumer, { entityId }) => {
      if (isBroken && entityId === bad) throw refused({ reason: 'Asha Kulkarni', limit: 1 });
    },
  });
  const runtime = pair.makeRuntime({ services: [createTeller(), listener], maxAttempts: 2 });
  await runtime.start();
  const scope = asSystem(runtime);
  await runtime.dispatcher.call(tell, { entityId: bad }, scope);
  await runtime.dispatcher.call(tell, { entityId: bad, closes: true }, scope);
  await runtime.dispatcher.call(tell, { entityId: good }, scope);
  await runtime.dispatcher.call(tell, { entityId: good, closes: true }, scope);

  const operator = userWith(['platform.operate']);
  const letters = await until('the parked event', async () => {
    const found = await runtime.dispatcher.call(dead.list, {}, runtime.scopeOf(operator));
    return found.length > 0 && found;
  });
  await until('the other entity', async () => (await heard(runtime)).length === 2);
  assert.deepEqual(
    (await heard(runtime)).map((row) => [row.entityId === good, row.n]),
    [
      [true, 1],
      [true, 2],
    ],
  );
  const [letter] = letters;
  assert.ok(letter);
  assert.equal(letters.length, 1, 'the later event of the entity waits; it is not parked itself');
  assert.deepEqual(
    { ...letter, id: '', parkedAt: '' },
    {
      id: '',
      parkedAt: '',
      service: 'listener',
      consumer: 'on-counted',
      event: 'teller.counted',
      entityId: bad,
      attempts: 2,
      lastError: 'teller.refused',
    },
  );

  const foreign = userWith(['platform.operate'], OTHER_LAB);
  assert.deepEqual(await runtime.dispatcher.call(dead.list, {}, runtime.scopeOf(foreign)), []);
  const replay = (actor: typeof operator) =>
    runtime.dispatcher.call(dead.replay, { id: letter.id, consumer: letter.consumer }, runtime.scopeOf(actor));
  assert.deepEqual(await replay(foreign), { replayed: false });
  await assert.rejects(replay(userWith([])), { code: 'platform.forbidden' });

  isBroken = false;
  assert.deepEqual(await replay(operator), { replayed: true });
  assert.deepEqual(await replay(operator), { replayed: false });
  await until('the replayed event and the one it held back', async () => (await heard(runtime)).length === 4);
  assert.deepEqual(
    (await heard(runtime)).filter((row) => row.entityId === bad).map((row) => [row.consumer, row.n]),
    [
      ['on-counted', 1],
      ['on-closed', 2],
    ],
  );
  const audited = await runtime
    .systemCtx('listener', LAB)
    .db.rows<{ act: string; entityId: string }>(sql`select act, entity_id from lis_listener.audit`);
  assert.deepEqual(audited, [{ act: 'platform.replay_event', entityId: bad }]);
});

test('an event whose content is not understood is parked, not lost', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime({ maxAttempts: 1 });
  await runtime.start();
  const envelope: Envelope = {
    specversion: '1.0',
    id: newId(),
    source: 'nidaan/teller',
    type: counted.name,
    subject: newId(),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    labid: LAB,
    dataversion: 9,
    requestid: 'request-1',
    traceparent: null,
    data: { strange: true },
  };
  await runtime.receive('listener', [envelope, envelope]);
  const letters = await until('the parked event', async () => {
    const found = await runtime.dispatcher.call(dead.list, {}, asSystem(runtime));
    return found.length > 0 && found;
  });
  assert.deepEqual(
    letters.map((letter) => [letter.id, letter.lastError]),
    [[envelope.id, 'unexpected']],
  );
});

test('a subscriber that hangs or is away holds up no other, and gets everything once it is back', async (t) => {
  const pair = await startPair(t);
  const teller = createTeller();
  const away = defineService({ ...createListener(), name: 'away' });
  const hung = defineService({ ...createListener(), name: 'hung' });
  const listener = createListener();
  let isBack = false;
  const brought = new Map<string, string[]>();
  const remote = {
    call: async () => ({}),
    deliver: async (subscriber: string, envelopes: readonly Envelope[]) => {
      while (!isBack && subscriber === 'hung') await sleep(20);
      if (!isBack) throw serviceUnreachable({ service: subscriber });
      brought.set(subscriber, [
        ...(brought.get(subscriber) ?? []),
        ...envelopes.map((envelope) => String(envelope.data['n'])),
      ]);
    },
  };
  const runtime = pair.makeRuntime({
    services: [teller, listener],
    everyService: [teller, hung, away, listener],
    remote,
  });
  await runtime.start();
  const entityId = newId();
  for (let n = 1; n <= 5; n += 1) {
    await runtime.dispatcher.call(tell, { entityId }, asSystem(runtime));
    // Told one at a time: each must pass the relay of the hung subscriber, which is in the middle of a delivery.
    await until(`event ${n}`, async () => (await heard(runtime)).length === n, 3000);
  }
  isBack = true;
  await until('the others', () => ['hung', 'away'].every((name) => new Set(brought.get(name)).size === 5));
  assert.deepEqual([...new Set(brought.get('away'))], ['1', '2', '3', '4', '5']);
});

test('more subscribers than the database has connections for the platform do not block each other', async (t) => {
  const pair = await startPair(t);
  const names = Array.from({ length: 12 }, (_, index) => `crowd-${index}`);
  // Each delivery needs a connection while its relay holds one, as in one process.
  const runtime = pair.makeRuntime({ services: [createTeller(), createListener()] });
  const database = runtime.databaseOf('teller');
  const held = names.map(() =>
    database.relaying(async () => database.platform(async (db) => db.one<{ one: number }>(sql`select 1 as one`))),
  );
  assert.deepEqual(
    (await Promise.all(held)).map(({ one }) => one),
    names.map(() => 1),
  );
});

test('a job scheduled in a transaction runs once however often it is asked for, and its work is told like any other', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  const entityId = newId();
  for (let times = 0; times < 3; times += 1) await runtime.dispatcher.call(tellLater, { entityId }, asSystem(runtime));
  await runtime.start();
  await until('the event of the job', async () => (await heard(runtime)).length > 0);
  await sleep(100);
  assert.deepEqual(
    (await heard(runtime)).map((row) => [row.entityId, row.n]),
    [[entityId, 1]],
  );
});
