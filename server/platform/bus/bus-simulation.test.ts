// The bus under everything at once: long and short transactions, consumers that fail, replicas, duplicates, a restart.
// Whatever happens, each event has its effect once, and an entity's events in the order of their commits.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';

import sql from 'sql-template-tag';

import { newId } from '../ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createListener, createTeller, tell } from '../testing/pair.ts';
import { asSystem, heard, LAB, startPair, until } from '../testing/start-pair.ts';
import type { Envelope } from './envelope.ts';

/** Mulberry32: small, good enough to shuffle, the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly entityId: string;
  readonly payload: Record<string, unknown>;
  readonly toldAt: string;
}

/** Envelopes of what was told so far, as a relay that lost its place would bring them again. */
async function toldSoFar(runtime: Runtime): Promise<readonly Envelope[]> {
  const rows = await runtime.databaseOf('teller').platform((db) =>
    db.rows<OutboxRow>(sql`
      select id, type, entity_id, payload, told_at from lis_teller.outbox
      where (xid, seq) <= (select xid, seq from lis_teller.outbox_cursor where subscriber = 'listener')
      order by xid, seq limit 40`),
  );
  return rows.map((row) => ({
    specversion: '1.0',
    id: row.id,
    source: 'nidaan/teller',
    type: row.type,
    subject: row.entityId,
    time: row.toldAt,
    datacontenttype: 'application/json',
    labid: LAB,
    dataversion: 1,
    requestid: 'again',
    traceparent: null,
    data: row.payload,
  }));
}

const TELLS = 150;
const TELLERS = 10;
const ENTITIES = 5;

for (const seed of [1, 20_261, 77_003]) {
  test(`every event has its effect once and in the order of commits (seed ${seed})`, async (t) => {
    const random = seeded(seed);
    const pair = await startPair(t, { DATABASE_CONNECTIONS: '24' });
    const listener = createListener({
      before: async () => {
        if (random() < 0.15) throw new Error('a bad moment');
        await sleep(random() * 4);
      },
    });
    const services = [createTeller(), listener];
    const make = () => pair.makeRuntime({ services, pollMs: 20, maxAttempts: 40 });
    const steady = make();
    const leaving = make();
    await Promise.all([steady.start(), leaving.start()]);

    const entities = Array.from({ length: ENTITIES }, () => newId());
    const plan = Array.from({ length: TELLS }, () => ({
      entityId: entities[Math.floor(random() * ENTITIES)] ?? '',
      isEarly: random() < 0.5,
      holdMs: random() < 0.3 ? Math.floor(random() * 40) : 0,
      closes: random() < 0.2,
    }));
    const queue = [...plan];
    let replacement: Promise<void> | undefined;
    const replace = async () => {
      await leaving.stop();
      await make().start();
    };
    await Promise.all(
      Array.from({ length: TELLERS }, async () => {
        for (let input = queue.shift(); input; input = queue.shift()) {
          await steady.dispatcher.call(tell, input, asSystem(steady));
          if (queue.length < TELLS / 2) replacement ??= replace();
          if (random() < 0.1) await steady.receive('listener', await toldSoFar(steady));
        }
      }),
    );
    await replacement;
    await until('every event', async () => (await heard(steady)).length >= TELLS);
    await steady.receive('listener', await toldSoFar(steady));
    await sleep(60);

    const rows = await heard(steady);
    for (const entityId of entities) {
      const count = plan.filter((input) => input.entityId === entityId).length;
      const expected = Array.from({ length: count }, (_, index) => index + 1);
      assert.deepEqual(
        rows.filter((row) => row.entityId === entityId).map((row) => row.n),
        expected,
        `seed ${seed}, entity ${entities.indexOf(entityId)}`,
      );
    }
  });
}
