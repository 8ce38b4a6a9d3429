import { test } from 'node:test';

import { playDay } from '../demo/play-day.ts';
import { assertScenes } from '../demo/scenes.testing.ts';
import { startLabProcess } from '../testing/lab-process.ts';
import { tellStory } from './story.ts';

test('from the desk to a signed report, each service in its own process with its own database', async (t) => {
  const offset = 20_000 + (process.pid % 1000) * 20;
  const lab = await startLabProcess(t, { isSplit: true, env: { PORT_OFFSET: String(offset) } });
  await tellStory(lab);
  // Controls, criticals, second tubes, amendments and the rest of a real day: events between processes all of it.
  const { scenes } = await playDay({ ...lab, patients: 2, seed: 5, out: { write: () => true } });
  assertScenes(scenes);
});
