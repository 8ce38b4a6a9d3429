import process from 'node:process';

import { createLog } from '#platform/log.ts';

import { openDatabases } from '../boot/databases.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { loadServices } from '../boot/services.ts';

/** Brings the databases up to date; the server need not run and, with the embedded database, must not. */
export async function migrate(): Promise<void> {
  loadDotEnv();
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const services = await loadServices();
  const databases = await openDatabases(config, services, log);
  await databases.stop();
  process.stdout.write(`The databases of ${services.length} services are up to date.\n`);
}
