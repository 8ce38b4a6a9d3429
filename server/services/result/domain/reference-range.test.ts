import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { band } from './fixtures.ts';
import { isUsable, pickBand, toUsedRange } from './reference-range.ts';

const bands = [
  band({ ageFromDays: 0, ageToDays: 4, source: 'newborn' }),
  band({ ageFromDays: 4, ageToDays: 6575, source: 'child' }),
  band({ sex: 'female', ageFromDays: 6575, source: 'woman' }),
  band({ sex: 'male', ageFromDays: 6575, source: 'man' }),
];

function picked(sex: 'male' | 'female' | 'other', ageDays: number, from = bands): string {
  const choice = pickBand(from, { sex, ageDays });
  return choice.kind === 'found' ? choice.band.source : choice.kind;
}

test('bands are half-open: the first day of a band belongs to it, the last named day to the next', () => {
  assert.equal(picked('male', 0), 'newborn');
  assert.equal(picked('male', 3), 'newborn');
  assert.equal(picked('male', 4), 'child');
  assert.equal(picked('male', 6574), 'child');
  assert.equal(picked('male', 6575), 'man');
  assert.equal(picked('female', 6575), 'woman');
  assert.equal(picked('female', 40_000), 'woman');
});

test('a person of other sex has the bands for any sex and otherwise none', () => {
  assert.equal(picked('other', 100), 'child');
  assert.equal(picked('other', 6575), 'none');
});

test('the band of the own sex wins over the one for any', () => {
  const both = [band({ source: 'any' }), band({ sex: 'female', source: 'woman' })];
  assert.equal(picked('female', 9000, both), 'woman');
  assert.equal(picked('male', 9000, both), 'any');
});

test('two bands that fit equally well are unclear, never one of the two', () => {
  const twice = [band({ source: 'one' }), band({ source: 'two' })];
  assert.equal(picked('male', 9000, twice), 'unclear');
  const ownTwice = [
    band({ sex: 'male', source: 'one' }),
    band({ sex: 'male', source: 'two' }),
    band({ source: 'any' }),
  ];
  assert.equal(picked('male', 9000, ownTwice), 'unclear');
  assert.equal(picked('female', 9000, ownTwice), 'any');
});

test('no band is none', () => assert.equal(picked('male', 1, []), 'none'));

test('whatever the bands, the one picked covers the age and fits the sex, and the order of the list does not matter', () => {
  const anyBand = fc
    .record({
      sex: fc.constantFrom('any' as const, 'male' as const, 'female' as const),
      from: fc.nat(50),
      length: fc.option(fc.integer({ min: 1, max: 30 })),
    })
    .map(({ sex, from, length }) =>
      band({ sex, ageFromDays: from, ageToDays: length === null ? null : from + length }),
    );
  fc.assert(
    fc.property(
      fc.array(anyBand, { maxLength: 6 }),
      fc.constantFrom('male' as const, 'female' as const, 'other' as const),
      fc.nat(90),
      (some, sex, ageDays) => {
        const choice = pickBand(some, { sex, ageDays });
        assert.deepEqual(pickBand(some.toReversed(), { sex, ageDays }), choice);
        const covers = some.filter((one) => one.ageFromDays <= ageDays && ageDays < (one.ageToDays ?? Infinity));
        const own = covers.filter((one) => one.sex === sex);
        const any = covers.filter((one) => one.sex === 'any');
        const best = own.length > 0 ? own : any;
        assert.equal(choice.kind, best.length === 0 ? 'none' : best.length === 1 ? 'found' : 'unclear');
        if (choice.kind === 'found') assert.equal(choice.band, best[0]);
      },
    ),
  );
});

test('a band in another unit, or with limits that contradict each other, is not used', () => {
  const unit = { ucum: 'g/dL', unit: 'g/dL', analyteCode: 'HGB', loinc: '718-7' };
  assert.equal(isUsable(band({ low: '12', high: '16', unit: 'g/dL' }), unit), true);
  assert.equal(isUsable(band({ low: '12', high: '16', unit: null }), unit), true);
  assert.equal(isUsable(band({ low: '120', high: '160', unit: 'g/L' }), unit), false);
  assert.equal(isUsable(band({ low: '16', high: '12' }), unit), false);
  assert.equal(isUsable(band({ low: '12', high: '12' }), unit), true);
  assert.equal(isUsable(band({ criticalLow: 'seven' }), unit), false);
});

test('what is stored without a band says so and keeps the age', () => {
  assert.deepEqual(toUsedRange(undefined, 7), {
    low: null,
    high: null,
    text: null,
    kind: 'none',
    criticalLow: null,
    criticalHigh: null,
    sex: 'any',
    ageFromDays: 0,
    ageToDays: null,
    ageDays: 7,
    source: 'no band of the catalogue fits',
  });
});
