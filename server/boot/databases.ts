// Where each service's database is: the embedded server, one given by URL, or one a service.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import type { DatabaseUrls } from '#platform/database/database.ts';
import { MigrationError, prepareDatabase, schemaOf } from '#platform/database/migrate.ts';
import type { Log } from '#platform/log.ts';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '#platform/postgres/embedded.ts';
import { notedPlace } from '#platform/postgres/placement.ts';
import type { ServiceDefinition } from '#platform/service.ts';

import type { Config } from '../config.ts';
import { StartError } from './start-error.ts';

export interface Databases {
  urlsOf(service: string): DatabaseUrls;
  /** The URL migrations use; for a process that starts others on the same server. */
  readonly adminUrl: string;
  /** True when the server is ours and was taken over from a process that died. */
  readonly isAdopted: boolean;
  stop(): Promise<void>;
}

const EMBEDDED_DATABASE = 'nidaan';

export interface DatabasePlace {
  /** Folder of the embedded database, asked for or, as root, where the note in it says. */
  readonly folder: string;
  readonly isRelocated: boolean;
  readonly isThere: boolean;
  /** When the database was made, milliseconds; undefined when there is none. */
  readonly madeAtMs: number | undefined;
}

/** Where the embedded database of this data folder is; makes nothing. */
export function databasePlace(dataDir: string): DatabasePlace {
  const asked = join(resolve(dataDir), 'postgres');
  const isHere = existsSync(join(asked, 'cluster'));
  const folder = isHere ? asked : (notedPlace(asked) ?? asked);
  // Written by initdb and never touched again.
  const made = statSync(join(folder, 'cluster', 'PG_VERSION'), { throwIfNoEntry: false });
  return {
    folder,
    isRelocated: folder !== asked,
    isThere: existsSync(join(folder, 'cluster')),
    madeAtMs: made?.mtimeMs,
  };
}

async function startServer(
  config: Config,
  log: Log,
  onLost: (error: Error) => void,
): Promise<{ adminUrl: string; isEmbedded: boolean; isAdopted: boolean; stop(): Promise<void> }> {
  if (config.databaseUrl !== undefined) {
    return { adminUrl: config.databaseUrl, isEmbedded: false, isAdopted: false, stop: async () => {} };
  }
  const server = await startEmbeddedPostgres({
    dataDir: join(config.dataDir, 'postgres'),
    log: (event, facts) => log.info(event, { ...facts }),
    onLost,
  });
  // A Unix socket saves about a tenth of a round trip against TCP on the loopback.
  const adminUrl =
    server.socketDir === undefined
      ? server.superuserUrl
      : `${server.superuserUrl}?host=${encodeURIComponent(server.socketDir)}`;
  return { adminUrl, isEmbedded: true, isAdopted: server.adopted, stop: () => server.stop() };
}

/**
 * Starts the embedded server when none is configured, and brings every database up to date.
 * @param onLost told when the embedded server died and could not be started again
 */
export async function openDatabases(
  config: Config,
  services: readonly ServiceDefinition[],
  log: Log,
  onLost: (error: Error) => void = () => {},
): Promise<Databases> {
  const server = await startServer(config, log, onLost).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? new StartError(error.message) : error;
  });
  try {
    const urls = new Map<string, DatabaseUrls>();
    const shared: ServiceDefinition[] = [];
    for (const service of services) {
      const ownUrl = process.env[`${service.name.toUpperCase()}_DATABASE_URL`];
      if (ownUrl !== undefined || config.databasePerService) {
        const databaseName = ownUrl === undefined ? schemaOf(service.name) : undefined;
        urls.set(service.name, await prepare(ownUrl ?? server.adminUrl, databaseName, [service], config));
      } else {
        shared.push(service);
      }
    }
    if (shared.length > 0) {
      const sharedUrls = await prepare(
        server.adminUrl,
        server.isEmbedded ? EMBEDDED_DATABASE : undefined,
        shared,
        config,
      );
      for (const service of shared) urls.set(service.name, sharedUrls);
    }
    return {
      adminUrl: server.adminUrl,
      isAdopted: server.isAdopted,
      stop: server.stop,
      urlsOf: (service) => {
        const found = urls.get(service);
        if (!found) throw new Error(`No database was prepared for ${service}`);
        return found;
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function prepare(
  adminUrl: string,
  databaseName: string | undefined,
  services: readonly ServiceDefinition[],
  config: Config,
): Promise<DatabaseUrls> {
  try {
    return await prepareDatabase({ adminUrl, databaseName, secret: config.databaseSecret, services });
  } catch (error) {
    if (error instanceof MigrationError) throw new StartError(error.message);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StartError(
      `The database cannot be reached or prepared (${code}); check DATABASE_URL and that the server runs.`,
    );
  }
}
