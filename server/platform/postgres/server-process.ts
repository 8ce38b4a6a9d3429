// The running PostgreSQL: start it, wait until it is ready, stop it.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Binaries, cannotRun } from './binaries.ts';
import { giveToOwnerOf } from './account.ts';
import { EmbeddedPostgresError, dataFolderError } from './errors.ts';
import type { Placement } from './placement.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { serverEnvironment } from './settings.ts';

export interface ServerProcess {
  readonly pid: number;
  isAlive(): boolean;
}

type Log = (event: string, facts: object) => void;

/** A started child that ended before it was ready. `output` is all it wrote to the log. */
export interface FailedStart {
  readonly output: string;
}

const pollMs = 4;
/** Crash recovery replays at most a few GB of WAL; a slow disk needs minutes for that. */
const readyWithinMs = 600_000;
const logLimitBytes = 10_000_000;

export async function until(isTrue: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() >= deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/**
 * Waits until the server says "ready" in its pid file, which it does once it accepts connections; false when it ended or time ran out.
 * Meas: reading the small file every 4 ms notices readiness sooner than connecting does, and fills no log with refused logins.
 */
export async function untilReady(server: ServerProcess, clusterDir: string, log: Log): Promise<boolean> {
  const deadline = performance.now() + readyWithinMs;
  let tellAt = performance.now() + 10_000;
  for (;;) {
    const file = readPostmasterFile(clusterDir);
    if (file?.pid === server.pid && file.status === 'ready') return true;
    const now = performance.now();
    if (!server.isAlive() || now > deadline) return false;
    if (now > tellAt) {
      log('postgres.still_starting', { pid: server.pid, status: file?.status ?? '' });
      tellAt = now + 10_000;
    }
    await sleep(pollMs);
  }
}

function readFrom(fd: number, offset: number): string {
  const buffer = Buffer.alloc(Math.min(Math.max(fstatSync(fd).size - offset, 0), 64_000));
  const length = readSync(fd, buffer, 0, buffer.length, offset);
  return buffer.toString('utf8', 0, length);
}

/**
 * Starts PostgreSQL and waits until it is ready.
 * Detached: Ctrl-C in a terminal then reaches Node alone, which stops the server when its own work is finished.
 * Its output goes straight to a file: a pipe would break when Node dies first.
 */
export async function launch(
  binaries: Binaries,
  place: Placement,
  args: readonly string[],
  log: Log,
): Promise<ServerProcess | FailedStart> {
  const { account, logPath, clusterDir } = place;
  let fd: number;
  try {
    if (existsSync(logPath) && statSync(logPath).size > logLimitBytes) renameSync(logPath, `${logPath}.1`);
    fd = openSync(logPath, 'a+', 0o600);
    giveToOwnerOf(place.root, logPath);
  } catch (error) {
    throw dataFolderError(error, logPath);
  }
  try {
    const offset = fstatSync(fd).size;
    const child = spawn(binaries.postgres, args, {
      cwd: '/',
      detached: true,
      env: serverEnvironment(binaries),
      stdio: ['ignore', fd, fd],
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    let spawnError: Error | undefined;
    let isStopped = false;
    child.once('error', (error) => (spawnError = error));
    child.once('exit', (code, signal) => {
      isStopped = true;
      log('postgres.exited', { pid: child.pid, code, signal });
    });
    child.unref();
    const pid = child.pid;
    if (pid === undefined) {
      await sleep(0); // the error event comes in the next turn
      throw cannotRun(binaries.postgres, spawnError);
    }
    const server: ServerProcess = { pid, isAlive: () => !isStopped };
    if (await untilReady(server, clusterDir, log)) return server;
    if (server.isAlive()) {
      await stopServer(server, log);
      throw new EmbeddedPostgresError(
        'start_failed',
        `PostgreSQL was not ready within ${readyWithinMs / 60_000} minutes.`,
      );
    }
    return { output: readFrom(fd, offset) };
  } finally {
    closeSync(fd);
  }
}

/** Asks for a fast shutdown and does not wait. */
export function requestStop({ pid }: ServerProcess): void {
  send(pid, 'SIGINT');
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between our look and our signal, or is not ours to stop; the wait that follows tells which.
  }
}

/**
 * Fast shutdown: running transactions are rolled back, everything committed is on disk. After 10 s it is told to stop at once,
 * which loses nothing either: the next start replays the log.
 * Src: PostgreSQL 18 manual, 18.5 Shutting Down the Server: SIGINT fast, SIGQUIT immediate. Never SIGKILL: backends would be orphaned.
 * @throws EmbeddedPostgresError stop_failed if it still runs 15 s after that
 */
export async function stopServer(server: ServerProcess, log: Log): Promise<void> {
  if (!server.isAlive()) return;
  send(server.pid, 'SIGINT');
  if (await until(() => !server.isAlive(), 10_000)) return;
  log('postgres.stop_immediate', { pid: server.pid });
  send(server.pid, 'SIGQUIT');
  if (await until(() => !server.isAlive(), 15_000)) return;
  throw new EmbeddedPostgresError(
    'stop_failed',
    `PostgreSQL (pid ${server.pid}) does not stop; end that process by hand.`,
  );
}

/** Version of the server that answers here with this password, such as 18.4; undefined when none does within 3 s. */
export async function versionAt(host: string, port: number, password: string): Promise<string | undefined> {
  const client = new Client({
    host,
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on('error', () => undefined); // a connection cut later is answered by the next statement's failure
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]?.version;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function isFailed(outcome: ServerProcess | FailedStart): outcome is FailedStart {
  return 'output' in outcome;
}
