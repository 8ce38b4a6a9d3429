import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { quantityText, shown, thousandths } from './quantity.ts';

test('INV-9: quantities are exact: 0.1 and 0.2 make 0.3, and text and number go over into each other', () => {
  assert.equal(quantityText(thousandths('0.1') + thousandths('0.2')), '0.3');
  assert.equal(shown('12.500'), '12.5');
  assert.equal(shown('-0.050'), '-0.05');
  assert.equal(shown('100.000'), '100');
  assert.throws(() => thousandths('1.0001'), RangeError);
  fc.assert(fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), (n) => assert.equal(thousandths(quantityText(n)), n)));
});
