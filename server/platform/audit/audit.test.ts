import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import pg from 'pg';
import sql from 'sql-template-tag';

import { systemActor } from '../actor.ts';
import { trailCall } from '../contract.ts';
import type { Database } from '../database/database.ts';
import { databaseUnavailable } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { silentLog } from '../log.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { tell } from '../testing/pair.ts';
import { asSystem, LAB, OTHER_LAB, startPair, userWith } from '../testing/start-pair.ts';
import type { Pair } from '../testing/start-pair.ts';
import { sealBatch, sealOf, verifyChain } from './seal.ts';
import { createViewAudit } from './view-audit.ts';
import type { View } from './view-audit.ts';

const SCHEMA = 'lis_teller';

async function asOwner(pair: Pair, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: pair.database.urls.owner });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

interface Row {
  readonly seq: number;
  readonly id: string;
}

/**
 * Seals until there are so many seals. One turn may find nothing to do: a transaction of any other database on the server,
 * so of any other test, holds back the horizon below which rows are settled.
 */
async function sealUntil(database: Database, count: number): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    await sealBatch(database, SCHEMA);
    const { seals } = await database.platform((db) =>
      db.one<{ seals: number }>(sql`select count(*) as seals from lis_teller.audit_seal`),
    );
    if (seals >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`there were never ${count} seals`);
}

/** Ten acts of each of two labs, sealed. */
async function sealedLab(
  t: TestContext,
): Promise<{ pair: Pair; runtime: Runtime; database: Database; rows: readonly Row[] }> {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  for (let n = 0; n < 10; n += 1) {
    await runtime.dispatcher.call(tell, { entityId: newId() }, asSystem(runtime, LAB));
    await runtime.dispatcher.call(tell, { entityId: newId() }, asSystem(runtime, OTHER_LAB));
  }
  const database = runtime.databaseOf('teller');
  await sealUntil(database, 20);
  assert.deepEqual(await verifyChain(database, SCHEMA), []);
  const rows = await runtime
    .systemCtx('teller', LAB)
    .db.rows<Row>(sql`select seq, id from lis_teller.audit order by seq`);
  assert.equal(rows.length, 10);
  return { pair, runtime, database, rows };
}

const tamperings: readonly (readonly [
  what: string,
  statement: (row: Row) => string,
  expected: 'altered' | 'removed' | 'added',
  isGone?: boolean,
])[] = [
  ['the facts', ({ id }) => `update lis_teller.audit set facts = '{"n": 7}' where id = '${id}'`, 'altered'],
  [
    'the time',
    ({ id }) => `update lis_teller.audit set at = at + interval '1 millisecond' where id = '${id}'`,
    'altered',
  ],
  ['the name', ({ id }) => `update lis_teller.audit set actor_name = 'somebody else' where id = '${id}'`, 'altered'],
  ['the actor', ({ id }) => `update lis_teller.audit set actor_id = entity_id where id = '${id}'`, 'altered'],
  ['the case', ({ id }) => `update lis_teller.audit set case_id = null where id = '${id}'`, 'altered'],
  ['the lab', ({ id }) => `update lis_teller.audit set lab_id = '${OTHER_LAB}' where id = '${id}'`, 'altered'],
  ['the place in the order', ({ id }) => `update lis_teller.audit set xid = '1' where id = '${id}'`, 'altered'],
  [
    'the seal',
    ({ seq }) => `update lis_teller.audit_seal set seal = repeat('0', 64) where audit_seq = ${seq}`,
    'altered',
  ],
  ['the row, taken out', ({ id }) => `delete from lis_teller.audit where id = '${id}'`, 'removed', true],
];

test('whatever the owner alters or takes out of the trail is found, with its row, in its lab alone', async (t) => {
  const { pair, database, rows } = await sealedLab(t);
  const row = rows[4];
  assert.ok(row);
  await asOwner(
    pair,
    'create table public.kept_audit as table lis_teller.audit; create table public.kept_seal as table lis_teller.audit_seal',
  );
  for (const [what, statement, reason, isGone] of tamperings) {
    await asOwner(pair, statement(row));
    const breaks = await verifyChain(database, SCHEMA);
    assert.deepEqual(breaks, [{ labId: LAB, auditId: isGone ? '' : row.id, auditSeq: row.seq, reason }], what);
    await asOwner(
      pair,
      `delete from lis_teller.audit; delete from lis_teller.audit_seal;
      insert into lis_teller.audit overriding system value table public.kept_audit; insert into lis_teller.audit_seal table public.kept_seal`,
    );
    assert.deepEqual(await verifyChain(database, SCHEMA), [], `${what}, put back`);
  }
});

test('a row taken out with its seal breaks the chain at the next one; a row slipped in has no seal', async (t) => {
  const { pair, database, rows } = await sealedLab(t);
  const [row, next] = rows.slice(4, 6);
  assert.ok(row && next);
  await asOwner(
    pair,
    `delete from lis_teller.audit where seq = ${row.seq}; delete from lis_teller.audit_seal where audit_seq = ${row.seq}`,
  );
  assert.deepEqual(await verifyChain(database, SCHEMA), [
    { labId: LAB, auditId: next.id, auditSeq: next.seq, reason: 'altered' },
  ]);

  const forged = newId();
  await asOwner(
    pair,
    `insert into lis_teller.audit (xid, id, lab_id, at, actor_name, act, entity_id, facts, request_id)
    select xid, '${forged}', '${OTHER_LAB}', at, actor_name, act, entity_id, facts, request_id from lis_teller.audit where seq = ${rows[0]?.seq}`,
  );
  await sealBatch(database, SCHEMA);
  assert.deepEqual(
    (await verifyChain(database, SCHEMA)).map(({ labId, auditId, reason }) => [labId, auditId, reason]),
    [
      [LAB, next.id, 'altered'],
      [OTHER_LAB, forged, 'added'],
    ],
  );
});

test('acts that overlap are sealed each once, in one order, whoever seals', async (t) => {
  const pair = await startPair(t, { DATABASE_CONNECTIONS: '16' });
  const [one, two] = [pair.makeRuntime(), pair.makeRuntime()];
  const database = one.databaseOf('teller');
  let isTelling = true;
  const sealers = [one, two].map(async (runtime) => {
    while (isTelling) await sealBatch(runtime.databaseOf('teller'), SCHEMA);
  });
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      one.dispatcher.call(
        tell,
        { entityId: newId(), isEarly: index % 2 === 0, holdMs: (index * 7) % 40 },
        asSystem(one, index % 3 === 0 ? OTHER_LAB : LAB),
      ),
    ),
  );
  isTelling = false;
  await Promise.all(sealers);
  await sealUntil(database, 60);
  const counts = await database.platform((db) =>
    db.one<{ acts: number; seals: number }>(
      sql`select (select count(*) from lis_teller.audit) as acts, (select count(*) from lis_teller.audit_seal) as seals`,
    ),
  );
  assert.deepEqual({ ...counts }, { acts: 60, seals: 60 });
  assert.deepEqual(await verifyChain(database, SCHEMA), []);
});

test('a seal is the SHA-256 of the seal before it and the row in a fixed order', () => {
  const row = {
    seq: 1,
    xid: '1',
    labId: LAB,
    id: 'i',
    at: '2026-11-25T00:00:00Z',
    actorId: null,
    actorName: 'desk',
    act: 'a.b',
    entityId: 'e',
    caseId: null,
    facts: '{"n": 1}',
    requestId: 'r',
  };
  // printf '["p","i","2026-11-25T00:00:00Z",null,"desk","a.b","e",null,"{\"n\": 1}","r"]' | sha256sum
  assert.equal(sealOf('p', row), 'ab854b4fee5027051e35efae50431f44d2887fc7ed042164324a4397fbdaa9af');
});

test('an act is in the trail with who, when and its request, for those who may read it in its lab', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  const entityId = newId();
  const actor = userWith(['teller.tell']);
  await runtime.dispatcher.call(tell, { entityId }, runtime.scopeOf(actor, 'request-77'));
  const read = (labId: string, permissions: readonly string[]) =>
    runtime.dispatcher.call(
      trailCall('teller'),
      { caseIds: [entityId] },
      runtime.scopeOf(userWith(permissions, labId)),
    );
  const [entry, ...more] = await read(LAB, ['audit.read']);
  assert.ok(entry);
  assert.equal(more.length, 0);
  assert.deepEqual(
    [
      entry.act,
      entry.actorId,
      entry.actorName,
      entry.entityId,
      entry.caseId,
      entry.facts,
      entry.requestId,
      entry.seal,
      entry.service,
    ],
    ['teller.tell', actor.userId, 'somebody', entityId, entityId, { n: 1 }, 'request-77', null, 'teller'],
  );
  assert.deepEqual(await read(OTHER_LAB, ['audit.read']), []);
  await assert.rejects(read(LAB, ['teller.tell']), { code: 'platform.forbidden' });
});

test('views are written in one batch, and those of the last moment when the process stops', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  const watcher = pair.makeRuntime();
  const ctx = runtime.systemCtx('teller', LAB, 'desk');
  for (let n = 0; n < 30; n += 1) ctx.auditView('teller.view', newId(), newId());
  await runtime.stop();
  const rows = await watcher
    .systemCtx('teller', LAB)
    .db.rows<{ xid: string; act: string; actorName: string }>(sql`select xid, act, actor_name from lis_teller.audit`);
  assert.equal(rows.length, 30);
  assert.equal(new Set(rows.map((row) => row.xid)).size, 1, 'one transaction');
  assert.ok(rows.every((row) => row.act === 'teller.view' && row.actorName === 'desk'));
});

test('views wait while the database is away, and are given up only when it refuses them', async (t) => {
  const lost: unknown[] = [];
  const log: Log = { ...silentLog, error: (event, facts) => lost.push([event, facts?.['count']]) };
  let fault: Error | undefined = databaseUnavailable({});
  const written: string[] = [];
  const pair = await startPair(t);
  const real = pair.makeRuntime().databaseOf('teller');
  const database: Database = {
    ...real,
    transaction: async (labId, constraints, work) => {
      if (fault) throw fault;
      const value = await real.transaction(labId, constraints, work);
      written.push(labId);
      return value;
    },
  };
  const views = createViewAudit(log);
  const view = (): View => ({
    schema: SCHEMA,
    database,
    labId: LAB,
    actor: systemActor(LAB, 'desk'),
    requestId: 'r',
    at: new Date().toISOString(),
    act: 'teller.view',
    entityId: newId(),
    caseId: undefined,
  });
  views.add(view());
  await views.flush();
  fault = undefined;
  views.add(view());
  await views.flush();
  const count = await real.platform((db) =>
    db.one<{ count: number }>(sql`select count(*) as count from lis_teller.audit`),
  );
  assert.equal(count.count, 2);
  assert.deepEqual(lost, []);
  fault = new Error('refused');
  views.add(view());
  await views.flush();
  assert.deepEqual(lost, [['audit.view_lost', 1]]);
  fault = databaseUnavailable({});
  views.add(view());
  await views.stop();
  assert.deepEqual(lost.at(-1), ['audit.view_lost', 1]);
  await sleep(0);
  assert.equal(written.length, 1);
});
