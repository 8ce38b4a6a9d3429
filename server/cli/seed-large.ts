// `nidaan seed-large`: the orders and results of three years, for measuring. Works on the stopped lab's embedded database, or
// on DATABASE_URL while nobody works in it: indexes are away meanwhile.
import process from 'node:process';

import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';

import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { openRuntime } from '../boot/open-runtime.ts';
import { seedLarge } from '../boot/seed-large/seed-large.ts';
import type { SeededLarge } from '../boot/seed-large/seed-large.ts';
import { loadServices } from '../boot/services.ts';
import { StartError } from '../boot/start-error.ts';
import { createUndo } from '../boot/undo.ts';

export interface SeedLargeCommand {
  readonly orders: string;
  readonly seed: string;
  readonly scale: string;
  readonly labs: string;
  readonly indexes: string;
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!(number >= least && number <= most)) throw new StartError(`${option} is a number from ${least} to ${most}.`);
  return number;
}

/** @throws StartError naming the option that is not as it must be */
export async function runSeedLarge(options: SeedLargeCommand): Promise<void> {
  const scale = numberOf('--scale', options.scale, 0.0001, 10);
  const orders = Math.round(numberOf('--orders', options.orders, 100, 100_000_000) * scale);
  const seed = Math.floor(numberOf('--seed', options.seed, 0, 1_000_000));
  const smallLabs = Math.floor(numberOf('--labs', options.labs, 0, 200));
  if (options.indexes !== 'rebuild' && options.indexes !== 'keep')
    throw new StartError('--indexes is rebuild or keep.');
  loadDotEnv();
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const undo = createUndo();
  undo.add(() => log.flush());
  try {
    const everyService = await loadServices();
    const metrics = createMetrics();
    const { runtime, databases } = await openRuntime({ config, local: everyService, everyService, log, metrics, undo });
    const seeded = await seedLarge({
      calls: runtime.dispatcher,
      ownerUrlOf: (service) => databases?.urlsOf(service).owner ?? '',
      orders,
      seed,
      smallLabs,
      indexes: options.indexes,
      now: new Date(),
      out: process.stdout,
    });
    tell(seeded, orders);
  } finally {
    await undo.run();
  }
  process.exit(0);
}

const MB = 1024 ** 2;

function tell({ isNew, tables, seconds, labs }: SeededLarge, orders: number): void {
  const lines = tables.map(
    ({ name, rows, bytes }) =>
      `${name.padEnd(32)} ${String(rows).padStart(10)} rows ${(bytes / MB).toFixed(0).padStart(7)} MB`,
  );
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  lines.push(
    `${labs.length} labs, ${orders} orders, ${(bytes / MB).toFixed(0)} MB, ${Math.round(bytes / orders)} bytes an order.`,
    isNew
      ? `Copied in ${seconds.copying.toFixed(0)} s, indexes in ${seconds.indexes.toFixed(0)} s, analyzed in ${seconds.analyzing.toFixed(0)} s.`
      : 'It was there already; nothing was changed.',
    'No events were told, nothing was audited, no reports were made.',
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}
