// The database files themselves: made once by initdb, and the superuser's password, kept beside them.
import { type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries, cannotRun } from './binaries.ts';
import { EmbeddedPostgresError, systemCode } from './errors.ts';
import type { Placement } from './placement.ts';
import { serverEnvironment } from './settings.ts';

function asAccount(binaries: Binaries, { account }: Placement): SpawnOptions {
  return {
    cwd: '/',
    env: serverEnvironment(binaries),
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  };
}

/** Runs a program of PostgreSQL to its end and returns what it said. Never rejects on a bad exit. */
function run(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
  input = '',
): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', (error) => fail(cannotRun(program, error)));
    child.once('close', (code) => done({ code, said }));
    child.stdin?.on('error', () => undefined); // it ended before reading; its exit says why
    child.stdin?.end(input);
  });
}

/** The line of a PostgreSQL program's output that names the fault, without date, pid and severity. */
export function faultLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((text) => /\b(FATAL|PANIC):|\berror:/.test(text)) ?? lines.at(-1) ?? 'no message';
  return line.replace(/^.*?\b(?:FATAL|PANIC|ERROR|LOG|error):\s*/, '').trim();
}

export function startFault(output: string, root: string): EmbeddedPostgresError {
  if (/No space left on device|Disk quota exceeded/i.test(output)) {
    return new EmbeddedPostgresError('disk_full', `The disk that holds the database folder ${root} is full.`);
  }
  return new EmbeddedPostgresError('start_failed', `PostgreSQL did not start: ${faultLine(output)}`);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** 192 random bits in letters that need no quoting in SQL or a URL. */
const newPassword = (): string => randomBytes(24).toString('base64url');

function writePassword({ root, passwordPath, account }: Placement, password: string): string {
  const draft = `${passwordPath}.draft-${randomUUID()}`;
  writeFileSync(draft, `${password}\n`, { mode: 0o600, flush: true });
  // Why not root's: initdb reads it under that account, which as superuser of the data learns nothing new from it.
  if (account !== undefined) chownSync(draft, account.uid, account.gid);
  renameSync(draft, passwordPath);
  sync(root);
  return password;
}

function readPassword({ passwordPath }: Placement): string | undefined {
  try {
    const password = readFileSync(passwordPath, 'utf8').trim();
    return password === '' ? undefined : password;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Throws data_version unless these binaries can open these files. Only the major number counts: minor ones share a format. */
function checkVersion({ clusterDir }: Placement, { version }: Binaries): void {
  const made = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim();
  const major = version.split('.')[0];
  if (made !== major) {
    throw new EmbeddedPostgresError(
      'data_version',
      `The database in ${clusterDir} was made by PostgreSQL ${made}, but PostgreSQL ${String(major)} is installed; it must be upgraded first.`,
    );
  }
}

/**
 * Makes the database files in a draft folder and renames it when complete: an initdb cut short leaves nothing that could be taken
 * for a database.
 * Why sync: with --no-sync a power cut soon after the first start could lose catalogue files for good, as the running server
 * only syncs what it writes itself. Meas: 0.1 s of 0.46 s, once in the life of a data folder. Skipped when fsync is off anyway.
 * Why builtin C.UTF-8: sorts by code point like C, yet lower() and text search know all letters, and it is the same on every
 * system, so an operating system upgrade cannot corrupt an index. Lists for people may ask for an ICU collation by name.
 */
async function initialise(place: Placement, binaries: Binaries, durable: boolean): Promise<void> {
  const draft = join(place.root, `cluster-draft-${randomUUID()}`);
  mkdirSync(draft, { mode: 0o700 });
  if (place.account !== undefined) chownSync(draft, place.account.uid, place.account.gid);
  const args = [
    `--pgdata=${draft}`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--auth-local=scram-sha-256',
    '--auth-host=scram-sha-256',
    '--username=postgres',
    `--pwfile=${place.passwordPath}`,
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const { code, said } = await run(binaries.initdb, args, asAccount(binaries, place));
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw startFault(said, place.root);
  }
  renameSync(draft, place.clusterDir);
  if (durable) sync(place.root);
}

/**
 * The password file was lost: sets a new password without needing the old one. No server may be running.
 * The file comes last: were it written first, a death in between would leave one that opens nothing.
 */
export async function replacePassword(place: Placement, binaries: Binaries): Promise<string> {
  const password = newPassword();
  const { code, said } = await run(
    binaries.postgres,
    ['--single', '-D', place.clusterDir, '-c', 'log_min_error_statement=panic', 'postgres'],
    asAccount(binaries, place),
    `alter role postgres password '${password}'\n`,
  );
  if (code !== 0 || /\bERROR:/.test(said)) throw startFault(said, place.root);
  return writePassword(place, password);
}

export interface Cluster {
  /** Superuser password; absent when its file was lost. */
  readonly password: string | undefined;
  readonly isNew: boolean;
}

/**
 * Makes sure database files of the right version exist. The caller holds the folder lock and translates file system errors.
 * @throws EmbeddedPostgresError data_version, disk_full, no_binaries, start_failed
 */
export async function ensureCluster(place: Placement, binaries: Binaries, durable: boolean): Promise<Cluster> {
  for (const name of readdirSync(place.root)) {
    if (/^(cluster-|superuser-password\.)draft-/.test(name))
      rmSync(join(place.root, name), { recursive: true, force: true });
  }
  if (existsSync(place.clusterDir)) {
    checkVersion(place, binaries);
    return { password: readPassword(place), isNew: false };
  }
  const password = readPassword(place) ?? writePassword(place, newPassword());
  await initialise(place, binaries, durable);
  return { password, isNew: true };
}
