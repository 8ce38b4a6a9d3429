// Secrets of an embedded installation: made once, kept in the data folder, readable by its owner alone. A setting in the
// environment goes before them.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
});
export type Secrets = z.output<typeof Secrets>;

const newSecret = () => randomBytes(32).toString('base64url');

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Makes the file unless there is one: written aside and linked into place, so that nobody ever reads half of it. */
function makeSecrets(dataDir: string, path: string): void {
  const made = {
    authSecret: newSecret(),
    internalSecret: newSecret(),
    linkSecret: newSecret(),
    databaseSecret: newSecret(),
  };
  const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    makeFolder(dataDir);
    writeFileSync(aside, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
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

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
