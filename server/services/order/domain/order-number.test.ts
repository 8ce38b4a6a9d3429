import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { numberBeginnings, orderNumber } from './order-number.ts';

test('a number reads day, dash, running number', () => {
  assert.equal(orderNumber('2026-11-25', 42), '261125-0042');
  assert.equal(orderNumber('2026-11-25', 12_345), '261125-12345');
});

test('what the desk types is a number of today or the beginning of one', () => {
  const today = '2026-11-25';
  assert.deepEqual(numberBeginnings('42', today), ['261125-0042']);
  assert.deepEqual(numberBeginnings('0042', today), ['261125-0042']);
  assert.deepEqual(numberBeginnings('261124', today), ['261124-']);
  assert.deepEqual(numberBeginnings('261124-00', today), ['261124-00']);
  assert.deepEqual(numberBeginnings('261124 0042', today), ['261124-0042']);
  for (const typed of ['0', 'Lakshmi', '26-1124', "261124-'", '%', '2611240042123']) {
    assert.deepEqual(numberBeginnings(typed, today), []);
  }
});

test('every number is found by itself, with or without the dash', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), (serial) => {
      const number = orderNumber('2026-11-25', serial);
      assert.deepEqual(numberBeginnings(number, '2030-01-01'), [number]);
      assert.deepEqual(numberBeginnings(number.replace('-', ''), '2030-01-01'), [number]);
    }),
  );
});
