// The promise that one lab cannot see another (P6), kept by the database itself, and what becomes of its faults.
import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import pg from 'pg';
import sql, { raw } from 'sql-template-tag';

import { breakRule, codeTaken, tell } from '../testing/pair.ts';
import { asSystem, LAB, OTHER_LAB, startPair, until } from '../testing/start-pair.ts';
import { newId } from '../ids.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';

async function open(
  t: TestContext,
  maxConnections = 1,
): Promise<{ database: Database; urls: Parameters<typeof openDatabase>[0] }> {
  const { database } = await startPair(t);
  const opened = openDatabase(database.urls, { maxConnections });
  t.after(() => opened.close());
  return { database: opened, urls: database.urls };
}

const insert = (id: string, labId: string) =>
  sql`insert into lis_teller.entity (id, lab_id, n) values (${id}, ${labId}, 1)`;
const all = sql`select id from lis_teller.entity`;

async function sqlAs(
  url: string,
  statements: string,
): Promise<{ rows: readonly Record<string, unknown>[]; count: number | null }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(statements);
    const last = Array.isArray(result) ? result.at(-1) : result;
    return { rows: last?.rows ?? [], count: last?.rowCount ?? null };
  } finally {
    await client.end();
  }
}
const refusedWith = (code: string) => (error: unknown) => error instanceof pg.DatabaseError && error.code === code;

test('a lab sees and changes its own rows only, on the one connection that both labs share', async (t) => {
  const { database } = await open(t);
  const [mine, theirs] = [newId(), newId()];
  for (const [id, lab] of [
    [mine, LAB],
    [theirs, OTHER_LAB],
  ] as const) {
    await database.transaction(lab, {}, (db) => db.rows(insert(id, lab)));
  }
  for (const lab of [LAB, OTHER_LAB, LAB]) {
    const rows = await database.reader(lab, {}).rows<{ id: string }>(all);
    assert.deepEqual(
      rows.map((row) => row.id),
      [lab === LAB ? mine : theirs],
    );
  }
  // A transaction of one lab between two reads of the other leaves the session as it was.
  const reader = database.reader(LAB, {});
  await reader.rows(all);
  await database.transaction(OTHER_LAB, {}, async (db) => assert.equal((await db.rows(all)).length, 1));
  assert.deepEqual(
    (await reader.rows<{ id: string }>(all)).map((row) => row.id),
    [mine],
  );
  await assert.rejects(
    database.transaction(LAB, {}, (db) => db.rows(insert(newId(), OTHER_LAB))),
    refusedWith('42501'),
  );
  const changed = await database.transaction(LAB, {}, (db) =>
    db.rows(sql`update lis_teller.entity set n = 99 where id = ${theirs} returning id`),
  );
  assert.deepEqual(changed, []);
});

test('hand-written SQL as the application sees nothing without a lab and nothing of another', async (t) => {
  const { database, urls } = await open(t);
  const [mine, theirs] = [newId(), newId()];
  await database.transaction(LAB, {}, (db) => db.rows(insert(mine, LAB)));
  await database.transaction(OTHER_LAB, {}, (db) => db.rows(insert(theirs, OTHER_LAB)));
  assert.equal((await sqlAs(urls.app, 'select * from lis_teller.entity')).rows.length, 0);
  const lab = `set nidaan.lab = '${LAB}';`;
  assert.deepEqual((await sqlAs(urls.app, `${lab} select id from lis_teller.entity`)).rows, [{ id: mine }]);
  assert.equal((await sqlAs(urls.app, `${lab} update lis_teller.entity set n = 5`)).count, 1);
  assert.equal((await sqlAs(urls.app, `${lab} delete from lis_teller.entity where id = '${theirs}'`)).count, 0);
  await assert.rejects(
    sqlAs(urls.app, `${lab} insert into lis_teller.entity values ('${newId()}', '${OTHER_LAB}', 1)`),
    refusedWith('42501'),
  );
  await assert.rejects(
    sqlAs(urls.app, `${lab} update lis_teller.entity set lab_id = '${OTHER_LAB}'`),
    refusedWith('42501'),
  );
  // `row_security = off` does not lift it: the server refuses to answer instead.
  await assert.rejects(
    sqlAs(urls.app, `${lab} set row_security = off; select * from lis_teller.entity`),
    refusedWith('42501'),
  );
});

test('the application role cannot lift the policies, change what is append-only, or reach the queue', async (t) => {
  const { urls } = await open(t);
  const lab = `set nidaan.lab = '${LAB}';`;
  const forbidden = [
    'alter table lis_teller.entity disable row level security',
    'drop policy own_lab on lis_teller.entity',
    'alter role nidaan_app bypassrls',
    'set role nidaan_platform',
    'set session authorization postgres',
    'create policy mine on lis_teller.entity using (true)',
    'truncate lis_teller.entity',
    'truncate lis_teller.audit',
    'update lis_teller.audit set act = act',
    'delete from lis_teller.audit',
    'update lis_teller.outbox set type = type',
    'delete from lis_teller.outbox',
    'update lis_teller.audit_seal set seal = seal',
    'delete from lis_teller.audit_seal',
    `insert into lis_teller.audit_seal values (1, '1', '${LAB}', 'x')`,
    'select * from lis_teller.outbox_cursor',
    'select * from graphile_worker._private_jobs',
    "select graphile_worker.add_job('x')",
    'create table lis_teller.mine (x int)',
    'create schema mine',
    'select * from pg_authid',
    'insert into nidaan.migration values (1)',
    "copy lis_teller.entity to program 'id'",
  ];
  for (const statement of forbidden) {
    await assert.rejects(
      sqlAs(urls.app, `${lab} ${statement}`),
      (error: unknown) => error instanceof pg.DatabaseError && /^(42501|42P01|3F000|42703)$/.test(error.code ?? ''),
      statement,
    );
  }
  const { rows } = await sqlAs(
    urls.app,
    'select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user',
  );
  assert.deepEqual(rows, [{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }]);
});

test('the platform role reads the outbox and audit of all labs, and no table of a service', async (t) => {
  const { urls } = await open(t);
  for (const statement of [
    'select * from lis_teller.entity',
    'delete from lis_teller.audit',
    'update lis_teller.audit_seal set seal = seal',
    'alter role nidaan_platform bypassrls',
  ]) {
    await assert.rejects(sqlAs(urls.platform, statement), refusedWith('42501'), statement);
  }
  assert.deepEqual((await sqlAs(urls.platform, 'select * from lis_teller.audit')).rows, []);
});

test('a lab id that is anything but a UUID never reaches the server', async (t) => {
  const { database } = await open(t);
  for (const labId of ["'; reset nidaan.lab; --", '', 'x', `${LAB}'`, `${LAB}\n`, LAB.toUpperCase(), `${LAB} `]) {
    assert.throws(() => database.reader(labId, {}), /must be a UUID/, labId);
    await assert.rejects(
      database.transaction(labId, {}, async () => {}),
      /must be a UUID/,
      labId,
    );
  }
});

test('a named constraint becomes its catalogue error, another one stays a fault', async (t) => {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  await runtime.dispatcher.call(tell, { entityId: newId(), code: 'A' }, asSystem(runtime));
  await assert.rejects(runtime.dispatcher.call(tell, { entityId: newId(), code: 'A' }, asSystem(runtime)), {
    code: codeTaken.code,
    status: 409,
  });
  await assert.rejects(runtime.dispatcher.call(breakRule, { entityId: newId() }, asSystem(runtime)), {
    code: 'platform.internal',
  });
});

test('a deadlock and a serialisation failure say that the record is busy', async (t) => {
  const { database } = await open(t, 4);
  const [a, b] = [newId(), newId()];
  await database.transaction(LAB, {}, async (db) => {
    await db.rows(insert(a, LAB));
    await db.rows(insert(b, LAB));
  });
  const bump = (id: string) => sql`update lis_teller.entity set n = n + 1 where id = ${id}`;
  let bothHold = () => {};
  const gate = new Promise<void>((resolve) => {
    let holding = 0;
    bothHold = () => {
      holding += 1;
      if (holding === 2) resolve();
    };
  });
  const cross = (first: string, second: string) =>
    database.transaction(LAB, {}, async (db) => {
      await db.rows(bump(first));
      bothHold();
      await gate;
      await db.rows(bump(second));
    });
  const outcomes = await Promise.allSettled([cross(a, b), cross(b, a)]);
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason?.code);
  assert.deepEqual(lost, ['platform.busy']);

  const stale = database.transaction(LAB, {}, async (db) => {
    await db.rows(sql`set transaction isolation level repeatable read`);
    await db.rows(all);
    await database.transaction(LAB, {}, (other) => other.rows(bump(a)));
    await db.rows(bump(a));
  });
  await assert.rejects(stale, { code: 'platform.busy', retry: 'transient' });
});

test('a refusal inside a transaction keeps its connection, and what runs on after the end of one is stopped', async (t) => {
  const { database } = await open(t);
  const pid = async () =>
    (await database.reader(LAB, {}).one<{ pid: number }>(sql`select pg_backend_pid() as pid`)).pid;
  const before = await pid();
  await assert.rejects(
    database.transaction(LAB, {}, async () => Promise.reject(codeTaken({}))),
    { code: codeTaken.code },
  );
  await assert.rejects(database.transaction(LAB, {}, (db) => db.rows(sql`select 1 / 0`)));
  assert.equal(await pid(), before);
  let straggler: Promise<unknown> = Promise.resolve();
  const id = newId();
  await assert.rejects(
    database.transaction(LAB, {}, async (db) => {
      straggler = db
        .rows(sql`select 1`)
        .then(() => new Promise((resolve) => setTimeout(resolve, 30)))
        .then(() => db.rows(insert(id, LAB)));
      straggler.catch(() => {});
      throw codeTaken({});
    }),
  );
  await assert.rejects(straggler, /transaction is over/);
  assert.deepEqual(await database.reader(LAB, {}).rows(sql`select 1 from lis_teller.entity where id = ${id}`), []);
});

/** A door in front of the database that can be shut: what is inside is cut off, who knocks is refused. */
async function createDoor(
  url: string,
): Promise<{ through(url: string): string; shut(): Promise<void>; reopen(): Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect({ host: '127.0.0.1', port: Number(target.port) });
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {}).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port }, resolve));
  await listen(0);
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    through: (original) => {
      const changed = new URL(original);
      changed.host = `127.0.0.1:${address.port}`;
      changed.search = '';
      return changed.href;
    },
    shut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await closed;
    },
    reopen: () => listen(address.port),
  };
}

test('a database that goes away is told as such, ends no process, and serves again without a restart', async (t) => {
  const { database } = await startPair(t);
  const door = await createDoor(database.urls.app);
  const opened = openDatabase(
    { owner: '', app: door.through(database.urls.app), platform: door.through(database.urls.platform) },
    { maxConnections: 2 },
  );
  t.after(async () => {
    await opened.close();
    await door.shut();
  });
  await opened.ping();
  const reader = opened.reader(LAB, {});
  await reader.rows(all);
  const unavailable = { code: 'platform.database_unavailable', status: 503, retry: 'transient' };
  // Cut off between two statements: nobody is reading from the connection in that moment.
  const cut = opened.transaction(LAB, {}, async (db) => {
    await db.rows(all);
    await door.shut();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await db.rows(all);
  });
  await assert.rejects(cut, unavailable);
  await assert.rejects(reader.rows(all), unavailable);
  await assert.rejects(opened.ping(), unavailable);
  await assert.rejects(
    opened.transaction(LAB, {}, (db) => db.rows(all)),
    unavailable,
  );
  await door.reopen();
  await until('an answer', () => reader.rows(all).catch(() => undefined), 5000);
  await opened.ping();
});

test('rows arrive as the kit says: camelCase, instants in ISO text, days and numerics as text', async (t) => {
  const { database } = await open(t);
  const row = await database.reader(LAB, {}).one(sql`
    select '2026-11-25 23:30:00.120+05:30'::timestamptz as told_at, '2026-02-28'::date as born_on, 5.40::numeric as some_value2,
      9007199254740991::bigint as row_count, null::timestamptz as none, '{"a":[1]}'::jsonb as facts`);
  assert.deepEqual(
    { ...row },
    {
      toldAt: '2026-11-25T18:00:00.120Z',
      bornOn: '2026-02-28',
      someValue2: '5.40',
      rowCount: 9_007_199_254_740_991,
      none: null,
      facts: { a: [1] },
    },
  );
  await assert.rejects(database.reader(LAB, {}).one(sql`select ${raw('1')} where false`), /exactly one row/);
});
