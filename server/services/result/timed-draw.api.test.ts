// A timed tube that was drawn out of its time: specs/result.md RES-87.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collectTube } from '#contract/sample.ts';

import type { ResultView } from './contract.ts';
import { enterFromInstrument, verifyResults } from './contract.ts';
import { observe, startBench, stepOf } from './testing.ts';

test('lab-day 22: a value of the wrong minute is held with the minutes in words, typed or sent', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  /** Drawn so many minutes after the glucose was drunk; two and a half hours ago it was. */
  const draw = async (items: readonly string[], code: string, minutes: number | null): Promise<ResultView> => {
    const orderId = await bench.order(items);
    const drunkAt = Date.now() - 150 * 60_000;
    for (const { barcode, testCodes } of await bench.tubes(orderId)) {
      const isTimed = testCodes.includes(code) && minutes !== null;
      const collectedAt = new Date(drunkAt + (isTimed ? minutes : 0) * 60_000).toISOString();
      const timedFrom = isTimed ? { timedFrom: new Date(drunkAt).toISOString() } : {};
      await lab.as('phlebotomist').call(collectTube, { barcode, collectedAt, ...timedFrom });
    }
    await lab.settle();
    return bench.result(orderId, code);
  };
  const slot = (result: ResultView) => result.holds.filter((hold) => hold === 'wrong_slot');

  const late = await bench.enter(await draw(['GLU_2H'], 'GLU_2H', 75), '180');
  assert.deepEqual(slot(late), ['wrong_slot']);
  assert.deepEqual(late.holdNotes, [
    {
      hold: 'wrong_slot',
      text: 'The tube is for 2 h after 75 g, but was drawn 75 minutes after the beginning instead of 120.',
    },
  ]);
  await technician.refused(verifyResults, { items: [stepOf(late)] }, 'result.holds_unseen');
  assert.equal((await bench.verify([late]))[0]?.status, 'verified');

  const awaiting = await draw(['GLU_2H'], 'GLU_2H', 75);
  await lab.system.call(enterFromInstrument, { observations: [observe(awaiting, '181', { analyteCode: 'GLU' })] });
  assert.deepEqual(slot(await bench.result(awaiting.orderId, 'GLU_2H')), ['wrong_slot']);

  // In time by the fasting tube, within the ten minutes; in time as told; and the fasting tube itself.
  const inTime = await bench.enter(await draw(['GLU_F', 'GLU_2H'], 'GLU_2H', 128), '120');
  assert.deepEqual(slot(inTime), []);
  assert.deepEqual(slot(await bench.enter(await bench.result(inTime.orderId, 'GLU_F'), '90')), []);
  // Nobody told when it began: the collector is warned, and no value is held for a guess.
  assert.deepEqual(slot(await bench.enter(await draw(['GLU_2H'], 'GLU_2H', null), '120')), []);
});
