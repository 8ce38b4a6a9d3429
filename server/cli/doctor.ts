// `nidaan doctor`: what is configured, reachable and missing, for the person who has to mend it.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';

import pg from 'pg';
import * as z from 'zod';

import { findBinaries } from '#platform/postgres/binaries.ts';
import { readSettings, SettingsError } from '#platform/settings.ts';

import { databasePlace } from '../boot/databases.ts';
import { loadDotEnv } from '../boot/load-config.ts';
import { openFolders } from '../boot/private-folders.ts';
import { lookAtSecrets } from '../boot/secrets.ts';
import { settings } from '../config.ts';
import type { Settings } from '../config.ts';

type Verdict = 'ok' | 'note' | 'missing';

interface Finding {
  readonly what: string;
  readonly verdict: Verdict;
  readonly found: string;
}

const MARKS: Readonly<Record<Verdict, string>> = { ok: '✔', note: '•', missing: '✖' };
const Ready = z.object({ status: z.string(), installation: z.string().optional() });

const LOW_DISK_BYTES = 2 * 1024 ** 3;

function writable(path: string): boolean {
  try {
    // The folder itself, or the nearest one above it that exists: there it would be made.
    let place = path;
    while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ host, port }, () => server.close(() => done(true)));
  });
}

/** Which installation answers `/ready` on this port; null when it does not say, undefined when no Nidaan answers. */
async function whoRuns(port: number): Promise<string | null | undefined> {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2000) });
    const { status, installation } = Ready.parse(await reply.json());
    return status === 'ready' ? (installation ?? null) : undefined;
  } catch {
    return undefined;
  }
}

async function checkDatabase(config: Settings): Promise<Finding> {
  const what = 'Database';
  if (config.databaseUrl === undefined) {
    try {
      findBinaries();
      const { folder, isRelocated, isThere } = databasePlace(config.dataDir);
      const where = isRelocated
        ? `${folder} (the note in ${join(resolve(config.dataDir), 'postgres')} leads there; back up both)`
        : folder;
      // A note that leads nowhere: the data was moved away or removed, and a start would begin an empty database.
      if (isRelocated && !isThere)
        return { what, verdict: 'missing', found: `embedded PostgreSQL, but nothing is in ${where}` };
      return { what, verdict: 'ok', found: `embedded PostgreSQL, ${isThere ? 'data in' : 'to be made in'} ${where}` };
    } catch (error) {
      return {
        what,
        verdict: 'missing',
        found: error instanceof Error ? error.message : 'no PostgreSQL for this platform',
      };
    }
  }
  const client = new pg.Client({ connectionString: config.databaseUrl, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; may: boolean }>(
      `select current_setting('server_version') as version, rolcreaterole or rolsuper as may from pg_roles where rolname = current_user`,
    );
    const row = rows[0];
    if (row?.may !== true)
      return { what, verdict: 'missing', found: 'DATABASE_URL answers, but its role may not create roles' };
    return { what, verdict: 'ok', found: `PostgreSQL ${row.version} at DATABASE_URL` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return { what, verdict: 'missing', found: `DATABASE_URL cannot be reached (${code})` };
  } finally {
    await client.end().catch(() => {});
  }
}

async function checkPort(
  setting: string,
  what: string,
  host: string,
  port: number,
  isRunning: boolean,
): Promise<Finding> {
  if (isRunning) {
    const isOpen = await isAnswering(port);
    return {
      what,
      verdict: isOpen ? 'ok' : 'missing',
      found: isOpen ? `port ${port} answers` : `port ${port} does not answer`,
    };
  }
  const free = port === 0 || (await isFree(host, port));
  return {
    what,
    verdict: free ? 'ok' : 'missing',
    found: free ? `port ${port} is free` : `port ${port} is in use by another program; set ${setting}`,
  };
}

/** Only when the secrets are from the file; those of the environment tell no age. */
function checkSecretsAge(config: Settings): readonly Finding[] {
  const madeAt = lookAtSecrets(resolve(config.dataDir))?.madeAt;
  const databaseMadeAtMs = config.databaseUrl === undefined ? databasePlace(config.dataDir).madeAtMs : undefined;
  if (madeAt === undefined || databaseMadeAtMs === undefined || Date.parse(madeAt) <= databaseMadeAtMs) return [];
  return [
    {
      what: 'Age of secrets',
      verdict: 'note',
      found:
        'secrets.json is newer than the database: links and QR codes made before do not hold any more; put the old file back if you have it',
    },
  ];
}

/** Files and logs that other users of the machine can enter. */
function checkFolders(config: Settings): readonly Finding[] {
  const dataDir = resolve(config.dataDir);
  const open = openFolders({ dataDir, logFile: config.logFile ?? join(dataDir, 'logs', 'nidaan.log') });
  return open.map((folder) => ({
    what: 'Privacy',
    verdict: 'missing' as const,
    found: `${folder} can be entered by other users of this machine; chmod 700 it (a start does, where it may)`,
  }));
}

function describeRunning(config: Settings, answers: string | null | undefined): Finding {
  const what = 'Nidaan';
  const port = `port ${config.httpPort}`;
  if (answers === undefined) return { what, verdict: 'note', found: 'does not run here' };
  const own = lookAtSecrets(resolve(config.dataDir))?.installation;
  if (answers === null)
    return { what, verdict: 'note', found: `runs on ${port}, of which installation it does not say` };
  if (answers === own) return { what, verdict: 'note', found: `runs on ${port}, with this data folder` };
  return {
    what,
    verdict: 'missing',
    found: `another installation answers on ${port}; set HTTP_PORT, or DATA_DIR to its folder`,
  };
}

function checkSecrets(config: Settings): Finding {
  const given = Object.entries({
    AUTH_SECRET: config.authSecret,
    INTERNAL_SECRET: config.internalSecret,
    LINK_SECRET: config.linkSecret,
    DATABASE_SECRET: config.databaseSecret,
  });
  const missing = given.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length === 0) return { what: 'Secrets', verdict: 'ok', found: 'all from the environment' };
  return {
    what: 'Secrets',
    verdict: 'note',
    found: `${missing.join(', ')} from ${join(resolve(config.dataDir), 'secrets.json')} (back it up with the data)`,
  };
}

async function examine(config: Settings): Promise<readonly Finding[]> {
  const dataDir = resolve(config.dataDir);
  const answers = config.httpPort === 0 ? undefined : await whoRuns(config.httpPort);
  const isRunning = answers !== undefined;
  const findings: Finding[] = [];
  findings.push({ what: 'Node', verdict: 'ok', found: process.version });
  findings.push(describeRunning(config, answers));
  findings.push(
    writable(dataDir)
      ? { what: 'Data folder', verdict: 'ok', found: dataDir }
      : {
          what: 'Data folder',
          verdict: 'missing',
          found: `${dataDir} cannot be written; set DATA_DIR to a folder that can`,
        },
  );
  if (existsSync(dataDir)) {
    const disk = statfsSync(dataDir);
    const freeBytes = disk.bavail * disk.bsize;
    const found = `${(freeBytes / 1024 ** 3).toFixed(1)} GB free`;
    findings.push({
      what: 'Disk',
      verdict: freeBytes < LOW_DISK_BYTES ? 'missing' : 'ok',
      found: freeBytes < LOW_DISK_BYTES ? `${found}; keep at least 2 GB` : found,
    });
  }
  findings.push(await checkDatabase(config));
  findings.push(await checkPort('HTTP_PORT', 'Gateway', config.httpHost, config.httpPort, isRunning));
  findings.push(await checkPort('HL7_PORT', 'HL7 listener', config.hl7Host, config.hl7Port, isRunning));
  findings.push(await checkPort('ASTM_PORT', 'ASTM listener', config.astmHost, config.astmPort, isRunning));
  findings.push(checkSecrets(config), ...checkSecretsAge(config), ...checkFolders(config));
  findings.push(
    config.publicUrl === undefined
      ? {
          what: 'Public address',
          verdict: 'note',
          found: 'PUBLIC_URL is not set: QR codes and links lead to localhost',
        }
      : { what: 'Public address', verdict: 'ok', found: config.publicUrl },
  );
  if (config.demo)
    findings.push({
      what: 'Demo',
      verdict: 'note',
      found: 'DEMO is on: a new installation gets logins with a known password',
    });
  if (config.otelEndpoint === undefined)
    findings.push({ what: 'Traces', verdict: 'note', found: 'off (OTEL_EXPORTER_OTLP_ENDPOINT is not set)' });
  return findings;
}

/** Exit code 1 when something is missing. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  loadDotEnv();
  let findings: readonly Finding[];
  try {
    findings = await examine(readSettings(settings, process.env));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    findings = error.faults.map((fault) => ({ what: 'Setting', verdict: 'missing' as const, found: fault }));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  else
    for (const { what, verdict, found } of findings)
      process.stdout.write(`${MARKS[verdict]} ${what.padEnd(16)} ${found}\n`);
  process.exitCode = findings.some((finding) => finding.verdict === 'missing') ? 1 : 0;
}
