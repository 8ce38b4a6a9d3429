import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { LabCalendar } from '#contract/organization.ts';

import { afterOpenMinutes, alwaysOpen, promise, promiseAfterChange } from './promise.ts';

// Monday to Saturday 7:00 to 21:00, Sunday 7:00 to 13:00; Republic Day is closed.
const day = [{ fromMinute: 420, toMinute: 1260 }];
const calendar: LabCalendar = {
  week: [day, day, day, day, day, day, [{ fromMinute: 420, toMinute: 780 }]],
  holidays: [{ day: '2027-01-26', name: 'Republic Day' }],
};
const test3h = { routineMinutes: 180, urgentMinutes: 45 };

test('within opening hours the promise is placing plus the minutes', () => {
  // Wednesday 25 November 2026, 10:00 in India.
  assert.equal(promise('2026-11-25T04:30:00.000Z', test3h, 'routine', calendar), '2026-11-25T07:30:00.000Z');
});

test('what does not fit before closing goes on at the next opening', () => {
  // Wednesday 20:00: an hour until 21:00, two more from Thursday 7:00: 9:00 = 03:30 UTC.
  assert.equal(promise('2026-11-25T14:30:00.000Z', test3h, 'routine', calendar), '2026-11-26T03:30:00.000Z');
  // Sunday 12:30: half an hour, then Monday 7:00 plus two and a half hours.
  assert.equal(promise('2026-11-29T07:00:00.000Z', test3h, 'routine', calendar), '2026-11-30T04:00:00.000Z');
  // At 3 in the night the clock waits for 7:00.
  assert.equal(promise('2026-11-24T21:30:00.000Z', test3h, 'urgent', calendar), '2026-11-25T02:15:00.000Z');
});

test('a holiday counts no minute', () => {
  // Monday 25 January 2027 20:00, Tuesday closed, Wednesday 9:00.
  assert.equal(promise('2027-01-25T14:30:00.000Z', test3h, 'routine', calendar), '2027-01-27T03:30:00.000Z');
});

test('lab-day 15: STAT counts around the clock', () => {
  assert.equal(promise('2026-11-25T16:00:00.000Z', test3h, 'stat', calendar), '2026-11-25T16:45:00.000Z');
});

test('a lab whose calendar never opens counts around the clock', () => {
  const never = { week: [[], [], [], [], [], [], []], holidays: [] };
  assert.equal(afterOpenMinutes('2026-11-25T16:00:00.000Z', 60, never), '2026-11-25T17:00:00.000Z');
});

test('two shifts that overlap count a minute once', () => {
  const shifts = [
    { fromMinute: 600, toMinute: 720 },
    { fromMinute: 420, toMinute: 660 },
  ];
  const week = Array.from({ length: 7 }, () => shifts);
  // 7:00 plus five hours is 12:00, the end of the second shift.
  assert.equal(afterOpenMinutes('2026-11-25T01:30:00.000Z', 300, { week, holidays: [] }), '2026-11-25T06:30:00.000Z');
});

const anyInstant = fc
  .integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2028-01-01T00:00:00Z') })
  .map((ms) => new Date(ms).toISOString());
// Whole half hours, and two hours at least on some day: a lab that is open a minute a week is none.
const anyHours = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 43 }), fc.integer({ min: 4, max: 24 })), { maxLength: 3 })
  .map((pairs) =>
    pairs.map(([from, length]) => ({ fromMinute: from * 30, toMinute: Math.min((from + length) * 30, 1440) })),
  );
const anyCalendar = fc.record({
  week: fc.array(anyHours, { minLength: 7, maxLength: 7 }),
  holidays: fc.constant(calendar.holidays),
});

/** Open minutes between two instants, counted one by one: slow and plain. */
function openMinutes(fromAt: string, toAt: string, { week, holidays }: LabCalendar): number {
  let count = 0;
  for (let ms = Date.parse(fromAt); ms < Date.parse(toAt); ms += 60_000) {
    const local = new Date(ms + 330 * 60_000);
    const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
    const isHoliday = holidays.some((each) => each.day === local.toISOString().slice(0, 10));
    const hours = isHoliday ? [] : (week[(local.getUTCDay() + 6) % 7] ?? []);
    if (hours.some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute)) count += 1;
  }
  return count;
}

test('the open minutes up to the promise are those of the test, and it is never before placing plus the minutes', () => {
  const wholeMinute = anyInstant.map((instant) => `${instant.slice(0, 16)}:00.000Z`);
  fc.assert(
    fc.property(wholeMinute, fc.integer({ min: 1, max: 400 }), anyCalendar, (fromAt, minutes, hours) => {
      const promisedAt = afterOpenMinutes(fromAt, minutes, hours);
      assert.ok(Date.parse(promisedAt) >= Date.parse(fromAt) + minutes * 60_000);
      if (hours.week.some((each) => each.length > 0)) assert.equal(openMinutes(fromAt, promisedAt, hours), minutes);
    }),
    { numRuns: 40 },
  );
});

test('a later placing is never promised earlier, and more minutes never end sooner', () => {
  fc.assert(
    fc.property(
      anyInstant,
      fc.nat(10_000),
      fc.nat(3000),
      fc.nat(500),
      anyCalendar,
      (fromAt, wait, minutes, more, hours) => {
        const laterAt = new Date(Date.parse(fromAt) + wait * 60_000).toISOString();
        const first = afterOpenMinutes(fromAt, minutes, hours);
        assert.ok(afterOpenMinutes(laterAt, minutes, hours) >= first);
        assert.ok(afterOpenMinutes(fromAt, minutes + more, hours) >= first);
      },
    ),
  );
});

test('made STAT, a line is promised from now by the short clock; made routine again, by its first clock', () => {
  const line = { ...test3h, clockFrom: '2026-11-25T04:30:00.000Z', promisedAt: '2026-11-25T07:30:00.000Z' };
  const now = '2026-11-25T05:30:00.000Z';
  assert.equal(promiseAfterChange(line, 'routine', 'stat', now, alwaysOpen), '2026-11-25T06:15:00.000Z');
  assert.equal(promiseAfterChange(line, 'stat', 'routine', now, alwaysOpen), '2026-11-25T07:30:00.000Z');
  // Ten minutes before the routine promise, the short clock would end later: the promise stands.
  assert.equal(promiseAfterChange(line, 'routine', 'stat', '2026-11-25T07:20:00.000Z', alwaysOpen), line.promisedAt);
});
