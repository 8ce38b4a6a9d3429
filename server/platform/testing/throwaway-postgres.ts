// A PostgreSQL for one test file: fresh, fast, not durable, gone after stop(). Real PostgreSQL, started like the embedded one.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';
import { folderHolder } from '../postgres/folder-lock.ts';
import { notedPlace } from '../postgres/placement.ts';
import { findPostmaster } from '../postgres/postmaster-file.ts';
import { processIdentity } from '../postgres/process-table.ts';
import { until } from '../postgres/server-process.ts';

export interface ThrowawayPostgres {
  readonly superuserUrl: string;
  readonly port: number;
  /** Folder of the Unix socket, to be given as `host`. */
  readonly socketDir?: string;
  /** Stops the server and deletes its folder. */
  stop(): Promise<void>;
}

/** A power cut loses these databases; nobody minds. */
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } as const;

/** Starts an empty PostgreSQL in a temporary folder; also clears away what test processes that died left behind. */
export async function createThrowawayPostgres(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<ThrowawayPostgres> {
  await sweepThrowaways();
  const folder = mkdtempSync(join(tmpdir(), `nidaan-test-pg-${process.pid}-`));
  const discard = (place: string): void => {
    for (const path of [place, folder]) rmSync(path, { recursive: true, force: true });
  };
  try {
    const server = await startEmbeddedPostgres({
      dataDir: folder,
      log: () => undefined,
      settings: { ...careless, ...options.settings },
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      discard(server.dataDir);
    };
    let stopping: Promise<void> | undefined;
    const { superuserUrl, port, socketDir } = server;
    return {
      superuserUrl,
      port,
      ...(socketDir === undefined ? {} : { socketDir }),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    discard(folder);
    throw error;
  }
}

/**
 * Stops servers and deletes folders whose test process is dead. Folders of living ones, and of other users, stay.
 * A pid in use again by another program only delays its folder's end.
 */
export async function sweepThrowaways(parent: string = tmpdir()): Promise<void> {
  for (const name of readdirSync(parent)) {
    const pid = /^nidaan-test-pg-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || processIdentity(Number(pid)) !== undefined) continue;
    try {
      await sweep(join(parent, name));
    } catch {
      // Another user's folder, or another sweeper was quicker.
    }
  }
}

async function sweep(folder: string): Promise<void> {
  const place = notedPlace(folder) ?? folder;
  if (folderHolder(place) !== undefined) return;
  const postmaster = findPostmaster(join(place, 'cluster'));
  if (postmaster.kind === 'live') {
    const { pid } = postmaster.file;
    process.kill(pid, 'SIGQUIT');
    await until(() => processIdentity(pid) !== postmaster.identity, 10_000);
  }
  for (const path of [place, folder]) rmSync(path, { recursive: true, force: true });
}
