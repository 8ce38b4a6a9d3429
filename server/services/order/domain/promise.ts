// When a test is promised. Minutes count only while the lab is open: a two-hour test asked for half an hour before closing is
// ready an hour and a half after the next opening. STAT counts around the clock. Days are those of India, which has one zone
// and no daylight saving, so the offset is a constant.
import type { LabCalendar } from '#contract/organization.ts';

import type { Priority } from '../contract.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** UTC+5:30. */
const INDIA_MS = 330 * MINUTE_MS;
/** A lab that opens less than a minute in so many days has no calendar to speak of. */
const MOST_DAYS = 800;

export interface Minutes {
  readonly routineMinutes: number;
  readonly urgentMinutes: number;
}

/** Urgent and stat share the shorter clock; stat also runs at night, and stands before urgent in every list. */
export function minutesOf({ routineMinutes, urgentMinutes }: Minutes, priority: Priority): number {
  return priority === 'routine' ? routineMinutes : urgentMinutes;
}

/** The instant at which a clock that began at `fromAt` has run out. */
export function promise(fromAt: string, minutes: Minutes, priority: Priority, calendar: LabCalendar): string {
  const count = minutesOf(minutes, priority);
  return priority === 'stat' ? later(fromAt, count) : afterOpenMinutes(fromAt, count, calendar);
}

/**
 * The promise after a change of priority at `now`. More urgent: the shorter clock begins now, and never ends later than what
 * was promised before. Less urgent: as if it had been asked for so from the beginning.
 */
export function promiseAfterChange(
  line: Minutes & { readonly clockFrom: string; readonly promisedAt: string },
  from: Priority,
  to: Priority,
  now: string,
  calendar: LabCalendar,
): string {
  const urgency: readonly Priority[] = ['routine', 'urgent', 'stat'];
  if (urgency.indexOf(to) <= urgency.indexOf(from)) return promise(line.clockFrom, line, to, calendar);
  const promisedAt = promise(now, line, to, calendar);
  return promisedAt < line.promisedAt ? promisedAt : line.promisedAt;
}

/** @param minutes counted while the lab is open; a calendar that never opens counts around the clock */
export function afterOpenMinutes(fromAt: string, minutes: number, calendar: LabCalendar): string {
  const holidays = new Set(calendar.holidays.map(({ day }) => day));
  const from = Date.parse(fromAt) + INDIA_MS;
  let left = minutes * MINUTE_MS;
  let midnight = Math.floor(from / DAY_MS) * DAY_MS;
  for (let day = 0; day < MOST_DAYS; day += 1, midnight += DAY_MS) {
    for (const [opens, closes] of openTimes(midnight, calendar, holidays)) {
      const begins = Math.max(opens, from);
      if (begins >= closes) continue;
      if (begins + left <= closes) return new Date(begins + left - INDIA_MS).toISOString();
      left -= closes - begins;
    }
  }
  return later(fromAt, minutes);
}

/** The day's opening times, ms of a clock that shows India's time as if it were UTC; in order, without overlap. */
function openTimes(
  midnight: number,
  calendar: LabCalendar,
  holidays: ReadonlySet<string>,
): readonly (readonly [opens: number, closes: number])[] {
  const date = new Date(midnight);
  if (holidays.has(date.toISOString().slice(0, 10))) return [];
  // The week of the calendar begins on Monday, that of Date on Sunday.
  const hours = calendar.week[(date.getUTCDay() + 6) % 7] ?? [];
  const times: [number, number][] = [];
  for (const { fromMinute, toMinute } of hours.toSorted((a, b) => a.fromMinute - b.fromMinute)) {
    const opens = midnight + fromMinute * MINUTE_MS;
    const closes = midnight + toMinute * MINUTE_MS;
    const last = times.at(-1);
    // Two shifts that overlap are one opening: a minute of both counts once.
    if (last !== undefined && opens <= last[1]) last[1] = Math.max(last[1], closes);
    else if (closes > opens) times.push([opens, closes]);
  }
  return times;
}

function later(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * MINUTE_MS).toISOString();
}

/** Open day and night: the calendar of a lab that never set one. */
export const alwaysOpen: LabCalendar = {
  week: Array.from({ length: 7 }, () => [{ fromMinute: 0, toMinute: DAY_MINUTES }]),
  holidays: [],
};
