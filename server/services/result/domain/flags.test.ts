import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Reading } from './flags.ts';
import { flagNumber, flagText, isAbsurd, sideOfHigh, sideOfLow } from './flags.ts';
import { range } from './fixtures.ts';
import { readNumber } from './lab-number.ts';

function reading(text: string): Reading {
  const read = readNumber(text);
  assert.ok(read);
  return read;
}

// Potassium as an example: range 3.5–5.1, critical 2.5 and 6.5. By hand.
const potassium = range({ low: '3.5', high: '5.1', criticalLow: '2.5', criticalHigh: '6.5' });
const worked: readonly (readonly [value: string, flag: string | null, isUndecided: boolean])[] = [
  ['2.4', 'LL', false],
  ['2.5', 'L', false],
  ['3.4', 'L', false],
  ['3.5', null, false],
  ['3.50', null, false],
  ['4.2', null, false],
  ['5.1', null, false],
  ['5.10', null, false],
  ['5.2', 'H', false],
  ['6.5', 'H', false],
  ['6.6', 'HH', false],
  ['<2.5', 'LL', false],
  ['<=2.5', 'L', true],
  ['<2.4', 'LL', false],
  ['<3.5', 'L', true],
  ['<4.0', null, true],
  ['>4.0', null, true],
  ['>5.1', 'H', true],
  ['>=5.1', null, true],
  ['>6.5', 'HH', false],
  ['>=6.5', 'H', true],
  ['>=6.6', 'HH', false],
  ['>10', 'HH', false],
];
for (const [value, flag, isUndecided] of worked) {
  test(`potassium ${value}: ${flag ?? 'no flag'}${isUndecided ? ', undecided' : ''}`, () => {
    assert.deepEqual(flagNumber(reading(value), potassium), { flag, isUndecided });
  });
}

test('<0.5 against a low limit of 0.4 is not called low, and said to be undecided', () => {
  assert.deepEqual(flagNumber(reading('<0.5'), range({ low: '0.4', high: '4.0' })), { flag: null, isUndecided: true });
  assert.deepEqual(flagNumber(reading('<0.4'), range({ low: '0.4', high: '4.0' })), { flag: 'L', isUndecided: false });
});

test('a range that begins at 0 makes "less than" no riddle', () => {
  assert.deepEqual(flagNumber(reading('<9'), range({ low: '0', high: '34' })), { flag: null, isUndecided: false });
  assert.deepEqual(flagNumber(reading('<40'), range({ low: '0', high: '34' })), { flag: null, isUndecided: true });
  // A base excess may be negative: below 1 can be below −2.
  assert.deepEqual(flagNumber(reading('<1'), range({ low: '-2', high: '3' })), { flag: null, isUndecided: true });
});

test('without a range there is no L or H, yet a critical limit counts', () => {
  const none = range({ kind: 'none', low: '1', high: '2', criticalHigh: '50' });
  assert.equal(flagNumber(reading('3'), none).flag, null);
  assert.equal(flagNumber(reading('0.5'), none).flag, null);
  assert.equal(flagNumber(reading('51'), none).flag, 'HH');
  assert.equal(flagNumber(reading('210'), range({ kind: 'decision', high: '200' })).flag, 'H');
});

test('text is abnormal when it is not the expected one, whatever its case and blanks', () => {
  const notSeen = range({ text: 'Not seen' });
  assert.equal(flagText('NOT  SEEN ', notSeen), null);
  assert.equal(flagText('P. vivax seen', notSeen), 'A');
  assert.equal(flagText('anything', range()), null);
  assert.equal(flagText('anything', range({ text: 'Not seen', kind: 'none' })), null);
});

test('absurd is beyond the limit, not on it', () => {
  assert.equal(isAbsurd(reading('100'), '0', '100'), false);
  assert.equal(isAbsurd(reading('100.04'), '0', '100'), true);
  assert.equal(isAbsurd(reading('-0.1'), '0', '100'), true);
  assert.equal(isAbsurd(reading('>100'), '0', '100'), true);
  assert.equal(isAbsurd(reading('>99'), '0', '100'), false);
  assert.equal(isAbsurd(reading('5'), null, null), false);
});

// An independent way to say the same: walk the numbers a reading may stand for, in quarter steps well past both ends.
const STEP = 4;
function members(quarters: number, comparator: Reading['comparator']): readonly number[] {
  const all = Array.from({ length: 601 }, (_, n) => n - 300);
  switch (comparator) {
    case null:
      return [quarters];
    case '<':
      return all.filter((n) => n < quarters);
    case '<=':
      return all.filter((n) => n <= quarters);
    case '>':
      return all.filter((n) => n > quarters);
    case '>=':
      return all.filter((n) => n >= quarters);
    default:
      return comparator satisfies never;
  }
}
const text = (quarters: number) => (quarters / STEP).toFixed(2);

test('a side is told exactly when every number the reading may stand for lies on it', () => {
  const comparator = fc.constantFrom(null, '<' as const, '<=' as const, '>' as const, '>=' as const);
  fc.assert(
    // Whole-number limits and half readings: the grid of quarters has a member strictly between any two that differ.
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -50, max: 50 }).filter((n) => n !== 0),
      comparator,
      (half, limit, sign) => {
        const one: Reading = { number: text(half * 2), comparator: sign };
        const possible = members(half * 2, sign);
        const edge = limit * STEP;
        const told = (isBeyond: (n: number) => boolean) =>
          possible.every(isBeyond) ? 'beyond' : possible.some(isBeyond) ? 'undecided' : 'within';
        assert.equal(
          sideOfLow(one, String(limit)),
          told((n) => n < edge),
        );
        assert.equal(
          sideOfHigh(one, String(limit)),
          told((n) => n > edge),
        );
      },
    ),
    { numRuns: 5000 },
  );
});

test('a flag is never false: what carries L, LL, H or HH lies wholly beyond that limit', () => {
  const limit = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(
      fc.tuple(limit, limit, limit, limit).map((four) => four.toSorted((a, b) => a - b)),
      fc.integer({ min: -70, max: 140 }),
      fc.constantFrom(null, '<' as const, '<=' as const, '>' as const, '>=' as const),
      ([criticalLow = 0, low = 0, high = 0, criticalHigh = 0], half, comparator) => {
        const limits = range({
          criticalLow: `${criticalLow}`,
          low: `${low}`,
          high: `${high}`,
          criticalHigh: `${criticalHigh}`,
        });
        const { flag, isUndecided } = flagNumber({ number: text(half * 2), comparator }, limits);
        const possible = members(half * 2, comparator);
        const kinds = new Set(
          possible.map((n) => {
            const value = n / STEP;
            if (value < criticalLow) return 'LL';
            if (value > criticalHigh) return 'HH';
            return value < low ? 'L' : value > high ? 'H' : null;
          }),
        );
        if (kinds.size === 1) assert.deepEqual({ flag, isUndecided }, { flag: [...kinds][0], isUndecided: false });
        else {
          assert.equal(isUndecided, true);
          assert.ok(flag === null || flag === 'L' || flag === 'H', 'a critical flag is never given on a guess');
          if (flag === 'L') assert.ok([...kinds].every((kind) => kind === 'L' || kind === 'LL'));
          if (flag === 'H') assert.ok([...kinds].every((kind) => kind === 'H' || kind === 'HH'));
        }
      },
    ),
    { numRuns: 5000 },
  );
});
