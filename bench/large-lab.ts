// The large lab of seed-large at some size, on its own embedded PostgreSQL with default durability; made when the folder holds
// none. Calls go through the dispatcher in this process: permission, tenant, input and output checked as for everybody.
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { createMetrics } from '../server/platform/metrics.ts';
import { silentLog } from '../server/platform/log.ts';
import { newId } from '../server/platform/ids.ts';
import { loadConfig } from '../server/boot/load-config.ts';
import { openRuntime } from '../server/boot/open-runtime.ts';
import { seedLarge } from '../server/boot/seed-large/seed-large.ts';
import { loadServices } from '../server/boot/services.ts';
import { createUndo } from '../server/boot/undo.ts';
import type { CallAs } from '../server/testing/hot-calls.ts';

export const WHOLE_ORDERS = 2_800_000;

export interface LargeLab {
  readonly scale: number;
  readonly orders: number;
  readonly results: number;
  readonly labId: string;
  readonly ownerUrl: string;
  /** As a user of the lab who may just this. */
  readonly call: CallAs;
  stop(): Promise<void>;
}

/** @param folder of all sizes; each has its own in it */
export async function openLargeLab(folder: string, scale: number, seed: number): Promise<LargeLab> {
  const dataDir = join(folder, String(scale));
  mkdirSync(dataDir, { recursive: true });
  // PostgreSQL runs as another account when we are root, and has to reach its folder.
  chmodSync(folder, 0o755);
  const config = loadConfig({ DATA_DIR: dataDir, HTTP_PORT: '0', HL7_PORT: '0', ASTM_PORT: '0' });
  const undo = createUndo();
  const everyService = await loadServices();
  const metrics = createMetrics();
  const { runtime, databases } = await openRuntime({
    config,
    local: everyService,
    everyService,
    log: silentLog,
    metrics,
    undo,
  });
  const ownerUrlOf = (service: string) => databases?.urlsOf(service).owner ?? '';
  const orders = Math.round(WHOLE_ORDERS * scale);
  process.stdout.write(`Large lab × ${scale} in ${dataDir}\n`);
  const seeded = await seedLarge({
    calls: runtime.dispatcher,
    ownerUrlOf,
    orders,
    seed,
    smallLabs: 20,
    indexes: 'rebuild',
    now: new Date(),
    out: {
      write: (text) => (text.startsWith('index') ? true : process.stdout.write(text)),
      isTTY: process.stdout.isTTY,
    },
  });
  const userId = newId();
  return {
    scale,
    orders,
    results: seeded.tables.find((table) => table.name === 'lis_result.result')?.rows ?? 0,
    labId: seeded.largeLabId,
    ownerUrl: ownerUrlOf('result'),
    call: (call, input) => {
      const may = runtime.dispatcher.bindings.get(call.name)?.may ?? 'system';
      return runtime.dispatcher.call(
        call,
        input,
        runtime.scopeOf({
          kind: 'user',
          userId,
          name: 'bench',
          labId: seeded.largeLabId,
          permissions: [may],
          sessionId: userId,
        }),
      );
    },
    stop: () => undo.run(),
  };
}
