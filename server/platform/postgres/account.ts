// PostgreSQL refuses to run as root. When we are root, this picks the account it runs under and tells what that account can reach.
// We never create users: a lab PC's account list is not ours to change.
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** First of these that the system knows. `_postgres` is what macOS ships. */
const preferred = ['postgres', '_postgres', 'nobody'] as const;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function unprivilegedAccount(passwd: string = readFileSync('/etc/passwd', 'utf8')): Account {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of preferred) {
    const row = rows.find((fields) => fields[0] === name);
    const uid = Number(row?.[2]);
    const gid = Number(row?.[3]);
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 && gid > 0) return { name, uid, gid };
  }
  throw new EmbeddedPostgresError(
    'start_failed',
    'PostgreSQL may not run as root and this system has no user "postgres" or "nobody"; start Nidaan as an ordinary user.',
  );
}

export const Right = { read: 4, enter: 1 } as const;

/** Whether an account holds all the given permission bits on one file or folder. Access lists (ACLs) are not consulted. */
export function hasRight(path: string, account: Account, bits: number): boolean {
  const { mode, uid, gid } = statSync(path);
  // Trap: supplementary groups do not count; Node drops them when it spawns with a uid.
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

/** Whether an account can walk to this path: every folder above it must let it through. The path itself is not judged. */
export function canReach(path: string, account: Account): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!hasRight(folder, account, Right.enter)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Makes a folder and those above it; one that exists is left as it is.
 * Trap: Node 26's mkdirSync with `recursive` never returns for a folder that cannot exist, such as /proc/x/y.
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** Makes a folder that every account may walk through, whatever our umask; one that exists is left as it is. */
export function makeOpenFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(path);
  chmodSync(path, 0o755);
}

/** Gives a file that root made to the owner of its folder, who may start without root next time. */
export function giveToOwnerOf(folder: string, path: string): void {
  if (!isRoot()) return;
  const { uid, gid } = statSync(folder);
  if (uid !== 0) chownSync(path, uid, gid);
}
