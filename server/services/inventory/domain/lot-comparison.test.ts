import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { compareLots } from './lot-comparison.ts';

const glucose = { analyteCode: 'GLU', instrument: 'cobas', allowedPercent: '5' };

test('INV-5: differences in percent of the old lot, their mean and the verdict, by hand', () => {
  const pairs = [
    { sample: 'A', old: '100', new: '104' },
    { sample: 'B', old: '250', new: '242.5' },
    { sample: 'C', old: '60.0', new: '63.0' },
  ];
  // +4 %, -3 %, +5 %: the last is just allowed; mean 6 / 3 = 2 %.
  const compared = compareLots({ ...glucose, pairs });
  assert.deepEqual(
    compared.pairs.map(({ differencePercent, isWithin }) => [differencePercent, isWithin]),
    [
      ['4.00', true],
      ['-3.00', true],
      ['5.00', true],
    ],
  );
  assert.deepEqual([compared.meanDifferencePercent, compared.hasPassed], ['2.00', true]);
  // 63.001 is 5.0017 % above: shown as 5.00 and beyond all the same.
  const beyond = compareLots({
    ...glucose,
    pairs: [...pairs.slice(0, 2), { sample: 'C', old: '60.0', new: '63.001' }],
  });
  assert.deepEqual(beyond.pairs[2], {
    sample: 'C',
    old: '60.0',
    new: '63.001',
    differencePercent: '5.00',
    isWithin: false,
  });
  assert.equal(beyond.hasPassed, false);
});

test('INV-5: an old value of 0 has no percentage and lets only 0 pass; a negative one (base excess) works by its size', () => {
  const [zero, moved, negative] = compareLots({
    ...glucose,
    pairs: [
      { sample: 'A', old: '0', new: '0.0' },
      { sample: 'B', old: '0', new: '0.1' },
      { sample: 'C', old: '-2.0', new: '-2.1' },
    ],
  }).pairs;
  assert.deepEqual([zero?.differencePercent, zero?.isWithin], [null, true]);
  assert.deepEqual([moved?.differencePercent, moved?.isWithin], [null, false]);
  assert.deepEqual([negative?.differencePercent, negative?.isWithin], ['-5.00', true]);
  assert.equal(compareLots({ ...glucose, pairs: [] }).meanDifferencePercent, null);
});

test('INV-5: equal lots always pass, and a wider allowance never turns a pass into a failure', () => {
  const value = fc.integer({ min: 0, max: 99_999 }).map((n) => (n / 100).toFixed(2));
  const pair = fc.record({ sample: fc.constant('S'), old: value, new: value });
  fc.assert(
    fc.property(fc.array(pair, { minLength: 3, maxLength: 8 }), fc.nat(50), fc.nat(50), (pairs, percent, more) => {
      const same = pairs.map(({ sample, old }) => ({ sample, old, new: old }));
      assert.ok(compareLots({ ...glucose, allowedPercent: '0', pairs: same }).hasPassed);
      const narrow = compareLots({ ...glucose, allowedPercent: String(percent), pairs });
      const wide = compareLots({ ...glucose, allowedPercent: String(percent + more), pairs });
      assert.ok(!narrow.hasPassed || wide.hasPassed);
    }),
  );
});
