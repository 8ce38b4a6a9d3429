import process from 'node:process';

import { verifyChain } from '#platform/audit/seal.ts';
import { openDatabase } from '#platform/database/database.ts';
import { schemaOf } from '#platform/database/migrate.ts';
import { createLog } from '#platform/log.ts';

import { openDatabases } from '../boot/databases.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { loadServices } from '../boot/services.ts';

/** Exit code 1 when a sealed row was altered or removed. With the embedded database the server must be stopped. */
export async function verifyAudit(options: { readonly json?: boolean }): Promise<void> {
  loadDotEnv();
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
