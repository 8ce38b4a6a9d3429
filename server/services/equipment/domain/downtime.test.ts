import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { downtimeIn } from './downtime.ts';

const at = (time: string): string => `2026-11-${time}:00.000Z`;

test('EQP-9: a day with an outage from the day before, one of its own and one that goes on: by hand', () => {
  const outages = [
    { fromAt: at('09T22:00'), toAt: at('10T01:30') },
    { fromAt: at('10T08:00'), toAt: at('10T08:45') },
    { fromAt: at('10T23:00'), toAt: null },
  ];
  // 90 + 45 + 60 = 195 minutes of 1,440; (1440 - 195) / 1440 = 86.458 %.
  assert.deepEqual(downtimeIn(outages, at('10T00:00'), at('11T00:00'), at('12T00:00')), {
    breakdowns: 2,
    downMinutes: 195,
    periodMinutes: 1440,
    availabilityPercent: '86.46',
  });
});

test('EQP-9: what has not passed does not count: the period ends now', () => {
  const outages = [{ fromAt: at('10T11:00'), toAt: null }];
  // Twelve hours have passed, one of them out of order: 11 / 12 = 91.666 %.
  assert.deepEqual(downtimeIn(outages, at('10T00:00'), at('11T00:00'), at('10T12:00')), {
    breakdowns: 1,
    downMinutes: 60,
    periodMinutes: 720,
    availabilityPercent: '91.67',
  });
  assert.deepEqual(downtimeIn(outages, at('12T00:00'), at('13T00:00'), at('11T00:00')), {
    breakdowns: 0,
    downMinutes: 0,
    periodMinutes: 0,
    availabilityPercent: null,
  });
  assert.equal(downtimeIn([], at('10T00:00'), at('11T00:00'), at('12T00:00')).availabilityPercent, '100.00');
});

test('EQP-9: two periods side by side add up to the one of both', () => {
  const minute = fc.integer({ min: 0, max: 6 * 1440 });
  const instant = (minutes: number): string => new Date(Date.parse(at('10T00:00')) + minutes * 60_000).toISOString();
  fc.assert(
    fc.property(fc.uniqueArray(minute, { minLength: 2, maxLength: 12 }), minute, (marks, cut) => {
      const sorted = marks.toSorted((a, b) => a - b);
      const outages = Array.from({ length: Math.floor(sorted.length / 2) }, (_, n) => ({
        fromAt: instant(sorted[2 * n] ?? 0),
        toAt: instant(sorted[2 * n + 1] ?? 0),
      }));
      const of = (from: number, to: number) => downtimeIn(outages, instant(from), instant(to), instant(99_999));
      const [first, second, whole] = [of(0, cut), of(cut, 6 * 1440), of(0, 6 * 1440)];
      assert.equal(first.downMinutes + second.downMinutes, whole.downMinutes);
      assert.equal(first.breakdowns + second.breakdowns, whole.breakdowns);
    }),
  );
});
