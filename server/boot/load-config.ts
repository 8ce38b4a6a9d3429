// From the environment (and `.env`) to a whole configuration.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { readSettings, SettingsError } from '#platform/settings.ts';

import type { Config } from '../config.ts';
import { faultsBetween, settings } from '../config.ts';
import { privateFolders, shutFolders } from './private-folders.ts';
import { loadSecrets } from './secrets.ts';
import { StartError } from './start-error.ts';

/** Reads `.env` of the working directory once; what the environment holds already goes before it. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** @throws StartError naming every bad setting at once */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    const read = readSettings(settings, env);
    const faults = faultsBetween(read);
    if (faults.length > 0) throw new SettingsError(faults);
    const dataDir = resolve(read.dataDir);
    const secrets = loadSecrets(dataDir);
    const logFile = read.logFile ?? join(dataDir, 'logs', 'nidaan.log');
    shutFolders(privateFolders({ dataDir, logFile }));
    return {
      ...read,
      dataDir,
      publicUrl: (read.publicUrl ?? `http://localhost:${read.httpPort}`).replace(/\/$/, ''),
      logFile,
      authSecret: read.authSecret ?? secrets.authSecret,
      internalSecret: read.internalSecret ?? secrets.internalSecret,
      linkSecret: read.linkSecret ?? secrets.linkSecret,
      databaseSecret: read.databaseSecret ?? secrets.databaseSecret,
    };
  } catch (error) {
    if (error instanceof SettingsError) throw new StartError(error.message);
    throw error;
  }
}
