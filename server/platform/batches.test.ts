import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { batchesOf, inBatches } from './batches.ts';

test('batches hold every item once, in order, none more than may be asked at once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const batches = [...batchesOf(new Set(items), size)];
      assert.deepEqual(batches.flat(), [...new Set(items)]);
      assert.ok(batches.every((batch, at) => batch.length === size || (at === batches.length - 1 && batch.length > 0)));
    }),
  );
});

test('answers come in the order of what was asked, one batch after the other', async () => {
  const asked: number[][] = [];
  const answers = await inBatches([1, 2, 3, 4, 5], 2, async (some) => {
    asked.push(some);
    return some.map((item) => `answer ${item}`);
  });
  assert.deepEqual(asked, [[1, 2], [3, 4], [5]]);
  assert.deepEqual(answers, ['answer 1', 'answer 2', 'answer 3', 'answer 4', 'answer 5']);
});
