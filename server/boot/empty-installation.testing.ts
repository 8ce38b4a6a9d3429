// Organization, users and catalogue on a database without any lab, for tests of what makes one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { systemClock } from '#platform/clock.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';

import { copyTemplate } from '../testing/databases.ts';
import { makeRuntime, testConfig } from '../testing/start-lab.ts';
import { loadServices } from './services.ts';

export async function emptyInstallation(t: TestContext): Promise<Runtime> {
  const services = await loadServices();
  const { urls, drop } = await copyTemplate('empty', services, async () => {});
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-empty-'));
  const runtime = makeRuntime(services, urls, testConfig({}, dataDir), systemClock, dataDir);
  t.after(async () => {
    await runtime.stop();
    await drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return runtime;
}
