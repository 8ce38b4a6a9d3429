// `nidaan start --split`: one database server, and a child process for the gateway and for each service. What a cluster
// does with containers, on one machine.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { createLog } from '#platform/log.ts';

import type { Config } from '../config.ts';
import { openDatabases } from './databases.ts';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './node-flags.ts';
import { createRemoteDispatcher } from './remote-dispatcher.ts';
import { seedDemoInstallation } from './seed-demo-bench.ts';
import { serviceNames } from './services.ts';
import { StartError } from './start-error.ts';
import type { StopSignals } from './stop-signals.ts';

const START_LIMIT_MS = 60_000;

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly started: Promise<void>;
}

function startChild(name: string, env: NodeJS.ProcessEnv): Child {
  const main = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(process.execPath, [...NODE_FLAGS, main, 'start', '--services', name, '--json', '--child'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = new Promise<void>((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new StartError(`The ${name} process did not start within ${START_LIMIT_MS / 1000} s.`)),
      START_LIMIT_MS,
    );
    createInterface({ input: child.stdout }).once('line', () => {
      clearTimeout(limit);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(limit);
      reject(new StartError(`The ${name} process ended; its line above says why.`));
    });
  });
  return { name, process: child, started };
}

async function stopChildren(children: readonly Child[]): Promise<void> {
  await Promise.all(
    children.map(
      ({ process: child }) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) {
            resolve();
            return;
          }
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
        }),
    ),
  );
}

/** Runs until a signal comes or a child dies; a child that dies takes the others down in order. */
export async function startSplit(config: Config, { signal, asked }: StopSignals): Promise<void> {
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const databaseLost = Promise.withResolvers<StartError>();
  const databases = await openDatabases({ ...config, databasePerService: true }, [], log, (error) =>
    databaseLost.resolve(new StartError(error.message)),
  );
  const env = {
    ...process.env,
    ...NODE_ENVIRONMENT,
    DATA_DIR: config.dataDir,
    DATABASE_URL: databases.adminUrl,
    DATABASE_PER_SERVICE: 'yes',
  };
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    // The edge first, then who works behind it.
    await stopChildren(children.filter((child) => child.name === 'gateway'));
    await stopChildren(children.filter((child) => child.name !== 'gateway'));
    await databases.stop();
    await log.flush();
  };
  const fault = async (): Promise<StartError | undefined> => {
    await Promise.race(children.map(({ process: child }) => new Promise((resolve) => child.once('exit', resolve))));
    return new StartError('One of the processes ended, so the others were stopped.');
  };
  /** What the start waits for, unless a signal comes first. */
  const unlessAsked = async <T>(step: Promise<T>): Promise<T> => {
    // Its own end, for instance of a child that stops with us, is then nobody's any more.
    step.catch(() => {});
    const value = await Promise.race([step, asked.then(() => undefined)]);
    signal.throwIfAborted();
    return value as T;
  };

  try {
    signal.throwIfAborted();
    // Side by side they would fight for two cores and for the roles of the database; the first one makes those.
    for (const name of [...serviceNames, 'gateway']) {
      const child = startChild(name, env);
      child.started.catch(() => {});
      children.push(child);
      if (name === serviceNames[0]) await unlessAsked(child.started);
    }
    await unlessAsked(Promise.all(children.map((child) => child.started)));
    if (config.demo) await seedDemoInstallation(await createRemoteDispatcher(config), signal);
    process.stdout.write(
      `${JSON.stringify({ started: true, httpPort: config.httpPort, processes: children.length })}\n`,
    );
    const ended = await Promise.race([asked, fault(), databaseLost.promise]);
    if (ended) throw ended;
  } finally {
    await stop();
  }
}
