import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createGroupCommit } from './group-commit.ts';

const outage = new Error('away');

function recorder(fails: (items: readonly number[]) => Error | undefined = () => undefined) {
  const groups: (readonly number[])[] = [];
  let flights = 0;
  const commit = createGroupCommit<number>({
    maxItems: 3,
    maxBytes: 100,
    sizeOf: (item) => item,
    isOutage: (error) => error === outage,
    write: async (items) => {
      flights += 1;
      assert.equal(flights, 1, 'one write at a time');
      await new Promise((resolve) => setImmediate(resolve));
      flights -= 1;
      const error = fails(items);
      if (error) throw error;
      groups.push(items);
    },
  });
  return { commit, groups };
}

test('what waits at the same moment goes together, in order and within the limits', async () => {
  const { commit, groups } = recorder();
  await Promise.all([1, 2, 3, 4, 90, 20, 500].map((item) => commit.add(item)));
  assert.deepEqual(groups, [[1, 2, 3], [4, 90], [20], [500]]);
});

test('one item that cannot be written turns away nobody else', async () => {
  const { commit, groups } = recorder((items) => (items.includes(2) ? new Error('bad item') : undefined));
  const outcomes = await Promise.allSettled([1, 2, 3].map((item) => commit.add(item)));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(groups, [[1], [3]]);
});

test('an outage is told to all at once, and the next item is tried again', async () => {
  let isAway = true;
  let tries = 0;
  const { commit, groups } = recorder(() => {
    tries += 1;
    return isAway ? outage : undefined;
  });
  const outcomes = await Promise.allSettled([1, 2].map((item) => commit.add(item)));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(tries, 1);
  isAway = false;
  await commit.add(3);
  await commit.drained();
  assert.deepEqual(groups, [[3]]);
});

test('every item is written once, whatever comes when', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.boolean()), { maxLength: 40 }),
      async (items) => {
        const { commit, groups } = recorder();
        const under: Promise<void>[] = [];
        for (const [item, waits] of items) {
          under.push(commit.add(item));
          if (waits) await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(under);
        assert.deepEqual(
          groups.flat(),
          items.map(([item]) => item),
        );
      },
    ),
    { numRuns: 30 },
  );
});
