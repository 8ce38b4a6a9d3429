// Starts and stops real servers. Each test has its own folder; where one dies on purpose, the death is a real SIGKILL.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { Client } from 'pg';
import { canReach, isRoot, unprivilegedAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts';
import { EmbeddedPostgresError, type EmbeddedPostgresFault } from './errors.ts';
import { noteName } from './placement.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { processIdentity } from './process-table.ts';
import { until } from './server-process.ts';
import { serverArguments, serverEnvironment } from './settings.ts';

const home = mkdtempSync(join(tmpdir(), 'nidaan-embedded-'));
chmodSync(home, 0o755);
after(() => rmSync(home, { recursive: true, force: true }));

let folders = 0;
const freshFolder = (): string => join(home, `d${++folders}`);

/** Starts a server that ends with the test, whatever happens in it. */
async function start(
  t: TestContext,
  dataDir: string,
  more: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres & { readonly events: readonly string[] }> {
  const events: string[] = [];
  const server = await startEmbeddedPostgres({ dataDir, log: (event) => events.push(event), ...more });
  t.after(() => server.stop());
  return { ...server, events };
}

async function query(server: EmbeddedPostgres, text: string, host?: string): Promise<readonly unknown[][]> {
  const { password, port } = new URL(server.superuserUrl);
  const client = new Client({
    host: host ?? '127.0.0.1',
    port: Number(port),
    user: 'postgres',
    password,
    database: 'postgres',
  });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const refusedWith = (code: EmbeddedPostgresFault, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof EmbeddedPostgresError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

/** Another Node that starts the server, runs one statement, says what it has, and stays until killed. */
async function startElsewhere(
  t: TestContext,
  dataDir: string,
  statement: string,
  as: { readonly uid?: number; readonly gid?: number } = {},
): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(import.meta.resolve('./embedded.ts'))};
    import { Client } from ${JSON.stringify(import.meta.resolve('pg'))};
    try {
      const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined });
      const client = new Client(server.superuserUrl);
      await client.connect();
      await client.query(${JSON.stringify(statement)});
      console.log('started ' + server.port);
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(error.code + ': ' + error.message);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    ...as,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const said = await new Promise<string>((done) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()));
    child.once('exit', () => done('exited without a word'));
  });
  return { child, said };
}

async function kill9(child: ChildProcess): Promise<void> {
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await exited;
}

function postmasterPid(dataDir: string): number {
  const pid = readPostmasterFile(join(dataDir, 'cluster'))?.pid;
  assert.ok(pid !== undefined);
  return pid;
}

test('a first start makes a private, checksummed, durable database; the next start finds it again', async (t) => {
  const dataDir = freshFolder();
  const first = await start(t, dataDir);
  assert.equal(first.adopted, false);
  assert.equal(first.dataDir, dataDir);
  const settings = [
    'data_checksums',
    'fsync',
    'full_page_writes',
    'listen_addresses',
    'jit',
    'server_encoding',
    'max_connections',
  ];
  const [row] = await query(first, `select ${settings.map((name) => `current_setting('${name}')`).join(', ')}`);
  assert.deepEqual(row, ['on', 'on', 'on', '127.0.0.1', 'off', 'UTF8', '200']);
  // Letters outside ASCII are letters: expected values by hand from the Unicode case tables.
  assert.deepEqual(await query(first, `select lower('ÉÇ'), to_tsvector('simple', 'राम कुमार')::text, 'B' < 'a'`), [
    ['éç', `'कुमार':2 'राम':1`, true],
  ]);
  await query(first, 'create table kept as select 42 as value');
  assert.equal(statSync(join(dataDir, 'superuser-password')).mode & 0o777, 0o600);
  assert.equal(statSync(join(dataDir, 'cluster')).mode & 0o777, 0o700);
  assert.notEqual(statSync(join(dataDir, 'cluster')).uid, 0);
  await first.stop();
  assert.equal(existsSync(join(dataDir, 'cluster', 'postmaster.pid')), false);

  const second = await start(t, dataDir);
  assert.equal(second.adopted, false);
  assert.equal(second.superuserUrl, first.superuserUrl);
  assert.ok(second.socketDir !== undefined);
  assert.deepEqual(await query(second, 'select value from kept', second.socketDir), [[42]]);
  await assert.rejects(
    query({ ...second, superuserUrl: second.superuserUrl.replace(/:[^:@]+@/, ':wrong@') }, 'select 1'),
    {
      code: '28P01',
    },
  );
});

test('the log file quotes no value of a failing statement', async (t) => {
  const dataDir = freshFolder();
  const server = await start(t, dataDir);
  await query(server, 'create table person (mobile text unique)');
  await query(server, `insert into person values ('9800000001')`);
  await assert.rejects(query(server, `insert into person values ('9800000001')`), { code: '23505' });
  await assert.rejects(query(server, `select 'Asha Rao'::integer`), { code: '22P02' });
  await server.stop();
  const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
  assert.match(log, /ready to accept connections/);
  assert.doesNotMatch(log, /9800000001|Asha/);
});

test('after kill -9 of Node the living server is adopted with all data, unless other settings are wanted', async (t) => {
  const dataDir = freshFolder();
  const { child, said } = await startElsewhere(t, dataDir, 'create table kept as select 7 as value');
  assert.match(said, /^started \d+$/);
  const pid = postmasterPid(dataDir);
  await kill9(child);
  assert.ok(processIdentity(pid) !== undefined, 'the server outlives Node');

  const adopted = await start(t, dataDir);
  assert.equal(adopted.adopted, true);
  assert.equal(postmasterPid(dataDir), pid);
  assert.deepEqual(await query(adopted, 'select value from kept'), [[7]]);
  await adopted.stop();
  assert.equal(processIdentity(pid), undefined, 'stop ends an adopted server too');

  const again = await startElsewhere(t, dataDir, 'insert into kept values (8)');
  await kill9(again.child);
  const changed = await start(t, dataDir, { settings: { work_mem: '9MB' } });
  assert.equal(changed.adopted, false);
  assert.deepEqual(await query(changed, `select value, current_setting('work_mem') from kept order by 1`), [
    [7, '9MB'],
    [8, '9MB'],
  ]);
});

test('after kill -9 of Node and server a start recovers what was committed', async (t) => {
  const dataDir = freshFolder();
  const { child } = await startElsewhere(t, dataDir, 'create table kept as select generate_series(1, 5000) as value');
  const pid = postmasterPid(dataDir);
  process.kill(pid, 'SIGKILL');
  await kill9(child);
  await until(() => processIdentity(pid) === undefined, 5_000);
  const server = await start(t, dataDir);
  assert.equal(server.adopted, false);
  assert.ok(server.events.includes('postgres.stale_pid_file'));
  assert.deepEqual(await query(server, 'select count(*)::int from kept'), [[5000]]);
});

test('a pid file whose pid now belongs to another program fools nobody', async (t) => {
  const dataDir = freshFolder();
  const first = await start(t, dataDir);
  const cluster = join(dataDir, 'cluster');
  const left = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  await first.stop();
  // A program of the same user, in the same folder, with the server's own arguments: all alike but the program.
  const { uid, gid } = statSync(cluster);
  const impostor = spawn('/bin/sh', ['-c', 'sleep 60; true', '/bin/postgres', '-D', cluster], {
    cwd: cluster,
    stdio: 'ignore',
    ...(isRoot() ? { uid, gid } : {}),
    detached: true,
  });
  const { pid } = impostor;
  assert.ok(pid !== undefined);
  t.after(() => process.kill(-pid, 'SIGKILL'));
  const file = left.replace(/^\d+/, String(pid));
  writeFileSync(join(cluster, 'postmaster.pid'), file, { mode: 0o600 });
  writeFileSync(join(dataDir, 'socket', `.s.PGSQL.${first.port}.lock`), file, { mode: 0o600 });
  if (isRoot()) {
    chownSync(join(cluster, 'postmaster.pid'), uid, gid);
    chownSync(join(dataDir, 'socket', `.s.PGSQL.${first.port}.lock`), uid, gid);
  }
  const second = await start(t, dataDir);
  assert.equal(second.adopted, false);
  assert.equal(second.socketDir, first.socketDir);
  assert.deepEqual(await query(second, 'select 1'), [[1]]);
  assert.ok(processIdentity(pid) !== undefined, 'the other program was left alone');
});

test('of two starters on one folder the second is refused, in this process and in another', async (t) => {
  const dataDir = freshFolder();
  const outcomes = await Promise.allSettled([start(t, dataDir), start(t, dataDir)]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(start(t, dataDir), refusedWith('data_in_use', new RegExp(`pid ${process.pid}`)));
  const { said } = await startElsewhere(t, dataDir, 'select 1');
  assert.match(said, /^data_in_use: /);
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop();
  await start(t, dataDir);
});

test('a folder that cannot be written is named', async (t) => {
  const dataDir = freshFolder();
  mkdirSync(dataDir, { mode: 0o555 });
  if (!isRoot()) {
    await assert.rejects(start(t, dataDir), refusedWith('data_not_writable', new RegExp(dataDir)));
    return;
  }
  const account = unprivilegedAccount();
  const needed = [import.meta.filename, process.execPath];
  if (!needed.every((path) => canReach(path, account))) return t.skip('root, and no other user can read this checkout');
  const { said } = await startElsewhere(t, dataDir, 'select 1', account);
  assert.match(said, new RegExp(`^data_not_writable: .*${dataDir}`));
  // The same user on a folder of its own starts without any of root's measures.
  const own = freshFolder();
  mkdirSync(own);
  chownSync(own, account.uid, account.gid);
  const plain = await startElsewhere(t, own, 'select 1', account);
  assert.match(plain.said, /^started /);
  await kill9(plain.child);
  assert.equal((await start(t, own)).adopted, true);
});

test('root with a folder nobody else can enter: data and programs go where PostgreSQL can read them', async (t) => {
  if (!isRoot()) return t.skip('only root needs this');
  const closed = freshFolder();
  mkdirSync(closed, { mode: 0o700 });
  const dataDir = join(closed, 'checkout', 'data');
  const systemDir = freshFolder();
  const first = await start(t, dataDir, { systemDir });
  assert.ok(first.dataDir.startsWith(`${systemDir}/`), first.dataDir);
  assert.ok(readFileSync(join(dataDir, noteName), 'utf8').includes(first.dataDir));
  assert.equal(statSync(closed).mode & 0o777, 0o700);
  await query(first, 'create table kept as select 3 as value');
  await first.stop();
  const second = await start(t, dataDir, { systemDir });
  assert.equal(second.dataDir, first.dataDir);
  assert.deepEqual(await query(second, 'select value from kept'), [[3]]);
});

test('a database of another major version is refused untouched', async (t) => {
  const dataDir = freshFolder();
  mkdirSync(join(dataDir, 'cluster'), { recursive: true });
  writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '15\n');
  if (isRoot()) chownSync(join(dataDir, 'cluster'), unprivilegedAccount().uid, unprivilegedAccount().gid);
  await assert.rejects(start(t, dataDir), refusedWith('data_version', /PostgreSQL 15, but PostgreSQL 18/));
});

test('a start that fails says why in one line and leaves the folder free', async (t) => {
  const dataDir = freshFolder();
  await assert.rejects(start(t, dataDir, { settings: { work_mem: 'much' } }), refusedWith('start_failed', /work_mem/));
  await start(t, dataDir);
});

test('a taken port is replaced when it was ours to choose, and refused when it was asked for', async (t) => {
  const dataDir = freshFolder();
  const first = await start(t, dataDir);
  await first.stop();
  const other = createServer();
  await new Promise<void>((done) => other.listen(first.port, '127.0.0.1', done));
  t.after(() => other.close());
  await assert.rejects(
    start(t, dataDir, { port: first.port }),
    refusedWith('port_in_use', new RegExp(String(first.port))),
  );
  const second = await start(t, dataDir);
  assert.notEqual(second.port, first.port);
  await second.stop();
  assert.equal((await start(t, dataDir)).port, second.port);
});

test('a lost password file is replaced by a new password', async (t) => {
  const dataDir = freshFolder();
  const first = await start(t, dataDir);
  await first.stop();
  rmSync(join(dataDir, 'superuser-password'));
  const second = await start(t, dataDir);
  assert.notEqual(second.superuserUrl, first.superuserUrl);
  assert.deepEqual(await query(second, 'select 1'), [[1]]);
});

test('a server still starting up, its Node killed a moment ago, is waited for and adopted', async (t) => {
  const dataDir = freshFolder();
  const { child } = await startElsewhere(t, dataDir, 'create table kept as select generate_series(1, 200000) as value');
  const crashed = postmasterPid(dataDir);
  process.kill(crashed, 'SIGQUIT'); // leaves the log to be replayed, and no orphaned backends as SIGKILL would
  await kill9(child);
  await until(() => processIdentity(crashed) === undefined, 5_000);
  const { uid, gid } = statSync(join(dataDir, 'cluster'));
  const port = Number(readFileSync(join(dataDir, 'port'), 'utf8'));
  const launch = { clusterDir: join(dataDir, 'cluster'), port, socketDir: join(dataDir, 'socket'), settings: {} };
  const orphan = spawn(findBinaries().postgres, serverArguments(launch), {
    ...(isRoot() ? { uid, gid } : {}),
    cwd: '/',
    env: serverEnvironment({}),
    stdio: 'ignore',
  });
  t.after(() => orphan.kill('SIGQUIT'));
  await until(() => readPostmasterFile(join(dataDir, 'cluster'))?.pid === orphan.pid, 5_000);
  const server = await start(t, dataDir);
  assert.equal(server.adopted, true);
  assert.equal(postmasterPid(dataDir), orphan.pid);
  assert.deepEqual(await query(server, 'select count(*)::int from kept'), [[200_000]]);
});

test('a folder name that is long, or holds spaces, quotes, commas and Hindi, does no harm', async (t) => {
  const odd = join(freshFolder(), `लैब, "A" 'b'`);
  const first = await start(t, odd);
  assert.deepEqual(await query(first, 'select 1'), [[1]]);
  await first.stop();
  const long = join(freshFolder(), 'x'.repeat(120));
  const second = await start(t, long);
  assert.equal(second.socketDir, undefined);
  assert.deepEqual(await query(second, 'select 1'), [[1]]);
});

test('a server killed under us is started again where it was, as often as it takes; stop ends that', async (t) => {
  const dataDir = freshFolder();
  const server = await start(t, dataDir);
  await query(server, 'create table kept as select 5 as value');
  for (let kills = 0; kills < 2; kills += 1) {
    const pid = postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    const isBack = () => {
      const file = readPostmasterFile(join(dataDir, 'cluster'));
      return file !== undefined && file.pid !== pid && file.status === 'ready';
    };
    assert.ok(await until(isBack, 20_000), server.events.join());
    assert.deepEqual(await query(server, 'select value from kept', server.socketDir), [[5]]);
    assert.deepEqual(await query(server, 'select value from kept'), [[5]]);
  }
  const last = postmasterPid(dataDir);
  await server.stop();
  assert.equal(processIdentity(last), undefined);
  assert.equal(existsSync(join(dataDir, 'cluster', 'postmaster.pid')), false);
});

test('a server that cannot be started again is given up after five tries, with one sentence', async (t) => {
  const dataDir = freshFolder();
  let onLost: (error: Error) => void = () => {};
  const lost = new Promise<Error>((resolve) => (onLost = resolve));
  const server = await start(t, dataDir, { retryMs: 10, onLost });
  const pid = postmasterPid(dataDir);
  rmSync(join(dataDir, 'cluster', 'PG_VERSION'));
  process.kill(pid, 'SIGKILL');
  assert.match((await lost).message, /^The database stopped and could not be started again \(5 tries\): [^\n]+$/);
  assert.equal(server.events.filter((event) => event === 'postgres.restart_failed').length, 5);
  await server.stop();
});
