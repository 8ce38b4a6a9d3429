import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ageInDays, ageLabel, bornOnFromAge, calendarDay } from './age.ts';

const morning = '2026-11-25T09:00:00+05:30';

test('the day changes at midnight of the zone, not of UTC', () => {
  assert.equal(calendarDay('2026-11-24T18:29:59Z'), '2026-11-24');
  assert.equal(calendarDay('2026-11-24T18:30:00Z'), '2026-11-25');
  assert.equal(calendarDay('2026-11-24T18:30:00Z', 'UTC'), '2026-11-24');
  assert.equal(ageInDays('2026-11-25', '2026-11-24T18:30:00Z'), 0);
});

test('days count leap days', () => {
  assert.equal(ageInDays('2024-02-28', '2024-03-01T12:00:00+05:30'), 2);
  assert.equal(ageInDays('2023-02-28', '2023-03-01T12:00:00+05:30'), 1);
  assert.equal(ageInDays('1900-01-01', '2000-01-01T12:00:00+05:30'), 36_524); // 100 years, 24 leap days
});

test('labels are printed as Indian reports do', () => {
  assert.equal(ageLabel('1992-03-01', morning), '34 Y');
  assert.equal(ageLabel('2025-11-25', morning), '1 Y');
  assert.equal(ageLabel('2025-11-26', morning), '11 M');
  assert.equal(ageLabel('2026-04-25', morning), '7 M');
  assert.equal(ageLabel('2026-10-26', morning), '30 D');
  assert.equal(ageLabel('2026-10-25', morning), '1 M');
  assert.equal(ageLabel('2026-11-13', morning), '12 D');
  assert.equal(ageLabel('2026-11-25', morning), '0 D');
  assert.equal(ageLabel('2024-02-29', '2025-02-28T09:00:00+05:30'), '11 M');
  assert.equal(ageLabel('2024-02-29', '2025-03-01T09:00:00+05:30'), '1 Y');
});

test('a told age gives a day of birth', () => {
  assert.equal(bornOnFromAge({ years: 34 }, morning), '1992-11-25');
  assert.equal(bornOnFromAge({ years: 1, months: 11 }, morning), '2024-12-25');
  assert.equal(bornOnFromAge({ months: 1 }, '2026-03-31T09:00:00+05:30'), '2026-02-28');
  assert.equal(bornOnFromAge({ years: 2 }, '2024-02-29T09:00:00+05:30'), '2022-02-28');
  assert.equal(bornOnFromAge({ days: 12 }, morning), '2026-11-13');
  assert.equal(bornOnFromAge({ days: 0 }, morning), '2026-11-25');
});

test('the label of a told age is the age that was told', () => {
  const instant = fc.date({
    min: new Date('1990-01-01T00:00:00Z'),
    max: new Date('2090-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 120 }), (at, years) => {
      assert.equal(ageLabel(bornOnFromAge({ years }, at.toISOString()), at.toISOString()), `${years} Y`);
    }),
  );
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 11 }), (at, months) => {
      assert.equal(ageLabel(bornOnFromAge({ months }, at.toISOString()), at.toISOString()), `${months} M`);
    }),
  );
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 27 }), (at, days) => {
      assert.equal(ageLabel(bornOnFromAge({ days }, at.toISOString()), at.toISOString()), `${days} D`);
    }),
  );
});

test('impossible dates and ages are refused', () => {
  for (const bornOn of ['2026-02-30', '2026-13-01', '2026-1-1', '25-11-2026', '']) {
    assert.throws(() => ageInDays(bornOn, morning), RangeError);
  }
  assert.throws(() => ageInDays('2026-11-26', morning), RangeError);
  for (const at of ['2026-11-25', '2026-11-25T09:00:00', 'yesterday', '2026-99-25T09:00:00Z']) {
    assert.throws(() => calendarDay(at), RangeError);
  }
  for (const age of [{}, { years: -1 }, { months: 1.5 }, { years: 151 }, { days: 60_000 }]) {
    assert.throws(() => bornOnFromAge(age, morning), RangeError);
  }
});
