import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compareDecimal } from '@nidaan/values';
import fc from 'fast-check';

import { compareProducts, difference, percentOf } from './exact.ts';

test('differences keep the finer decimals and have no float noise', () => {
  assert.equal(difference('5.40', '4.1'), '1.30');
  assert.equal(difference('0.3', '0.1'), '0.2');
  assert.equal(difference('4.1', '5.40'), '-1.30');
  assert.equal(difference('-1', '2'), '-3');
  assert.equal(difference('7', '7.00'), '0.00');
});

test('percentages to one decimal, a half away from zero; none of nothing', () => {
  assert.equal(percentOf('0.7', '1.0'), '70.0');
  assert.equal(percentOf('-0.7', '1.4'), '-50.0');
  assert.equal(percentOf('1', '3'), '33.3');
  assert.equal(percentOf('2', '3'), '66.7');
  // 0.25 of 1000 is 0.025 %, half of a twentieth; 0.5 of 1000 is 0.05 %, a half of a tenth.
  assert.equal(percentOf('0.25', '1000'), '0.0');
  assert.equal(percentOf('0.5', '1000'), '0.1');
  assert.equal(percentOf('5', '0'), null);
});

const decimal = fc
  .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.nat(4))
  .map(([units, scale]) => (units / 10 ** scale).toFixed(scale));

test('whatever the numbers: a difference added back gives the first, and products compare as fractions do', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      // b - (b - a) is a.
      assert.equal(compareDecimal(difference(b, difference(b, a)), a), 0);
      assert.equal(compareProducts(a, '1', b, '1'), compareDecimal(a, b));
      assert.equal(compareProducts(a, b, b, a), 0);
    }),
  );
});
