// The program as a person types it: what it says when it cannot start, and what each command tells of itself.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import * as z from 'zod';

import { noteName } from '#platform/postgres/placement.ts';

import { loadSecrets } from '../boot/secrets.ts';
import { serverUrl, TEST_SECRET } from '../testing/databases.ts';
import { createDatabase } from '../testing/lab-process.ts';

const server = join(import.meta.dirname, '..');
const LIMIT_MS = 60_000;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(
  node: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(server, program), ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, out, err });
    });
  });
}

const nidaan = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(process.execPath, 'main.ts', args, env);

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One line on standard error, of the program's own making, and nothing else. */
function assertOneLine({ code, out, err }: Outcome, expected: RegExp): void {
  assert.equal(code, 1, err);
  assert.equal(out, '');
  assert.match(err, /^nidaan: [^\n]+\n$/);
  assert.match(err, expected);
}

test('each command tells what it does and which options it has', async () => {
  const main = await nidaan(['--help']);
  assert.equal(main.code, 0);
  const commands = [...main.out.matchAll(/^ {2}([a-z-]+)(?: \[options\])? {2,}\S/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  assert.deepEqual(commands.toSorted(), [
    'audit',
    'create-lab',
    'demo',
    'doctor',
    'migrate',
    'seed',
    'seed-large',
    'settings',
    'start',
  ]);
  for (const outcome of await Promise.all(commands.map((name) => nidaan([name, '--help'])))) {
    assert.equal(outcome.code, 0, outcome.err);
    assert.match(outcome.out, /^Usage: nidaan [a-z-]+ \[options\]\n\n\S/);
  }
  const unknown = await nidaan(['strat']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /unknown command 'strat'/);
});

test('a start that cannot be says why in one line', async (t) => {
  const folder = emptyFolder(t);
  const [settings, unwritable, service, database, logFile] = await Promise.all([
    nidaan(['start'], { DATA_DIR: folder, HTTP_PORT: 'x', DEMO: 'y' }),
    nidaan(['start'], { DATA_DIR: '/proc/nidaan/data' }),
    nidaan(['start', '--services', 'result,resutl'], { DATA_DIR: folder }),
    nidaan(['start'], { DATA_DIR: folder, DATABASE_URL: 'postgres://nobody:hidden-password@127.0.0.1:1/none' }),
    nidaan(['start'], { DATA_DIR: folder, LOG_FILE: '/proc/nidaan/log' }),
  ]);
  assertOneLine(logFile, /The log file \/proc\/nidaan\/log cannot be written \(ENOENT\); set LOG_FILE/);
  assertOneLine(settings, /Bad settings: HTTP_PORT must be .*; DEMO must be yes or no\./);
  assertOneLine(unwritable, /The data folder \/proc\/nidaan\/data cannot be written \(ENOENT\); set DATA_DIR/);
  assertOneLine(service, /There is no service named "resutl"; there are gateway, organization,/);
  assertOneLine(database, /The database cannot be reached or prepared \(ECONNREFUSED\)/);
  assert.ok(!database.err.includes('hidden-password'));
});

test('a port in use is named with the setting that changes it', async (t) => {
  const dataDir = emptyFolder(t);
  const database = await createDatabase();
  t.after(() => database.drop());
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => holder.close());
  const address = holder.address();
  assert.ok(typeof address === 'object' && address !== null);
  const outcome = await nidaan(['start'], {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    DATABASE_SECRET: TEST_SECRET,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(address.port),
    HL7_PORT: '0',
    ASTM_PORT: '0',
    DEMO: 'no',
  });
  assertOneLine(
    outcome,
    new RegExp(`Port ${address.port} is in use by another program; set HTTP_PORT to a free one\\.`),
  );
});

const Findings = z.object({
  findings: z.array(
    z.strictObject({ what: z.string().min(1), verdict: z.enum(['ok', 'note', 'missing']), found: z.string().min(1) }),
  ),
});

test('doctor tells in JSON what is well and what is missing, and never a secret', async (t) => {
  const dataDir = emptyFolder(t);
  const secret = 'a-secret-that-must-not-be-shown-anywhere';
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: await serverUrl(),
    HTTP_PORT: '0',
    HL7_PORT: '0',
    ASTM_PORT: '0',
    AUTH_SECRET: secret,
  };
  const [well, ill, bad, plain] = await Promise.all([
    nidaan(['doctor', '--json'], env),
    nidaan(['doctor', '--json'], { ...env, DATABASE_URL: 'postgres://nobody:hidden-password@127.0.0.1:1/none' }),
    nidaan(['doctor', '--json'], { ...env, HTTP_PORT: 'x', LOG_LEVEL: 'loud' }),
    nidaan(['doctor'], env),
  ]);
  const { findings } = Findings.parse(JSON.parse(well.out));
  assert.equal(well.code, 0, well.out);
  for (const what of [
    'Node',
    'Nidaan',
    'Data folder',
    'Disk',
    'Database',
    'Gateway',
    'HL7 listener',
    'ASTM listener',
    'Secrets',
    'Public address',
  ]) {
    assert.ok(
      findings.some((finding) => finding.what === what),
      what,
    );
  }
  assert.ok(!existsSync(join(dataDir, 'secrets.json')), 'looking makes nothing');
  const missing = (outcome: Outcome) =>
    Findings.parse(JSON.parse(outcome.out))
      .findings.filter(({ verdict }) => verdict === 'missing')
      .map(({ found }) => found);
  assert.deepEqual([ill.code, missing(ill)], [1, ['DATABASE_URL cannot be reached (ECONNREFUSED)']]);
  assert.deepEqual(
    [bad.code, missing(bad)],
    [1, ['HTTP_PORT must be a port number from 0 to 65535', 'LOG_LEVEL must be one of debug, info, warn, error']],
  );
  assert.match(plain.out, /^✔ Node {13}v26\./);
  for (const { out, err } of [well, ill, bad, plain])
    assert.ok(!`${out}${err}`.includes(secret) && !`${out}${err}`.includes('hidden-password'));
});

test('doctor tells where a relocated database is, whose lab answers, what others may enter, and secrets that came later', async (t) => {
  const dataDir = emptyFolder(t);
  const relocated = emptyFolder(t);
  mkdirSync(join(dataDir, 'postgres'));
  writeFileSync(join(dataDir, 'postgres', noteName), `It is here:\n${relocated}\n`);
  mkdirSync(join(dataDir, 'files'));
  chmodSync(join(dataDir, 'files'), 0o755);
  const { installation } = loadSecrets(dataDir);
  let answering = installation;
  const other = createHttpServer((_request, reply) => {
    reply.end(JSON.stringify({ status: 'ready', installation: answering }));
  });
  await new Promise<void>((resolve) => other.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => other.close());
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  const env = { DATA_DIR: dataDir, HTTP_PORT: String(address.port), HL7_PORT: '0', ASTM_PORT: '0' };
  const look = async () => {
    const { findings } = Findings.parse(JSON.parse((await nidaan(['doctor', '--json'], env)).out));
    return (what: string) => {
      const finding = findings.find((each) => each.what === what);
      return finding && `${finding.verdict}: ${finding.found}`;
    };
  };
  const gone = await look();
  assert.match(gone('Database') ?? '', new RegExp(`^missing: .*nothing is in ${relocated}`));
  assert.match(gone('Nidaan') ?? '', /^note: runs on port \d+, with this data folder$/);
  assert.match(gone('Privacy') ?? '', /^missing: \S+\/files can be entered by other users/);
  assert.equal(gone('Age of secrets'), undefined);

  mkdirSync(join(relocated, 'cluster'));
  writeFileSync(join(relocated, 'cluster', 'PG_VERSION'), '18\n');
  chmodSync(join(dataDir, 'files'), 0o700);
  answering = '0199c000-0000-4000-8000-00000000abcd';
  const there = await look();
  assert.match(there('Database') ?? '', new RegExp(`^ok: embedded PostgreSQL, data in ${relocated} `));
  assert.match(there('Nidaan') ?? '', /^missing: another installation answers on port \d+; set HTTP_PORT/);
  assert.equal(there('Privacy'), undefined);
  assert.equal(there('Age of secrets'), undefined);

  const dayBefore = Date.now() / 1000 - 86_400;
  utimesSync(join(relocated, 'cluster', 'PG_VERSION'), dayBefore, dayBefore);
  assert.match((await look())('Age of secrets') ?? '', /^note: secrets\.json is newer than the database/);
});

test('settings prints each setting once, as a list, as JSON, and as a template that may be used as it is', async (t) => {
  const [text, json, template] = await Promise.all([
    nidaan(['settings']),
    nidaan(['settings', '--json']),
    nidaan(['settings', '--env']),
  ]);
  const rows = z
    .array(z.strictObject({ env: z.string(), what: z.string(), default: z.string(), isSecret: z.boolean() }))
    .parse(JSON.parse(json.out));
  assert.ok(rows.length > 30);
  assert.equal(new Set(rows.map((row) => row.env)).size, rows.length);
  for (const { env } of rows) {
    assert.match(text.out, new RegExp(`^${env} `, 'm'));
    assert.match(template.out, new RegExp(`^#${env}=`, 'm'));
  }
  assert.deepEqual(
    rows.filter((row) => row.isSecret).map((row) => row.env),
    ['AUTH_SECRET', 'INTERNAL_SECRET', 'LINK_SECRET', 'DATABASE_SECRET'],
  );
  // Every default must itself be a value that the setting takes.
  const env = Object.fromEntries(rows.filter((row) => row.default !== '').map((row) => [row.env, row.default]));
  const outcome = await nidaan(['doctor', '--json'], { ...env, DATA_DIR: emptyFolder(t) });
  assert.ok(
    Findings.parse(JSON.parse(outcome.out)).findings.every(({ what }) => what !== 'Setting'),
    outcome.out,
  );
});

/** A Node on this machine that is not the pinned one. */
function hostNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/') && !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path));
}

test('under another Node of the host the wrapper finds the pinned one, and keeps the exit code', async (t) => {
  const node = hostNode();
  if (node === undefined) {
    t.skip('needs a Node outside node_modules');
    return;
  }
  const [help, failed] = await Promise.all([
    run(node, 'bin/nidaan.mjs', ['--help']),
    run(node, 'bin/nidaan.mjs', ['start'], { DATA_DIR: emptyFolder(t), HTTP_PORT: 'x' }),
  ]);
  assert.equal(help.code, 0, help.err);
  assert.match(help.out, /^Usage: nidaan/);
  assertOneLine(failed, /HTTP_PORT must be/);
});
