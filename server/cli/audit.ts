import { resolve } from 'node:path';
import process from 'node:process';

import { verifyChain } from '#platform/audit/seal.ts';
import { openDatabase } from '#platform/database/database.ts';
import { schemaOf } from '#platform/database/migrate.ts';
import { createLog } from '#platform/log.ts';
import { readSettings, SettingsError } from '#platform/settings.ts';

import { databasePlace, openDatabases } from '../boot/databases.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { loadServices } from '../boot/services.ts';
import { StartError } from '../boot/start-error.ts';
import { settings } from '../config.ts';
import type { Settings } from '../config.ts';

/** Looking must not make what it looks for. @throws StartError when the embedded database was never made */
function refuseWithoutDatabase(): void {
  let read: Settings;
  try {
    read = readSettings(settings, process.env);
  } catch (error) {
    throw error instanceof SettingsError ? new StartError(error.message) : error;
  }
  const { databaseUrl, dataDir } = read;
  if (databaseUrl !== undefined || databasePlace(dataDir).isThere) return;
  throw new StartError(`There is no database yet in ${resolve(dataDir)}; npm start makes one.`);
}

/** Exit code 1 when a sealed row was altered or removed. With the embedded database the server must be stopped. */
export async function verifyAudit(options: { readonly json?: boolean }): Promise<void> {
  loadDotEnv();
  refuseWithoutDatabase();
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const services = await loadServices();
  const databases = await openDatabases(config, services, log);
  const report: { service: string; breaks: Awaited<ReturnType<typeof verifyChain>> }[] = [];
  try {
    for (const { name } of services) {
      const database = openDatabase(databases.urlsOf(name), { maxConnections: 2 });
      report.push({ service: name, breaks: await verifyChain(database, schemaOf(name)) });
      await database.close();
    }
  } finally {
    await databases.stop();
  }
  const isWhole = report.every((part) => part.breaks.length === 0);
  if (options.json) process.stdout.write(`${JSON.stringify({ isWhole, report }, null, 2)}\n`);
  else {
    for (const { service, breaks } of report) {
      const verdict =
        breaks.length === 0
          ? 'whole'
          : breaks
              .map((each) => `${each.reason} at row ${each.auditSeq}${each.auditId === '' ? '' : ` (${each.auditId})`}`)
              .join('; ');
      process.stdout.write(`${service.padEnd(14)} ${verdict}\n`);
    }
  }
  process.exitCode = isWhole ? 0 : 1;
}
