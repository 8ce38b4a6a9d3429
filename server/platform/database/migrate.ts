// Brings a database to the state this code expects: roles, the platform's schema, then each service's numbered files.
// Safe to run at every start and by several processes at once: each step is taken under an advisory lock.
import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';

import type { DatabaseUrls } from './database.ts';

export interface MigratedService {
  readonly name: string;
  readonly migrations: URL;
}

export interface PrepareOptions {
  /** Connects as a role that may create roles and, when `databaseName` is given, databases. */
  readonly adminUrl: string;
  /** The database to use, made when missing; the one of `adminUrl` when absent. */
  readonly databaseName?: string | undefined;
  /** Passwords of the application's roles are derived from it. */
  readonly secret: string;
  readonly services: readonly MigratedService[];
}

/** A migration that cannot be applied; the message is a sentence for the person who starts the server. */
export class MigrationError extends Error {}

// Any constant will do as long as it stays the same: "nida" in ASCII.
const LOCK = 0x6e696461;
const ROLES = ['nidaan_app', 'nidaan_platform'] as const;
const quietLogger = new Logger(() => () => {});
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;
const FIRST_LINE = /^-- (additive|breaking): \S/;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The PostgreSQL schema of a service. */
export function schemaOf(service: string): string {
  return `lis_${service}`;
}

function withDatabase(
  url: string,
  databaseName: string | undefined,
  user?: { name: string; password: string },
): string {
  const changed = new URL(url);
  if (databaseName !== undefined) changed.pathname = `/${databaseName}`;
  if (user) {
    changed.username = user.name;
    changed.password = user.password;
  }
  return changed.href;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    return await use(client);
  } finally {
    await client.end();
  }
}

async function ensureRoles(client: pg.Client, passwords: Readonly<Record<string, string>>): Promise<void> {
  const known = await client.query<{ rolname: string; mark: string | null }>(
    `select rolname, shobj_description(oid, 'pg_authid') as mark from pg_roles where rolname = any($1)`,
    [ROLES],
  );
  for (const role of ROLES) {
    const password = passwords[role] ?? '';
    const mark = sha256(`${role}:${password}`);
    const row = known.rows.find((found) => found.rolname === role);
    if (row?.mark === mark) continue;
    const verb = row ? 'alter' : 'create';
    await client.query(
      `${verb} role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole password ${client.escapeLiteral(password)}`,
    );
    await client.query(`comment on role ${role} is ${client.escapeLiteral(mark)}`);
  }
}

async function ensureDatabase(client: pg.Client, databaseName: string): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
  if (found.rowCount === 0)
    await client.query(`create database ${client.escapeIdentifier(databaseName)} template template0`);
}

interface Step {
  readonly service: string;
  readonly number: number;
  readonly name: string;
  readonly text: string;
  /** Applied again when its text changes; other steps may never change once applied. */
  readonly repeatable?: boolean;
}

async function readSteps(services: readonly MigratedService[]): Promise<readonly Step[]> {
  const platform = await readFile(new URL('./platform.sql', import.meta.url), 'utf8');
  const steps: Step[] = [{ service: 'platform', number: 0, name: 'platform.sql', text: platform, repeatable: true }];
  for (const { name: service, migrations } of services) {
    const schema = schemaOf(service);
    steps.push({
      service,
      number: 0,
      name: 'schema',
      text: `create schema ${schema}; grant usage on schema ${schema} to nidaan_app, nidaan_platform; call nidaan.add_platform_tables('${schema}');`,
    });
    for (const name of (await readdir(migrations)).toSorted()) {
      const number = FILE_NAME.exec(name)?.[1];
      if (number === undefined)
        throw new MigrationError(`${service}/migrations/${name}: a migration is named 0001-what-it-does.sql.`);
      const text = await readFile(new URL(name, migrations), 'utf8');
      if (!FIRST_LINE.test(text)) {
        throw new MigrationError(
          `${service}/migrations/${name}: line 1 must read "-- additive: what" or "-- breaking: what".`,
        );
      }
      steps.push({ service, number: Number(number), name, text });
    }
  }
  return steps;
}

async function applyStep(client: pg.Client, step: Step): Promise<void> {
  await client.query('begin');
  try {
    await client.query(step.text);
    await client.query('reset search_path');
    await client.query(
      `insert into nidaan.migration (service, number, name, sha256) values ($1, $2, $3, $4)
       on conflict (service, number) do update set sha256 = excluded.sha256, applied_at = now()`,
      [step.service, step.number, step.name, sha256(step.text)],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`Migration ${step.service}/${step.name} failed: ${reason}.`, { cause: error });
  }
}

async function applied(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const table = await client.query("select 1 from pg_tables where schemaname = 'nidaan' and tablename = 'migration'");
  if (table.rowCount === 0) return new Map();
  const rows = await client.query<{ service: string; number: number; sha256: string }>(
    'select service, number, sha256 from nidaan.migration',
  );
  return new Map(rows.rows.map((row) => [`${row.service}/${row.number}`, row.sha256]));
}

/** Prepares roles, database and schemas and returns the URLs the application connects with. */
export async function prepareDatabase(options: PrepareOptions): Promise<DatabaseUrls> {
  const password = (role: string) => createHmac('sha256', options.secret).update(role).digest('base64url');
  await withClient(options.adminUrl, async (client) => {
    await ensureRoles(client, Object.fromEntries(ROLES.map((role) => [role, password(role)])));
    if (options.databaseName !== undefined) await ensureDatabase(client, options.databaseName);
  });

  const ownerUrl = withDatabase(options.adminUrl, options.databaseName);
  const steps = await readSteps(options.services);
  await withClient(ownerUrl, async (client) => {
    const done = await applied(client);
    for (const step of steps) {
      const before = done.get(`${step.service}/${step.number}`);
      if (before === sha256(step.text)) continue;
      if (before !== undefined && !step.repeatable) {
        throw new MigrationError(
          `Migration ${step.service}/${step.name} was changed after it had been applied; add a new one instead.`,
        );
      }
      await applyStep(client, step);
    }
  });

  // graphile-worker keeps its own schema, under its own lock; when it is up to date this is two queries.
  await runMigrations({ connectionString: ownerUrl, maxPoolSize: 1, noHandleSignals: true, logger: quietLogger });

  const urlFor = (role: string) =>
    withDatabase(options.adminUrl, options.databaseName, { name: role, password: password(role) });
  return { owner: ownerUrl, app: urlFor('nidaan_app'), platform: urlFor('nidaan_platform') };
}
