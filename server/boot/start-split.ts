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
import { createRemoteDispatcher } from './remote-dispatcher.ts';
import { seedDemo } from './seed-demo.ts';
import { serviceNames } from './services.ts';
import { StartError } from './start-error.ts';

const START_LIMIT_MS = 60_000;

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly started: Promise<void>;
}

function startChild(name: string, env: NodeJS.ProcessEnv): Child {
  const main = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(process.execPath, [main, 'start', '--services', name, '--json'], {
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
export async function startSplit(config: Config): Promise<void> {
  const log = createLog({ level: config.logLevel, destination: config.logFile });
  const databases = await openDatabases({ ...config, databasePerService: true }, [], log);
  const env = {
    ...process.env,
    DATA_DIR: config.dataDir,
    DATABASE_URL: databases.adminUrl,
    DATABASE_PER_SERVICE: 'yes',
  };
  const children: Child[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    // The edge first, then who works behind it.
    await stopChildren(children.filter((child) => child.name === 'gateway'));
    await stopChildren(children.filter((child) => child.name !== 'gateway'));
    await databases.stop();
    await log.flush();
  };
  const onSignal = () => void stop().then(() => process.exit(0));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  try {
    // Side by side they would fight for two cores and for the roles of the database; the first one makes those.
    for (const name of [...serviceNames, 'gateway']) {
      const child = startChild(name, env);
      children.push(child);
      if (name === serviceNames[0]) await child.started;
    }
    await Promise.all(children.map((child) => child.started));
    if (config.demo) await seedDemo(await createRemoteDispatcher(config));
    process.stdout.write(
      `${JSON.stringify({ started: true, httpPort: config.httpPort, processes: children.length })}\n`,
    );
    await Promise.race(children.map(({ process: child }) => new Promise((resolve) => child.once('exit', resolve))));
    if (!isStopping) throw new StartError('One of the processes ended, so the others were stopped.');
  } catch (error) {
    await stop();
    throw error;
  }
}
