// Reads postmaster.pid, the file by which a running PostgreSQL marks its data folder, and tells whether it can be believed.
// Src: PostgreSQL 18, src/include/utils/pidfile.h: one fact a line; the status line is padded with spaces.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './errors.ts';
import { commandLine, processIdentity, programName } from './process-table.ts';

export interface PostmasterFile {
  readonly pid: number;
  /** Absent until the server has chosen its sockets. */
  readonly port: number | undefined;
  /** Empty when the server has no Unix socket. */
  readonly socketDir: string;
  /** starting, ready, stopping, standby; empty early in a start. */
  readonly status: string;
}

export type Postmaster =
  | { readonly kind: 'none' }
  /** The file is left over. `pidTaken`: some other program now runs under that pid, which PostgreSQL itself cannot tell. */
  | { readonly kind: 'stale'; readonly file: PostmasterFile; readonly pidTaken: boolean }
  | { readonly kind: 'live'; readonly file: PostmasterFile; readonly identity: string };

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number(lines[0])); // a stand-alone backend writes its pid negative
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const port = Number(lines[3] ?? '');
  return {
    pid,
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    socketDir: lines[4] ?? '',
    status: lines[7] ?? '',
  };
}

export function readPostmasterFile(clusterDir: string): PostmasterFile | undefined {
  try {
    return parsePostmasterFile(readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function worksIn(pid: number, folder: string): boolean {
  try {
    const there = statSync(`/proc/${pid}/cwd`);
    const here = statSync(folder);
    return there.dev === here.dev && there.ino === here.ino;
  } catch {
    return false;
  }
}

/**
 * Whether this pid is the main PostgreSQL process of this very data folder.
 * Trap: in a container root may lack the right to see another user's /proc/<pid>/exe and cwd, so the command line, open to all,
 * must be enough; the program file and the working folder are used when they can be seen.
 */
export function isPostmasterOf(pid: number, clusterDir: string): boolean {
  const command = commandLine(pid);
  // Children of the server retitle themselves "postgres: checkpointer" and so on; only the main process keeps its arguments.
  if (command === undefined || command.startsWith('postgres: ') || programName(pid) !== 'postgres') return false;
  return `${command} `.includes(` -D ${clusterDir} `) || worksIn(pid, clusterDir);
}

export function findPostmaster(clusterDir: string): Postmaster {
  const file = readPostmasterFile(clusterDir);
  if (file === undefined) return { kind: 'none' };
  const identity = processIdentity(file.pid);
  if (identity !== undefined && isPostmasterOf(file.pid, clusterDir)) return { kind: 'live', file, identity };
  return { kind: 'stale', file, pidTaken: identity !== undefined };
}

/**
 * Removes what a dead server left and PostgreSQL would trip over: it takes any living pid of the same user for a server.
 * Safe although it hides the pid file's shared memory key: that key is also derived from the folder's inode,
 * and a start still refuses while an orphaned backend is attached ("pre-existing shared memory block").
 */
export function clearStalePostmaster(clusterDir: string, socketDir: string | undefined, stale: PostmasterFile): void {
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
  if (socketDir !== undefined && stale.port !== undefined) {
    rmSync(join(socketDir, `.s.PGSQL.${stale.port}.lock`), { force: true });
    rmSync(join(socketDir, `.s.PGSQL.${stale.port}`), { force: true });
  }
}
