import { test } from 'node:test';

import { startLabProcess } from '../testing/lab-process.ts';
import { tellStory } from './story.ts';

test('from the desk to a signed report, each service in its own process with its own database', async (t) => {
  const offset = 20_000 + (process.pid % 1000) * 20;
  await tellStory(await startLabProcess(t, { isSplit: true, env: { PORT_OFFSET: String(offset) } }));
});
