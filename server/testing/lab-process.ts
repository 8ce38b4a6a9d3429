// The program itself, started as a user starts it, in a process of its own (or, split, in many).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

import pg from 'pg';

import { NODE_ENVIRONMENT, NODE_FLAGS } from '../boot/node-flags.ts';
import { serverUrl, TEST_SECRET } from './databases.ts';

const main = join(import.meta.dirname, '..', 'main.ts');
const START_LIMIT_MS = 90_000;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

export interface LabProcess {
  readonly url: string;
  readonly hl7Port: number;
  readonly astmPort: number;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  /** Ends the process with this signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same data. */
  startAgain(): Promise<void>;
}

export interface LabProcessOptions {
  readonly isSplit?: boolean;
  /** With the embedded PostgreSQL in its data folder, as `npm start` has it, instead of a database on the test server. */
  readonly isEmbedded?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export async function createDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `lab_${process.pid}_${randomUUID().slice(0, 8)}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: await serverUrl() });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await admin(`create database ${name}`);
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database if exists ${name} with (force)`) };
}

function launch(env: Readonly<Record<string, string>>, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...NODE_FLAGS, main, 'start', '--json', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...NODE_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function untilStarted(child: ChildProcess): Promise<void> {
  const { stdout, stderr } = child;
  assert.ok(stdout && stderr);
  let complaint = '';
  stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`no start within ${START_LIMIT_MS} ms: ${complaint}`)),
      START_LIMIT_MS,
    );
    createInterface({ input: stdout }).once('line', () => {
      clearTimeout(limit);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`ended with ${code}: ${complaint}`));
    });
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

export async function startLabProcess(
  t: Pick<TestContext, 'after'>,
  options: LabProcessOptions = {},
): Promise<LabProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-lab-'));
  const database = options.isEmbedded ? undefined : await createDatabase();
  const [httpPort, hl7Port, astmPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    DATA_DIR: dataDir,
    ...(database ? { DATABASE_URL: database.url } : {}),
    // The roles of a test server belong to all its databases, so all must derive the same passwords.
    DATABASE_SECRET: TEST_SECRET,
    HTTP_PORT: String(httpPort),
    HL7_PORT: String(hl7Port),
    ASTM_PORT: String(astmPort),
    RATE_LIMIT_PER_MINUTE: '100000',
    ...options.env,
  };
  const args = options.isSplit ? ['--split'] : [];
  let child = launch(env, args);
  t.after(async () => {
    child.kill('SIGTERM');
    await ended(child);
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await untilStarted(child);
  return {
    url: `http://127.0.0.1:${httpPort}`,
    hl7Port,
    astmPort,
    get pid() {
      return child.pid ?? 0;
    },
    env,
    end: async (signal) => {
      child.kill(signal);
      return ended(child);
    },
    startAgain: async () => {
      await ended(child);
      child = launch(env, args);
      await untilStarted(child);
    },
  };
}
