// The life of the program as a person or an accident ends it: a stop in the middle of the first start, a database that dies, and
// an installation that begins without the demo lab. Real processes on the embedded database.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseMessage } from '@nidaan/hl7v2';
import { createMllpClient } from '@nidaan/mllp';
import * as z from 'zod';

import { readPostmasterFile } from '#platform/postgres/postmaster-file.ts';
import { processIdentity } from '#platform/postgres/process-table.ts';

import { demoUsers } from '../boot/seed-demo.ts';
import { cbcMessage } from '../e2e/story.ts';
import { createClient, signIn } from '../testing/graphql-client.ts';
import { freePort } from '../testing/lab-process.ts';

const main = join(import.meta.dirname, '..', 'main.ts');
const LIMIT_MS = 60_000;

interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  /** Resolves once standard output matches. */
  said(pattern: RegExp): Promise<void>;
}

interface Installation {
  readonly dataDir: string;
  readonly url: string;
  readonly hl7Port: number;
  readonly clusterDir: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Program;
}

/** @param everyMs a session may ask the gateway a hundred times a minute */
async function eventually(what: string, isTrue: () => boolean | Promise<boolean>, everyMs = 5): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `${what} did not come`);
    await sleep(everyMs);
  }
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  );
  return {
    child,
    ended,
    said: (pattern) =>
      eventually(`${pattern} in "${out}${err}"`, () => {
        assert.equal(child.exitCode, null, `ended before it said ${pattern}: ${out}${err}`);
        return pattern.test(out);
      }),
  };
}

async function install(t: TestContext): Promise<Installation> {
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-life-'));
  // So that root's account for PostgreSQL may enter, and nothing goes to a folder of the system.
  chmodSync(dataDir, 0o755);
  const [httpPort, hl7Port, astmPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    DATA_DIR: dataDir,
    HTTP_PORT: String(httpPort),
    HL7_PORT: String(hl7Port),
    ASTM_PORT: String(astmPort),
  };
  const programs: Program[] = [];
  t.after(async () => {
    for (const { child } of programs) if (child.exitCode === null) child.kill('SIGTERM');
    await Promise.all(programs.map(({ ended }) => ended));
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    dataDir,
    url: `http://127.0.0.1:${httpPort}`,
    hl7Port,
    clusterDir: join(dataDir, 'postgres', 'cluster'),
    run: (args, more = {}) => {
      const program = launch(args, { ...env, ...more });
      programs.push(program);
      return program;
    },
  };
}

const readyStatus = async ({ url }: Installation) => (await fetch(`${url}/ready`)).status;

async function sendHl7(port: number, controlId: string): Promise<string | undefined> {
  const client = await createMllpClient({ host: '127.0.0.1', port, replyTimeoutMs: 5000 });
  try {
    return parseMessage(await client.send(cbcMessage('N0000000000000', controlId))).get('MSA-1');
  } finally {
    await client.close();
  }
}

test('Ctrl-C in the middle of the first start stops in order; the next start finishes the demo lab', async (t) => {
  const lab = await install(t);
  const first = lab.run(['start']);
  await eventually('the database', () => readPostmasterFile(lab.clusterDir)?.status === 'ready');
  const postmaster = readPostmasterFile(lab.clusterDir)?.pid ?? 0;
  // Twice, as under npm: from the terminal and passed on.
  first.child.kill('SIGINT');
  await sleep(20);
  first.child.kill('SIGINT');
  assert.deepEqual(await first.ended, { code: 0, out: 'Stopped.\n', err: '' });
  assert.equal(processIdentity(postmaster), undefined);
  assert.ok(!existsSync(join(lab.clusterDir, 'postmaster.pid')), 'the database was shut down in order');

  const second = lab.run(['start']);
  await second.said(/Ctrl-C stops/);
  for (const { username } of demoUsers) await signIn(lab.url, username);
  second.child.kill('SIGTERM');
  const { code, out } = await second.ended;
  assert.deepEqual([code, out.endsWith('Stopped.\n')], [0, true]);
  for (const folder of ['files', 'logs']) assert.equal(statSync(join(lab.dataDir, folder)).mode & 0o777, 0o700, folder);
});

test('a split lab told to stop in the middle of its start takes its processes and the database with it', async (t) => {
  const lab = await install(t);
  const { child, ended } = lab.run(['start', '--split'], { PORT_OFFSET: '21000' });
  const log = join(lab.dataDir, 'logs', 'nidaan.log');
  const pids = () =>
    [...readFileSync(log, 'utf8').matchAll(/"pid":(\d+),"msg":"started"/g)].map(([, pid]) => Number(pid));
  await eventually('the first of the processes', () => existsSync(log) && pids().length > 0);
  const postmaster = readPostmasterFile(lab.clusterDir)?.pid ?? 0;
  child.kill('SIGINT');
  assert.deepEqual(await ended, { code: 0, out: 'Stopped.\n', err: '' });
  for (const pid of [...pids(), postmaster]) assert.equal(processIdentity(pid), undefined);
  assert.ok(!existsSync(join(lab.clusterDir, 'postmaster.pid')), 'the database was shut down in order');
});

test('a database that is killed under the running lab comes back, and the lab with it', async (t) => {
  const lab = await install(t);
  await lab.run(['start']).said(/Ctrl-C stops/);
  assert.equal(await readyStatus(lab), 200);
  assert.equal(await sendHl7(lab.hl7Port, 'before'), 'AA');
  const killed = readPostmasterFile(lab.clusterDir)?.pid ?? 0;
  process.kill(killed, 'SIGKILL');
  await eventually('/ready says 503', async () => (await readyStatus(lab)) === 503);
  await eventually('/ready says 200 again', async () => (await readyStatus(lab)) === 200);
  assert.notEqual(readPostmasterFile(lab.clusterDir)?.pid, killed);
  assert.equal(await sendHl7(lab.hl7Port, 'after'), 'AA');
  const technician = await signIn(lab.url, 'tech');
  await eventually(
    'the message in the inbox',
    async () => {
      const { inbox } = await technician.ask<{ inbox: { nodes: { barcode: string }[] } }>(
        `{ inbox { nodes { barcode } } }`,
      );
      return inbox.nodes.some(({ barcode }) => barcode === 'N0000000000000');
    },
    300,
  );
  const log = readFileSync(join(lab.dataDir, 'logs', 'nidaan.log'), 'utf8');
  assert.match(log, /"postgres\.lost"/);
  assert.match(log, /"postgres\.restarted"/);
});

const Made = z.strictObject({
  labId: z.uuid(),
  code: z.literal('ASHA'),
  isFinished: z.literal(false),
  username: z.literal('admin'),
  password: z.string().min(16),
});

const NEW_LAB =
  `create-lab --code ASHA --prefix A --email asha@nidaan.example --registration MH/STR/2026/7 --phone 02162-200000`
    .split(' ')
    .concat('--name', 'Asha Pathology', '--address', '1 Main Road; Satara 415001');

test('an installation without the demo lab says how to make one; it is made once, and its admin signs in', async (t) => {
  const lab = await install(t);
  const env = { DEMO: 'no' };
  const none = await lab.run(['audit']).ended;
  assert.equal(none.code, 1);
  assert.match(none.err, /^nidaan: There is no database yet in \S+; npm start makes one\.\n$/);
  assert.ok(!existsSync(join(lab.dataDir, 'secrets.json')) && !existsSync(join(lab.dataDir, 'postgres')));

  const bad = await lab.run([...NEW_LAB, '--code', 'a', '--email', 'x', '--admin-username', 'A B'], {
    ...env,
    NIDAAN_ADMIN_PASSWORD: 'short',
  }).ended;
  assert.match(
    bad.err,
    /^nidaan: [^\n]*--code [^\n]*--email [^\n]*--admin-username [^\n]*NIDAAN_ADMIN_PASSWORD [^\n]*\n$/,
  );
  assert.ok(!bad.err.includes('short'));

  const empty = lab.run(['start'], env);
  await empty.said(/npx nidaan create-lab --code/);
  const doctor = lab.run(['doctor'], env);
  assert.match((await doctor.ended).out, /runs on port \d+, with this data folder/);
  const inUse = await lab.run([...NEW_LAB, '--json'], env).ended;
  assert.equal(inUse.code, 1);
  assert.match(inUse.err, /^nidaan: [^\n]+\n$/);
  empty.child.kill('SIGTERM');
  await empty.ended;

  const { out, err } = await lab.run([...NEW_LAB, '--json'], env).ended;
  assert.equal(err, '');
  const made = Made.parse(JSON.parse(out));
  const again = await lab.run(NEW_LAB, env).ended;
  assert.deepEqual([again.code, again.out], [1, '']);
  assert.equal(again.err, 'nidaan: There is a lab with the code ASHA already; nothing was changed.\n');

  const running = lab.run(['start'], env);
  await running.said(/Ctrl-C stops/);
  const login = await createClient(lab.url).ask<{ login: { user: { roles: string[] } } }>(
    `mutation ($password: String!) { login(lab: "ASHA", username: "admin", password: $password) { user { roles } } }`,
    { password: made.password },
  );
  assert.deepEqual(login.login.user.roles, ['admin']);
});
