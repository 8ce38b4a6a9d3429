// The database of a Nidaan that was given no DATABASE_URL: PostgreSQL from npm, run as our child on a data folder of its own.
// This file is the story of a start; its parts are in the files beside it.
// Invariant: from the return of startEmbeddedPostgres until stop() or our death, no other Nidaan works on this data folder.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveToOwnerOf } from './account.ts';
import { type Binaries, findBinaries, prepareBinaries } from './binaries.ts';
import { ensureCluster, replacePassword, startFault } from './cluster.ts';
import { EmbeddedPostgresError, dataFolderError } from './errors.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { isPortFree, pickPort, rememberedPort } from './free-port.ts';
import { defaultSystemDir, type Placement, placeData } from './placement.ts';
import { clearStalePostmaster, findPostmaster, readPostmasterFile } from './postmaster-file.ts';
import { commandLine, processIdentity } from './process-table.ts';
import {
  isFailed,
  launch,
  requestStop,
  type ServerProcess,
  stopServer,
  until,
  untilReady,
  versionAt,
} from './server-process.ts';
import { serverArguments } from './settings.ts';
import { supervise } from './supervise.ts';

export { EmbeddedPostgresError } from './errors.ts';

export interface EmbeddedPostgresOptions {
  /** Folder for the database, its password, port and log; made if absent. */
  readonly dataDir: string;
  /** Told what happens, with facts that hold no password. */
  readonly log: (event: string, facts: object) => void;
  /** TCP port to insist on. Absent: the one used last time, or another free one. */
  readonly port?: number;
  /** PostgreSQL settings over ours, such as { work_mem: '16MB' }. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told once, when the server died and could not be started again five times in a row. The folder stays ours until stop(). */
  readonly onLost?: (error: Error) => void;
  /** Wait before the second try to start a dead server again, milliseconds, doubled after each; 1000 when left out. */
  readonly retryMs?: number;
  /** Where data and programs go when root's account for PostgreSQL cannot reach them. Default /var/lib/nidaan. */
  readonly systemDir?: string;
}

export interface EmbeddedPostgres {
  /** URL of the superuser over TCP; holds the password. */
  readonly superuserUrl: string;
  readonly port: number;
  /** Folder where the data really lies. */
  readonly dataDir: string;
  /** Folder of the Unix socket, to be given as `host`; absent when there is none. */
  readonly socketDir?: string;
  /** Whether a server that outlived an earlier Nidaan was taken over. */
  readonly adopted: boolean;
  /** Stops the server and frees the folder. May be called again; all calls wait for the same stop. */
  stop(): Promise<void>;
}

interface Running {
  readonly server: ServerProcess;
  readonly port: number;
  readonly socketDir: string | undefined;
  readonly password: string;
  readonly adopted: boolean;
}

interface Start {
  readonly options: EmbeddedPostgresOptions;
  readonly place: Placement;
  readonly binaries: Binaries;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Starts PostgreSQL on a data folder, or takes over the server an earlier Nidaan left running there.
 * @throws EmbeddedPostgresError whose message is a sentence for the person who starts Nidaan
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, settings = {}, systemDir = defaultSystemDir } = options;
  const startedAt = performance.now();
  const found = findBinaries();
  const place = placeData(options.dataDir, systemDir);
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(place.root);
    const binaries = prepareBinaries(found, place.account, systemDir, place.root, log);
    const start: Start = { options, place, binaries, settings };
    const cluster = await ensureCluster(place, binaries, settings['fsync'] !== 'off');
    const running = await adoptOrStart(start, cluster.password);
    log('postgres.ready', {
      dataDir: place.root,
      port: running.port,
      pid: running.server.pid,
      adopted: running.adopted,
      created: cluster.isNew,
      tookMs: Math.round(performance.now() - startedAt),
    });
    return handle(start, running, lock);
  } catch (error) {
    lock?.release();
    throw dataFolderError(error, place.root);
  }
}

async function adoptOrStart(start: Start, knownPassword: string | undefined): Promise<Running> {
  let password = knownPassword;
  for (;;) {
    const adopted = await adopt(start, password);
    if (adopted !== undefined) return adopted;
    password ??= await replacePassword(start.place, start.binaries);
    const started = await startFresh(start, password);
    if (started !== undefined) return started;
  }
}

/**
 * Takes over a living server of this folder if it runs exactly what we would start; any other is stopped, so that a new version's
 * settings take effect. Returns undefined when a server has to be started.
 */
async function adopt(
  { options, place, binaries, settings }: Start,
  password: string | undefined,
): Promise<Running | undefined> {
  const { log } = options;
  const { clusterDir, socketDir } = place;
  const postmaster = findPostmaster(clusterDir);
  if (postmaster.kind === 'none') return undefined;
  if (postmaster.kind === 'stale') {
    log('postgres.stale_pid_file', { pid: postmaster.file.pid, pidTaken: postmaster.pidTaken });
    clearStalePostmaster(clusterDir, socketDir, postmaster.file);
    return undefined;
  }
  const { pid } = postmaster.file;
  const server: ServerProcess = { pid, isAlive: () => processIdentity(pid) === postmaster.identity };
  if (postmaster.file.status === 'stopping') {
    await until(() => !server.isAlive(), 60_000);
  } else if (password !== undefined && (await untilReady(server, clusterDir, log))) {
    const port = readPostmasterFile(clusterDir)?.port ?? 0;
    const isAsked = options.port === undefined || options.port === port;
    for (const socket of [socketDir, undefined]) {
      const wanted = [binaries.postgres, ...serverArguments({ clusterDir, port, socketDir: socket, settings })].join(
        ' ',
      );
      if (!isAsked || commandLine(pid) !== wanted) continue;
      const version = await versionAt(socket ?? '127.0.0.1', port, password);
      // Why the version: the path stays the same when npm puts a newer PostgreSQL in its place.
      if (version !== undefined && `${binaries.version}.`.startsWith(`${version}.`)) {
        return { server, port, socketDir: socket, password, adopted: true };
      }
    }
  }
  log('postgres.stopping_earlier', { pid });
  await stopServer(server, log);
  return undefined;
}

/**
 * Starts the server; answers the faults that another try can cure. Undefined when it met a server that has only now put up its
 * pid file: one whose Node was killed in the moment of starting it.
 */
async function startFresh(
  { options, place, binaries, settings }: Start,
  password: string,
): Promise<Running | undefined> {
  const { clusterDir, root, portPath } = place;
  const taken = new Set<number>();
  const orphanDeadline = performance.now() + 10_000;
  let socketDir = place.socketDir;
  for (;;) {
    const port = await choosePort(options.port, portPath, root, taken);
    rememberPort(place, port);
    const args = serverArguments({ clusterDir, port, socketDir, settings });
    const outcome = await launch(binaries, place, args, options.log);
    if (!isFailed(outcome)) {
      return { server: outcome, port, socketDir, password, adopted: false };
    }
    const { output } = outcome;
    if (/lock file "postmaster\.pid" already exists/.test(output) && findPostmaster(clusterDir).kind === 'live') {
      return undefined;
    } else if (/could not create any TCP\/IP sockets/.test(output) && options.port === undefined && taken.size < 5) {
      taken.add(port); // taken between our look and its start
    } else if (/pre-existing shared memory block/.test(output) && performance.now() < orphanDeadline) {
      await sleep(100); // backends of a killed server notice its end within moments
    } else if (socketDir !== undefined && /\.s\.PGSQL\.|Unix-domain socket/.test(output)) {
      options.log('postgres.no_socket', { socketDir }); // some shared and network folders cannot hold one
      socketDir = undefined;
    } else {
      throw startFault(output, root);
    }
  }
}

async function choosePort(
  asked: number | undefined,
  portPath: string,
  root: string,
  taken: ReadonlySet<number>,
): Promise<number> {
  if (asked === undefined) return await pickPort(rememberedPort(portPath), root, taken);
  if (await isPortFree(asked)) return asked;
  throw new EmbeddedPostgresError('port_in_use', `Port ${asked} for the database is in use by another program.`);
}

function rememberPort({ root, portPath }: Placement, port: number): void {
  if (rememberedPort(portPath) === port) return;
  writeFileSync(portPath, `${port}\n`);
  giveToOwnerOf(root, portPath);
}

/** Starts a server that died where it was: same port, same socket, else the connections of its clients would not find it. */
async function restartServer(start: Start, running: Running): Promise<ServerProcess> {
  const { port, socketDir, password } = running;
  const { socketDir: _first, ...elsewhere } = start.place;
  const place = socketDir === undefined ? elsewhere : { ...elsewhere, socketDir };
  const again = await adoptOrStart({ ...start, place, options: { ...start.options, port } }, password);
  if (again.socketDir === socketDir) return again.server;
  await stopServer(again.server, start.options.log);
  throw new EmbeddedPostgresError('start_failed', `PostgreSQL cannot open its socket in ${String(socketDir)} again.`);
}

function handle(start: Start, running: Running, lock: FolderLock): EmbeddedPostgres {
  const { place, options } = start;
  const { log, onLost = () => {}, retryMs = 1000 } = options;
  const { port, socketDir, password, adopted } = running;
  const supervised = supervise({
    server: running.server,
    restart: () => restartServer(start, running),
    log,
    onLost,
    retryMs,
  });
  // A Node that ends without stop() still ends the server, as far as it gets to say so; after kill -9 the next start adopts it.
  const onExit = (): void => {
    if (supervised.current().isAlive()) requestStop(supervised.current());
  };
  process.once('exit', onExit);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await supervised.end();
    await stopServer(supervised.current(), log);
    process.off('exit', onExit);
    lock.release();
    log('postgres.stopped', { dataDir: place.root });
  };
  return {
    superuserUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    dataDir: place.root,
    ...(socketDir === undefined ? {} : { socketDir }),
    adopted,
    stop: () => (stopping ??= stop()),
  };
}
