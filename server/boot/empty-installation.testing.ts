// Organization, users and catalogue on a database without any lab, for tests of what makes one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { createMemoryCache } from '#platform/cache/memory.ts';
import { systemClock } from '#platform/clock.ts';
import { serviceUnreachable } from '#platform/errors.ts';
import { createFolderStore } from '#platform/files/folder.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { createRuntime } from '#platform/runtime/runtime.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';

import { copyTemplate } from '../testing/databases.ts';
import { testConfig } from '../testing/start-lab.ts';
import { loadServices } from './services.ts';

export async function emptyInstallation(t: TestContext): Promise<Runtime> {
  const services = await loadServices();
  const { urls, drop } = await copyTemplate('empty', services, async () => {});
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-empty-'));
  const runtime = createRuntime({
    config: testConfig({}, dataDir),
    services,
    everyService: services,
    urlsOf: () => urls,
    remote: {
      call: async (call) => {
        throw serviceUnreachable({ service: call.service });
      },
      deliver: async () => {},
    },
    ports: {
      cache: createMemoryCache(systemClock),
      files: createFolderStore(join(dataDir, 'files')),
      pdf: createPdfRenderer({ workers: 1 }),
    },
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
  });
  t.after(async () => {
    await runtime.stop();
    await drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return runtime;
}
