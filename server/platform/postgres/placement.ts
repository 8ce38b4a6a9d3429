// Decides where a data folder really lies and who owns it.
// An ordinary user: where asked. Root: PostgreSQL runs as another account, which may be unable to walk to the folder asked for
// (a checkout under /root, mode 700); the data then goes to a system folder and a note in the asked folder says where.
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Account,
  canReach,
  hasRight,
  isRoot,
  makeFolder,
  makeOpenFolder,
  Right,
  unprivilegedAccount,
} from './account.ts';
import { EmbeddedPostgresError, dataFolderError } from './errors.ts';

export interface Placement {
  /** Real folder of everything below; absolute, free of symbolic links. */
  readonly root: string;
  /** PostgreSQL's own data directory. */
  readonly clusterDir: string;
  readonly passwordPath: string;
  readonly portPath: string;
  readonly logPath: string;
  /** Folder of the Unix socket; absent where its path would be too long or ambiguous. */
  readonly socketDir?: string;
  /** Who runs PostgreSQL; absent for ourselves. */
  readonly account?: Account;
}

export const defaultSystemDir = '/var/lib/nidaan';
export const noteName = 'where-the-data-is.txt';

const hasCluster = (root: string): boolean => existsSync(join(root, 'cluster'));

/** Follows the note of an earlier start, so that a moved checkout finds its data again. */
export function notedPlace(requestedDir: string): string | undefined {
  const path = join(requestedDir, noteName);
  if (!existsSync(path)) return undefined;
  const place = readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '';
  return place.startsWith('/') ? place : undefined;
}

function rootChoice(requestedDir: string, systemDir: string): { readonly root: string; readonly account: Account } {
  // Why the owner first: data made by an ordinary user stays that user's when root starts Nidaan once.
  if (hasCluster(requestedDir)) {
    const { uid, gid } = statSync(join(requestedDir, 'cluster'));
    if (uid !== 0) return { root: requestedDir, account: { name: `user ${uid}`, uid, gid } };
  }
  const account = unprivilegedAccount();
  const noted = notedPlace(requestedDir);
  if (noted !== undefined && hasCluster(noted)) return { root: noted, account: ownerOf(noted) ?? account };
  const hash = createHash('sha256').update(requestedDir).digest('hex').slice(0, 12);
  const relocated = join(systemDir, hash);
  if (hasCluster(relocated)) return { root: relocated, account: ownerOf(relocated) ?? account };
  return { root: canReach(requestedDir, account) ? requestedDir : relocated, account };
}

function ownerOf(root: string): Account | undefined {
  const { uid, gid } = statSync(join(root, 'cluster'));
  return uid === 0 ? undefined : { name: `user ${uid}`, uid, gid };
}

/** Src: sockaddr_un.sun_path holds 108 bytes on Linux, 104 on macOS, with the closing zero. */
function socketPlace(root: string): string | undefined {
  const folder = join(root, 'socket');
  const limit = process.platform === 'darwin' ? 103 : 107;
  // Why the characters: PostgreSQL reads the setting as a comma-separated list in which quotes and a leading @ have a meaning.
  const isPlain = !/[,"@]/.test(folder);
  return isPlain && Buffer.byteLength(`${folder}/.s.PGSQL.65535.lock`) <= limit ? folder : undefined;
}

/**
 * Makes the folders of a data folder (but not the database in it) and returns where they are.
 * @throws EmbeddedPostgresError data_not_writable, disk_full
 */
export function placeData(requested: string, systemDir: string = defaultSystemDir): Placement {
  const asked = resolve(requested);
  try {
    makeFolder(asked, 0o755);
    const requestedDir = realpathSync(asked);
    if (!isRoot()) return ordinaryPlacement(requestedDir);
    const { root, account } = rootChoice(requestedDir, systemDir);
    if (root !== requestedDir) {
      makeOpenFolder(systemDir);
      makeFolder(root, 0o755);
      const note = `The database of this folder is kept where the account that runs PostgreSQL can reach it:\n${root}\n`;
      writeFileSync(join(requestedDir, noteName), note);
    }
    if (!hasRight(root, account, Right.enter)) chmodSync(root, statSync(root).mode | 0o011);
    const placement = describe(realpathSync(root), account);
    prepareSocketDir(placement);
    return placement;
  } catch (error) {
    throw dataFolderError(error, asked);
  }
}

function ordinaryPlacement(root: string): Placement {
  const noted = notedPlace(root);
  if (noted !== undefined && !hasCluster(root)) {
    throw new EmbeddedPostgresError(
      'data_not_writable',
      `The database of ${root} was made by root and lies in ${noted}; start as root, or remove ${noteName} to begin an empty one.`,
    );
  }
  const placement = describe(root, undefined);
  prepareSocketDir(placement);
  return placement;
}

function describe(root: string, account: Account | undefined): Placement {
  const socketDir = socketPlace(root);
  return {
    root,
    clusterDir: join(root, 'cluster'),
    passwordPath: join(root, 'superuser-password'),
    portPath: join(root, 'port'),
    logPath: join(root, 'postgres.log'),
    ...(socketDir === undefined ? {} : { socketDir }),
    ...(account === undefined ? {} : { account }),
  };
}

function prepareSocketDir({ socketDir, account }: Placement): void {
  if (socketDir === undefined) return;
  makeFolder(socketDir, 0o700);
  if (account !== undefined) chownSync(socketDir, account.uid, account.gid);
}
