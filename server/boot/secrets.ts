// Secrets of an embedded installation: made once, kept in the data folder, readable by its owner alone. A setting in the
// environment goes before them.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

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

/** @throws StartError when the folder cannot be written or the file is not ours */
export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  try {
    mkdirSync(dataDir, { recursive: true });
    const made = {
      authSecret: newSecret(),
      internalSecret: newSecret(),
      linkSecret: newSecret(),
      databaseSecret: newSecret(),
    };
    // `wx`: of two processes that start at once, one makes the file and both read it.
    writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST')
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
