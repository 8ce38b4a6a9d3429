// `nidaan start`: runs until it is told to stop.
import process from 'node:process';

import { assemble } from '../boot/assemble.ts';
import type { Assembled } from '../boot/assemble.ts';
import { banner } from '../boot/banner.ts';
import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { serviceNames } from '../boot/services.ts';
import type { ServiceName } from '../boot/services.ts';
import { StartError } from '../boot/start-error.ts';

interface StartOptions {
  readonly services?: string;
  readonly split?: boolean;
  readonly demoDay?: boolean;
  readonly json?: boolean;
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

/** Stops in order at the first signal, at once at the second. */
export function stopOnSignal(stop: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      void stop().then(resolve, resolve);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

export async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  loadDotEnv();
  const config = loadConfig(process.env);
  if (options.split) {
    const { startSplit } = await import('../boot/start-split.ts');
    return startSplit(config);
  }
  const chosen = options.services === undefined ? { hasGateway: true } : readServices(options.services);
  const lab: Assembled = await assemble({ config, ...chosen });
  const stopped = stopOnSignal(lab.stop);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.json)
    process.stdout.write(`${JSON.stringify({ started: true, httpPort: lab.httpPort, ...lab.facts })}\n`);
  else process.stdout.write(banner(lab, seconds));
  if (options.demoDay) {
    const { playDay } = await import('../demo/play-day.ts');
    const { hl7, astm } = lab.facts['integration'] ?? {};
    await playDay({
      url: `http://localhost:${lab.httpPort}`,
      hl7Port: Number(hl7),
      astmPort: Number(astm),
      patients: 24,
      seed: 1,
      out: process.stdout,
    });
  }
  await stopped;
  if (!options.json) process.stdout.write('Stopped.\n');
  process.exit(0);
}
