import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { createManualClock } from '#platform/clock.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';
import type { Tx } from '#platform/service.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { turnaroundSummary } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import * as lineStore from './line-store.ts';
import { placed, startDesk } from './orders.testing.ts';

/** Wednesday, 10:30 in India. */
const MORNING = '2026-11-25T05:00:00.000Z';

async function signed(lab: TestLab, testCode: string, afterMinutes: number, priority: 'routine' | 'stat' = 'routine') {
  const order = await placed(lab, [testCode], { priority });
  await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    const tx = db as Tx;
    const lines = await lineStore.lockLines(tx, lab.labId, order.id);
    const finishedAt = new Date(Date.parse(MORNING) + afterMinutes * 60_000).toISOString();
    await lineStore.saveLines(
      tx,
      lab.labId,
      order.id,
      lines.map((line) => ({ ...line, stage: 'authorised' as const, finishedAt })),
    );
  });
}

test('ORD-59 lab-day 71: turnaround of a period by test, section and priority, with the promises not kept', async (t) => {
  const lab = await startDesk(t, { clock: createManualClock(MORNING) });
  // tests.csv: CBC is promised in 180 minutes, urgent in 45; TSH in 480.
  for (const minutes of [100, 10, 20, 30, 40, 50, 60, 70, 80, 190]) await signed(lab, 'CBC', minutes);
  await signed(lab, 'CBC', 46, 'stat');
  await signed(lab, 'TSH', 240);
  // Not signed, and signed on the next day of the lab (18:30 UTC is midnight in India): not of the 25th.
  await placed(lab, ['CBC']);
  await signed(lab, 'TSH', 13.5 * 60);
  const manager = lab.as('manager');
  const of = async (groupBy: 'test' | 'section' | 'priority', fromDay = '2026-11-25', toDay = '2026-11-25') =>
    manager.call(turnaroundSummary, { fromDay, toDay, groupBy });
  // By hand: ten routine ones 10…80, 100, 190 and the stat 46. Of eleven sorted the sixth is 50, the tenth 100.
  const cbc = { key: 'CBC', lines: 11, medianMinutes: 50, p90Minutes: 100, breaches: 2 };
  const tsh = { key: 'TSH', lines: 1, medianMinutes: 240, p90Minutes: 240, breaches: 0 };
  assert.deepEqual(await of('test'), { lines: 12, breaches: 2, groups: [cbc, tsh] });
  assert.deepEqual(
    (await of('section')).groups.map(({ key, lines }) => [key, lines]),
    [
      ['HAEMATOLOGY', 11],
      ['IMMUNOASSAY', 1],
    ],
  );
  assert.deepEqual(
    (await of('priority')).groups.map(({ key, lines, breaches }) => [key, lines, breaches]),
    [
      ['routine', 11, 1],
      ['stat', 1, 1],
    ],
  );
  assert.deepEqual((await of('test', '2026-11-26', '2026-11-26')).groups, [
    { key: 'TSH', lines: 1, medianMinutes: 810, p90Minutes: 810, breaches: 1 },
  ]);
  assert.deepEqual(await of('test', '2026-08-26', '2026-11-24'), { lines: 0, breaches: 0, groups: [] });
  assert.equal((await of('test', '2026-08-26', '2026-11-25')).lines, 12, '92 days');
  for (const [fromDay, toDay] of [
    ['2026-08-25', '2026-11-25'],
    ['2026-11-26', '2026-11-25'],
  ] as const) {
    await manager.refused(turnaroundSummary, { fromDay, toDay, groupBy: 'test' }, 'platform.invalid_input');
  }
  const period = { fromDay: '2026-11-25', toDay: '2026-11-25', groupBy: 'test' } as const;
  assert.equal((await lab.as('manager', newId()).call(turnaroundSummary, period)).lines, 0);

  const shown = await graphql({
    schema: buildSchema([graphqlModule]),
    source: `{ turnaroundSummary(fromDay: "2026-11-25", toDay: "2026-11-25", groupBy: test) {
      lines breaches groups { key lines medianMinutes p90Minutes breaches } } }`,
    contextValue: createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(manager.actor)),
  });
  assert.equal(shown.errors, undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(shown.data)).turnaroundSummary.groups, [cbc, tsh]);
});
