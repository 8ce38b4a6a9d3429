// lab-day 40: a range by method, week of pregnancy and day, beside sex and age. The worked borders stand in reference-range.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { RangeBand } from '#contract/order.ts';

import { analyte, band, sent } from './fixtures.ts';
import { judge, noCircumstances } from './judge.ts';
import type { Occasion } from './reference-range.ts';
import { pickBand } from './reference-range.ts';

const woman = { sex: 'female', ageDays: 10_950 } as const;
const on = (given: Partial<Occasion>): Occasion => ({
  collectedOn: '2026-11-25',
  method: null,
  gestationWeeks: null,
  ...given,
});
const picked = (bands: readonly RangeBand[], when: Occasion): string => {
  const choice = pickBand(bands, woman, when);
  return choice.kind === 'found' ? choice.band.source : choice.kind;
};

test('lab-day 40: TSH by trimester, half-open weeks; without the week the plain band', () => {
  const tsh = [
    band({ source: 'adult' }),
    band({ sex: 'female', gestationFromWeeks: 0, gestationToWeeks: 13, source: 'first' }),
    band({ sex: 'female', gestationFromWeeks: 13, gestationToWeeks: 28, source: 'second' }),
    band({ sex: 'female', gestationFromWeeks: 28, gestationToWeeks: null, source: 'third' }),
  ];
  const at = (weeks: number | null) => picked(tsh, on({ gestationWeeks: weeks }));
  assert.deepEqual(
    [at(12), at(13), at(27), at(28), at(41), at(null)],
    ['first', 'second', 'second', 'third', 'third', 'adult'],
  );
});

test('lab-day 40: a band that names the method wins, another method has none of it', () => {
  const bands = [band({ source: 'any' }), band({ method: 'ECLIA', source: 'eclia' })];
  assert.equal(picked(bands, on({ method: ' eclia ' })), 'eclia');
  assert.equal(picked(bands, on({ method: 'CLIA' })), 'any');
  assert.equal(picked([band({ method: 'ECLIA', source: 'eclia' })], on({ method: 'CLIA' })), 'none');
  const crossed = [band({ method: 'ECLIA', source: 'eclia' }), band({ gestationFromWeeks: 0, source: 'pregnant' })];
  assert.equal(
    picked(crossed, on({ method: 'ECLIA', gestationWeeks: 20 })),
    'pregnant',
    'the body first, then the method',
  );
});

test('lab-day 40: the day of collection decides between an old range and a new one', () => {
  const bands = [band({ validTo: '2026-04-01', source: 'old' }), band({ validFrom: '2026-04-01', source: 'new' })];
  assert.equal(picked(bands, on({ collectedOn: '2026-03-31' })), 'old');
  assert.equal(picked(bands, on({ collectedOn: '2026-04-01' })), 'new');
  assert.equal(picked(bands, on({ collectedOn: null })), 'none');
  const overlapping = [...bands, band({ validFrom: '2026-03-01', validTo: '2026-05-01', source: 'between' })];
  assert.equal(picked(overlapping, on({ collectedOn: '2026-04-15' })), 'unclear');
});

test('two sets of bands in two units: those of the analyte are used', () => {
  const bands = [band({ low: '3', high: '5', unit: 'mmol/L' }), band({ low: '54', high: '90', unit: 'mg/dL' })];
  const judged = judge(analyte(), sent('6'), woman, bands, noCircumstances);
  assert.deepEqual([judged.flags, judged.holds, judged.range?.high], [['H'], [], '5']);
});

test('whatever the bands: the one picked fits in every respect, and none that fits is more specific', () => {
  const anyBand = fc.record({
    sex: fc.constantFrom('any' as const, 'female' as const, 'male' as const),
    ageFromDays: fc.nat(20),
    length: fc.option(fc.integer({ min: 1, max: 20 })),
    method: fc.option(fc.constantFrom('A', 'B')),
    week: fc.option(fc.nat(20)),
    from: fc.option(fc.nat(8)),
    until: fc.option(fc.integer({ min: 1, max: 9 })),
  });
  const day = (n: number) => `2026-01-0${n + 1}`;
  const occasion = fc.record({
    collectedOn: fc.nat(8).map(day),
    method: fc.option(fc.constantFrom('A', 'B', 'C')),
    gestationWeeks: fc.option(fc.nat(30)),
  });
  fc.assert(
    fc.property(fc.array(anyBand, { maxLength: 6 }), occasion, fc.nat(40), (some, when, ageDays) => {
      const bands = some.map(({ sex, ageFromDays, length, method, week, from, until }) =>
        band({
          sex,
          ageFromDays,
          ageToDays: length === null ? null : ageFromDays + length,
          method,
          gestationFromWeeks: week,
          gestationToWeeks: week === null ? null : week + 10,
          validFrom: from === null ? null : day(from),
          validTo: until === null ? null : day(until),
        }),
      );
      const person = { sex: 'female', ageDays } as const;
      const choice = pickBand(bands, person, when);
      assert.deepEqual(pickBand(bands.toReversed(), person, when), choice, 'order does not matter');
      const fitting = bands.filter(
        (one) =>
          one.sex !== 'male' &&
          one.ageFromDays <= ageDays &&
          ageDays < (one.ageToDays ?? Infinity) &&
          (one.method === null || one.method === when.method) &&
          (one.gestationFromWeeks === null ||
            (when.gestationWeeks !== null &&
              one.gestationFromWeeks <= when.gestationWeeks &&
              when.gestationWeeks < (one.gestationToWeeks ?? Infinity))) &&
          (one.validFrom === null || one.validFrom <= when.collectedOn) &&
          (one.validTo === null || when.collectedOn < one.validTo),
      );
      const rank = (one: RangeBand) =>
        (one.gestationFromWeeks === null ? 0 : 4) + (one.method === null ? 0 : 2) + (one.sex === 'any' ? 0 : 1);
      const best = Math.max(-1, ...fitting.map(rank));
      const bests = fitting.filter((one) => rank(one) === best);
      assert.equal(choice.kind, bests.length === 0 ? 'none' : bests.length === 1 ? 'found' : 'unclear');
      if (choice.kind === 'found') assert.equal(choice.band, bests[0]);
    }),
    { numRuns: 1000 },
  );
});
