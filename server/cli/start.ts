// `nidaan start`: runs until it is told to stop.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { assemble } from '../boot/assemble.ts';
import type { Assembled } from '../boot/assemble.ts';
import { banner } from '../boot/banner.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { serviceNames } from '../boot/services.ts';
import type { ServiceName } from '../boot/services.ts';
import { StartError } from '../boot/start-error.ts';
import { listenForStop } from '../boot/stop-signals.ts';

interface StartOptions {
  readonly services?: string;
  readonly split?: boolean;
  readonly demoDay?: boolean;
  readonly json?: boolean;
  /** Started by a split lab, which says when to stop. */
  readonly child?: boolean;
}

const GATEWAY = 'gateway';

function isServiceName(name: string): name is ServiceName {
  return serviceNames.some((known) => known === name);
}

/** @throws StartError naming what is not a service */
function readServices(text: string): { readonly services: readonly ServiceName[]; readonly hasGateway: boolean } {
  const names = text.split(',').map((name) => name.trim());
  const services: ServiceName[] = [];
  for (const name of names) {
    if (isServiceName(name)) services.push(name);
    else if (name !== GATEWAY)
      throw new StartError(`There is no service named "${name}"; there are ${[GATEWAY, ...serviceNames].join(', ')}.`);
  }
  return { services, hasGateway: names.includes(GATEWAY) };
}

/** Longest wait for an orderly stop when the database is gone: what waits for it would wait for ever. */
const LAST_STOP_MS = 10_000;

function end({ json }: StartOptions): never {
  if (!json) process.stdout.write('Stopped.\n');
  process.exit(0);
}

export async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  const stopSignals = listenForStop(options.child);
  loadDotEnv();
  const config = loadConfig(process.env);
  const { signal } = stopSignals;
  try {
    if (options.split) {
      const { startSplit } = await import('../boot/start-split.ts');
      await startSplit(config, stopSignals);
    } else {
      const chosen = options.services === undefined ? { hasGateway: true } : readServices(options.services);
      const lab = await assemble({ config, ...chosen, signal });
      // At once, also while the demo day is still being played.
      const stopped = stopSignals.asked.then(lab.stop);
      await present(lab, options, (performance.now() - startedAt) / 1000, signal);
      const fault = await Promise.race([stopped, lab.databaseLost]);
      if (fault) {
        await Promise.race([lab.stop(), sleep(LAST_STOP_MS)]);
        throw fault;
      }
    }
  } catch (error) {
    // A start that was told to stop between two of its steps has undone them.
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  end(options);
}

async function present(lab: Assembled, options: StartOptions, seconds: number, signal: AbortSignal): Promise<void> {
  if (options.json)
    process.stdout.write(`${JSON.stringify({ started: true, httpPort: lab.httpPort, ...lab.facts })}\n`);
  else process.stdout.write(banner(lab, seconds));
  if (!options.demoDay) return;
  const { playDay } = await import('../demo/play-day.ts');
  const { hl7, astm } = lab.facts['integration'] ?? {};
  try {
    await playDay({
      url: `http://localhost:${lab.httpPort}`,
      hl7Port: Number(hl7),
      astmPort: Number(astm),
      patients: 24,
      seed: 1,
      out: process.stdout,
    });
  } catch (error) {
    // Cut off by the stop.
    if (!signal.aborted) throw error;
  }
}
