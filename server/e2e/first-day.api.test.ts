import { test } from 'node:test';

import { startLabProcess } from '../testing/lab-process.ts';
import { tellStory } from './story.ts';

test('from the desk to a signed report, in one process', async (t) => {
  await tellStory(await startLabProcess(t));
});
