// Whether a calendar of the lab can be: hours that do not overlap, each holiday once.
import type { LabCalendar } from '../contract.ts';
import { badHours, holidayTwice } from '../contract.ts';

/** Open from midnight to midnight on all seven days. */
export function alwaysOpen(): LabCalendar {
  return { week: Array.from({ length: 7 }, () => [{ fromMinute: 0, toMinute: 1440 }]), holidays: [] };
}

/**
 * The calendar with hours and holidays in order.
 * @throws organization.bad_hours | organization.holiday_twice
 */
export function inCalendarOrder(calendar: LabCalendar): LabCalendar {
  const week = calendar.week.map((hours, index) => {
    const sorted = hours.toSorted((a, b) => a.fromMinute - b.fromMinute);
    for (const [i, { fromMinute, toMinute }] of sorted.entries()) {
      const before = sorted[i - 1];
      if (fromMinute >= toMinute || (before && before.toMinute > fromMinute)) throw badHours({ weekday: index + 1 });
    }
    return sorted;
  });
  const holidays = calendar.holidays.toSorted((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
  const twice = holidays.find(({ day }, i) => holidays[i - 1]?.day === day);
  if (twice) throw holidayTwice({ day: twice.day });
  return { week, holidays };
}
