import process from 'node:process';

import { loadConfig, loadDotEnv } from '../boot/load-config.ts';
import { createRemoteDispatcher } from '../boot/remote-dispatcher.ts';
import { seedDemoInstallation } from '../boot/seed-demo-bench.ts';

/** Makes the demo lab over the services' own ports; in one process the start does it by itself. */
export async function seed(): Promise<void> {
  loadDotEnv();
  const { isNew } = await seedDemoInstallation(await createRemoteDispatcher(loadConfig(process.env)));
  process.stdout.write(
    isNew
      ? 'The demo lab was made.\n'
      : 'There is a lab already; a demo lab got what it lacked, and nothing else was changed.\n',
  );
}
