import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { replaceBands } from './band-dates.ts';
import type { BandRow } from './catalogue.ts';

const TODAY = '2026-11-25';
const band = (low: string, fields: Partial<BandRow> = {}): BandRow => ({
  analyteCode: 'K',
  sex: 'any',
  ageFromDays: 0,
  ageToDays: null,
  low,
  high: null,
  text: null,
  kind: 'reference',
  criticalLow: null,
  criticalHigh: null,
  absurdLow: null,
  absurdHigh: null,
  criticalTexts: [],
  unit: 'mmol/L',
  source: 'S',
  criticalSource: null,
  note: null,
  method: null,
  gestationFromWeeks: null,
  gestationToWeeks: null,
  validFrom: null,
  validTo: null,
  ...fields,
});
const change = (from: string | null, ...bands: readonly BandRow[]) => ({
  analyteCode: 'K',
  from,
  bands: bands.map(({ analyteCode: _, ...rest }) => rest),
});
const told = (bands: readonly BandRow[]) => bands.map(({ low, validFrom, validTo }) => [low, validFrom, validTo]);

test('lab-day 40: the earlier band is closed on the day, the new one begins on it', () => {
  const { bands } = replaceBands([band('3.5')], change('2027-01-01', band('3.4')), TODAY, true);
  assert.deepEqual(told(bands), [
    ['3.5', null, '2027-01-01'],
    ['3.4', '2027-01-01', null],
  ]);
});

test('without a day a change holds from today; a band given as it stands stays; a later one that is not given is dropped', () => {
  const stored = [
    band('3.0', { validTo: '2025-01-01' }),
    band('3.5', { validFrom: '2025-01-01' }),
    band('9.9', { ageFromDays: 99, validFrom: '2027-06-01' }),
  ];
  assert.deepEqual(told(replaceBands(stored, change(null, band('3.5')), TODAY, true).bands), [
    ['3.0', null, '2025-01-01'],
    ['3.5', '2025-01-01', null],
  ]);
  assert.deepEqual(told(replaceBands(stored, change(null, band('3.6')), TODAY, true).bands), [
    ['3.0', null, '2025-01-01'],
    ['3.5', '2025-01-01', TODAY],
    ['3.6', TODAY, null],
  ]);
});

test('what is past cannot be rewritten; of an analyte that only drafts report nothing is past', () => {
  const stored = [band('3.0', { validTo: '2025-01-01' }), band('3.5', { validFrom: '2025-01-01' })];
  assert.match(replaceBands(stored, change('2026-11-24', band('3.6')), TODAY, true).fault ?? '', /before today/);
  const rewritten = change(null, band('3.1', { validTo: '2025-01-01' }), band('3.5', { validFrom: '2025-01-01' }));
  assert.match(replaceBands(stored, rewritten, TODAY, true).fault ?? '', /what is past stays/);
  assert.deepEqual(told(replaceBands(stored, change('2026-11-24', band('3.6')), TODAY, false).bands), [
    ['3.6', null, null],
  ]);
});

const holdsOn = (day: string) => (one: BandRow) =>
  (one.validFrom ?? '') <= day && (one.validTo === null || day < one.validTo);

test('property: however often ranges change, each day before a change keeps the bands it had, each day after has the new ones', () => {
  const steps = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 40 }),
      lead: fc.integer({ min: 0, max: 60 }),
      lows: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 8 },
  );
  const dayAt = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
  fc.assert(
    fc.property(steps, (all) => {
      let stored: readonly BandRow[] = [band('5')];
      let now = 0;
      for (const { wait, lead, lows } of all) {
        now += wait;
        const from = dayAt(now + lead);
        const given = lows.map((low, n) => band(String(low), { ageFromDays: n }));
        const { bands, fault } = replaceBands(stored, change(from, ...given), dayAt(now), true);
        assert.equal(fault, undefined);
        const lowsOn = (rows: readonly BandRow[], day: string) =>
          rows
            .filter(holdsOn(day))
            .map(({ low, ageFromDays }) => `${low} ${ageFromDays}`)
            .toSorted();
        for (let n = 0; n < now + lead; n += 7) assert.deepEqual(lowsOn(bands, dayAt(n)), lowsOn(stored, dayAt(n)));
        for (const n of [0, 1, 400]) {
          assert.deepEqual(
            lowsOn(bands, dayAt(now + lead + n)),
            given.map(({ low, ageFromDays }) => `${low} ${ageFromDays}`).toSorted(),
          );
        }
        for (const { validFrom, validTo } of bands)
          assert.ok(validFrom === null || validTo === null || validFrom < validTo);
        stored = bands;
      }
    }),
  );
});
