import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compareDecimal, fromScaled, isDecimal, roundHalfUp, scaleOf, toScaled } from './decimal.ts';

// A decimal as an integer count of 10^-scale, so that BigInt arithmetic is the reference.
const decimal = fc.record({
  scaled: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
  scale: fc.integer({ min: 0, max: 12 }),
});

function write({ scaled, scale }: { scaled: bigint; scale: number }): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
}

test('comparison agrees with whole numbers of the same scale', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const x = a.scaled * 10n ** BigInt(12 - a.scale);
      const y = b.scaled * 10n ** BigInt(12 - b.scale);
      const expected = x < y ? -1 : x > y ? 1 : 0;
      assert.equal(compareDecimal(write(a), write(b)), expected);
    }),
    { numRuns: 2000 },
  );
});

test('rounding agrees with adding half and dividing whole numbers', () => {
  fc.assert(
    fc.property(decimal, fc.integer({ min: 0, max: 12 }), (value, decimals) => {
      const sign = value.scaled < 0n ? -1n : 1n;
      const drop = BigInt(Math.max(0, value.scale - decimals));
      const step = 10n ** drop;
      const steps = (sign * value.scaled * 2n + step) / (step * 2n);
      const shift = 10n ** BigInt(Math.max(0, decimals - value.scale));
      const expected = drop === 0n ? value.scaled * shift : sign * steps;
      assert.equal(roundHalfUp(write(value), decimals), write({ scaled: expected, scale: decimals }));
    }),
    { numRuns: 2000 },
  );
});

test('rounding by hand', () => {
  assert.equal(roundHalfUp('1.005', 2), '1.01'); // a float gives 1.00
  assert.equal(roundHalfUp('2.25', 1), '2.3');
  assert.equal(roundHalfUp('-2.25', 1), '-2.3');
  assert.equal(roundHalfUp('-0.04', 1), '0.0');
  assert.equal(roundHalfUp('99.95', 1), '100.0');
  assert.equal(roundHalfUp('7', 2), '7.00');
  assert.equal(roundHalfUp('.5', 0), '1');
  assert.equal(roundHalfUp('+12.', 0), '12');
});

test('equal values of different writing are equal', () => {
  for (const other of ['7.1', '+7.1', '07.10', '7.100']) assert.equal(compareDecimal('7.10', other), 0);
  assert.equal(compareDecimal('-0', '0.00'), 0);
});

test('what is not a decimal is refused and not repeated in the message', () => {
  for (const text of ['', ' 1', '1,5', '1e5', '.', 'NaN', '--1', '١']) {
    assert.equal(isDecimal(text), false);
    assert.throws(() => compareDecimal(text, '1'), RangeError);
    assert.throws(() => roundHalfUp(text, 1), RangeError);
  }
  assert.throws(
    () => compareDecimal('secret', '1'),
    (error: Error) => !error.message.includes('secret'),
  );
  for (const decimals of [-1, 1.5, 31]) assert.throws(() => roundHalfUp('1', decimals), RangeError);
});

test('a decimal is a whole number of its smallest decimal and comes back as it was', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 12 }), (units, scale) => {
      const text = fromScaled(units, scale);
      assert.equal(scaleOf(text), scale);
      assert.equal(toScaled(text, scale), units);
      assert.equal(toScaled(text, scale + 2), units * 100n);
    }),
  );
  assert.equal(fromScaled(-5n, 2), '-0.05');
  assert.equal(fromScaled(0n, 1), '0.0');
  assert.throws(() => toScaled('1.005', 2), RangeError);
  assert.throws(() => scaleOf('<5'), RangeError);
});
