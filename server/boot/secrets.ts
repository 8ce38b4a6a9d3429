// Secrets of an embedded installation: made once, kept in the data folder, readable by its owner alone. A setting in the
// environment goes before them.
import { randomBytes, randomUUID } from 'node:crypto';
import { chownSync, existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import * as z from 'zod';

import { makeFolder } from '#platform/postgres/account.ts';

import { StartError } from './start-error.ts';

const Secrets = z.object({
  authSecret: z.string().min(32),
  internalSecret: z.string().min(32),
  linkSecret: z.string().min(32),
  databaseSecret: z.string().min(32),
  /** Names this installation; shown to anybody, so that two on one machine can be told apart. */
  installation: z.uuid(),
  /** When these secrets were made: secrets younger than their database are not the ones it grew up with. */
  madeAt: z.iso.datetime(),
});
/** As files were before they held the installation's name. */
const EarlierSecrets = Secrets.partial({ installation: true, madeAt: true });
export type Secrets = z.output<typeof Secrets>;

const newSecret = () => randomBytes(32).toString('base64url');

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function asideOf(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
}

function writeSecrets(path: string, secrets: Secrets): void {
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Gives a file of an earlier version what it lacks; the secrets in it stay. */
function completeSecrets(path: string): void {
  const earlier = EarlierSecrets.safeParse(readJson(path));
  if (!earlier.success || Secrets.safeParse(earlier.data).success) return;
  const { uid, gid, mtime } = statSync(path);
  const aside = asideOf(path);
  try {
    writeSecrets(aside, { installation: randomUUID(), madeAt: mtime.toISOString(), ...earlier.data });
    if (process.getuid?.() === 0) chownSync(aside, uid, gid);
    renameSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Makes the file unless there is one: written aside and linked into place, so that nobody ever reads half of it. */
function makeSecrets(dataDir: string, path: string): void {
  const made = {
    authSecret: newSecret(),
    internalSecret: newSecret(),
    linkSecret: newSecret(),
    databaseSecret: newSecret(),
    installation: randomUUID(),
    madeAt: new Date().toISOString(),
  };
  const aside = asideOf(path);
  try {
    makeFolder(dataDir);
    writeSecrets(aside, made);
    // Of two processes that start at once one makes the link, and both read what it leads to.
    linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @throws StartError when the folder cannot be written or the file is not ours */
export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  try {
    if (!existsSync(path)) makeSecrets(dataDir, path);
    completeSecrets(path);
  } catch (error) {
    throw new StartError(
      `The data folder ${dataDir} cannot be written (${String(codeOf(error))}); set DATA_DIR to a folder that can.`,
    );
  }
  const parsed = Secrets.safeParse(readJson(path));
  if (!parsed.success)
    throw new StartError(
      `${path} is damaged; put it back from a backup, or remove it to make new secrets (all sessions and links end).`,
    );
  return parsed.data;
}

/** The secrets of a data folder, and undefined where none were made or the file is damaged; makes nothing. */
export function lookAtSecrets(dataDir: string): Pick<Secrets, 'installation' | 'madeAt'> | undefined {
  return Secrets.safeParse(readJson(join(dataDir, 'secrets.json'))).data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
