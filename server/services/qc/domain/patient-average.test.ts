// Patient-based QC on simulated patients: no lab's data. The random numbers are seeded, so that a run repeats.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { limitsFromDays, MIN_DAYS_FOR_LIMITS, movingFigures } from './patient-average.ts';
import type { MovingSettings } from './patient-average.ts';

const settings = (how: Partial<MovingSettings> = {}): MovingSettings => ({
  method: 'mean',
  block: 3,
  truncateLow: null,
  truncateHigh: null,
  ...how,
});

test('figures worked by hand', () => {
  assert.deepEqual(movingFigures(settings(), [1, 2, 3, 4, 9]), [null, null, 2, 3, 16 / 3]);
  assert.deepEqual(movingFigures(settings({ method: 'median' }), [1, 9, 3, 4, 8]), [null, null, 3, 4, 4]);
  // Weight 2 / (3 + 1): 1, 1.5, 2.25, 3.125.
  assert.deepEqual(movingFigures(settings({ method: 'ewma' }), [1, 2, 3, 4]), [null, null, 2.25, 3.125]);
});

test('what lies outside the truncation limits does not count', () => {
  const how = settings({ truncateLow: 1, truncateHigh: 5 });
  assert.deepEqual(movingFigures(how, [1, 99, 2, 0.5, 3]), [null, null, 2]);
});

test('a figure lies within its block, moves with it, and does not depend on what was before', () => {
  const value = fc.integer({ min: 0, max: 200 });
  const methods = fc.constantFrom('mean' as const, 'median' as const);
  fc.assert(
    fc.property(fc.array(value, { minLength: 5, maxLength: 40 }), methods, (values, method) => {
      const how = settings({ method, block: 5 });
      const last = movingFigures(how, values).at(-1) ?? Number.NaN;
      const block = values.slice(-5);
      assert.ok(last >= Math.min(...block) && last <= Math.max(...block));
      assert.equal(movingFigures(how, block).at(-1), last);
      const shifted =
        movingFigures(
          how,
          block.map((each) => each + 7),
        ).at(-1) ?? Number.NaN;
      assert.ok(Math.abs(shifted - last - 7) < 1e-9);
    }),
  );
});

test('limits want enough days, and hold about the share of days between them', () => {
  const days = Array.from({ length: 101 }, (_, day) => ({ lowest: 90 + day / 10, highest: 110 + day / 10 }));
  assert.equal(limitsFromDays(days.slice(0, MIN_DAYS_FOR_LIMITS - 1), 0.1), null);
  // 101 days: the 5th percentile is the sixth lowest day, the 95th the sixth highest.
  assert.deepEqual(limitsFromDays(days, 0.1), { low: 90.5, high: 119.5 });
});

/** mulberry32, and two of its numbers for one of a normal distribution (Box and Muller). */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

test('lab-medicine 8: a shift of sodium by its allowable error is found within a day, days in control hardly alarm', () => {
  // Sodium of out-patients, mean 140, SD 3; one in 30 is a sick one far off. TEa 4 mmol/L.
  const next = normal(20261125);
  let patient = 0;
  const sodium = (shift: number): number => {
    patient += 1;
    return Math.round(140 + shift + 3 * next() + (patient % 30 === 0 ? -15 : 0));
  };
  const day = (shift: number): number[] => Array.from({ length: 200 }, () => sodium(shift));
  for (const method of ['mean', 'median', 'ewma'] as const) {
    const how: MovingSettings = { method, block: 50, truncateLow: 130, truncateHigh: 150 };
    const learning = Array.from({ length: 60 }, () => day(0));
    const figures = (values: readonly number[]): number[] =>
      movingFigures(how, values).filter((figure) => figure !== null);
    const days = learning.map((values) => {
      const drawn = figures(values);
      return { lowest: Math.min(...drawn), highest: Math.max(...drawn) };
    });
    const limits = limitsFromDays(days, 0.05);
    assert.ok(limits);
    const isOut = (figure: number): boolean => figure < limits.low || figure > limits.high;
    const alarmDays = Array.from({ length: 60 }, () => day(0)).filter((values) => figures(values).some(isOut)).length;
    assert.ok(alarmDays <= 9, `${method}: ${alarmDays} of 60 days in control alarm`);
    for (const shift of [4, -4]) {
      const good = day(0);
      const before = figures(good).length;
      const found = figures([...good, ...day(shift)])
        .slice(before)
        .findIndex(isOut);
      assert.ok(found >= 0 && found < 100, `${method}: a shift of ${shift} is found at patient ${found}`);
    }
  }
});
