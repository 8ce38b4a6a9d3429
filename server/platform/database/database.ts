// Connections to one service's database. Every statement runs as a role that row-level security binds, with the lab of
// the actor set on the session; there is no way to read without naming a lab, save for the platform's own tables.
import pg from 'pg';
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import type { Db } from '../service.ts';
import { translateFault } from './faults.ts';
import type { ConstraintErrors } from './faults.ts';
import { runQuery } from './rows.ts';

export interface DatabaseUrls {
  /** Connects as the owner: migrations and the job queue's own tables. */
  readonly owner: string;
  /** Connects as nidaan_app: bound by row-level security. */
  readonly app: string;
  /** Connects as nidaan_platform: sees outbox, inbox and audit of every lab and nothing else. */
  readonly platform: string;
}

export interface Database {
  /** Reads as one lab, each statement on its own. */
  reader(labId: string, constraints: ConstraintErrors): Db;
  /** One transaction as one lab; commits when `work` resolves, rolls back when it throws. */
  transaction<T>(labId: string, constraints: ConstraintErrors, work: (db: Db) => Promise<T>): Promise<T>;
  /** One transaction on the platform's own tables, across labs. */
  platform<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * The same on connections of their own, for work that delivers to an inbox while it holds its transaction: a relay for
   * each subscriber would otherwise take all the connections that the deliveries wait for.
   */
  relaying<T>(work: (db: Db) => Promise<T>): Promise<T>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function assertLab(labId: string): void {
  // The id is written into `set`, which takes no parameters; only a bare UUID may pass.
  if (!UUID.test(labId)) throw new Error('A lab id must be a UUID in lower case');
}

function bind(run: <Row extends object>(query: Sql) => Promise<readonly Row[]>): Db {
  return {
    rows: run,
    maybe: async <Row extends object>(query: Sql) => {
      const rows = await run<Row>(query);
      if (rows.length > 1) throw new Error('Expected at most one row');
      return rows[0];
    },
    one: async <Row extends object>(query: Sql) => {
      const rows = await run<Row>(query);
      const row = rows[0];
      if (row === undefined || rows.length > 1) throw new Error(`Expected exactly one row, got ${rows.length}`);
      return row;
    },
  };
}

function createPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    options: '-c timezone=UTC -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000',
  });
  // A connection that dies is replaced by the pool; without a listener it would end the process. The pool listens to the
  // idle ones only: one that dies in the middle of a transaction, between two statements, needs a listener of its own.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

export function openDatabase(urls: DatabaseUrls, options: { readonly maxConnections: number }): Database {
  const appPool = createPool(urls.app, options.maxConnections);
  const platformPool = createPool(urls.platform, 6);
  const relayPool = createPool(urls.platform, 8);
  // Which lab a connection's session is set to, so that a read costs one round trip when it stays the same.
  const sessionLab = new WeakMap<pg.PoolClient, string>();

  async function withClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let isSound = false;
    try {
      const value = await use(client);
      isSound = true;
      return value;
    } catch (error) {
      // A statement refused by the server leaves the connection sound; anything else leaves it in doubt.
      isSound = error instanceof pg.DatabaseError;
      throw error;
    } finally {
      client.release(!isSound);
    }
  }

  async function inTransaction<T>(pool: pg.Pool, begin: string, work: (db: Db) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let isOver = false;
    let isSound = false;
    const db = bind(async <Row extends object>(query: Sql) => {
      // A branch of `work` that nobody waited for would otherwise run in the next transaction, of another lab.
      if (isOver) throw new Error('The transaction is over');
      return runQuery<Row>(client, query);
    });
    try {
      await client.query(begin);
      const value = await work(db);
      isOver = true;
      await client.query('commit');
      isSound = true;
      return value;
    } catch (error) {
      isOver = true;
      // What `work` threw says nothing about the connection; whether it can still roll back does.
      isSound = await client.query('rollback').then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      client.release(!isSound);
    }
  }

  async function onPlatform<T>(pool: pg.Pool, work: (db: Db) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(pool, 'begin', work);
    } catch (error) {
      throw translateFault(error, {});
    }
  }

  return {
    reader: (labId, constraints) => {
      assertLab(labId);
      return bind(async (query) => {
        try {
          return await withClient(appPool, async (client) => {
            if (sessionLab.get(client) !== labId) {
              sessionLab.delete(client);
              await client.query(`set nidaan.lab = '${labId}'`);
              sessionLab.set(client, labId);
            }
            return runQuery(client, query);
          });
        } catch (error) {
          throw translateFault(error, constraints);
        }
      });
    },
    transaction: async (labId, constraints, work) => {
      assertLab(labId);
      try {
        return await inTransaction(appPool, `begin; set local nidaan.lab = '${labId}'`, work);
      } catch (error) {
        throw translateFault(error, constraints);
      }
    },
    platform: (work) => onPlatform(platformPool, work),
    relaying: (work) => onPlatform(relayPool, work),
    ping: () => onPlatform(platformPool, async (db) => void (await db.one(sql`select 1 as answer`))),
    close: async () => {
      await Promise.all([appPool.end(), platformPool.end(), relayPool.end()]);
    },
  };
}
