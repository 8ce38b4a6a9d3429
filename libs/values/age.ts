// Age as a lab needs it: days to pick a reference range, a short label to print. Born-on is a calendar day; the moment
// is an instant, turned into the calendar day of the lab's zone. Nothing here reads a clock.

/** The zone of every Indian lab; no daylight saving. */
export const INDIA = 'Asia/Kolkata';

/** Age as told at the desk; every part a whole number from 0. */
export type Age = { readonly years?: number; readonly months?: number; readonly days?: number };

type Day = { readonly year: number; readonly month: number; readonly day: number };

const DAY_MS = 86_400_000;

/**
 * The calendar day ('YYYY-MM-DD') in a zone at an instant.
 * @param atInstant ISO 8601 with offset or Z
 * @throws RangeError when the instant or the zone is not valid
 */
export function calendarDay(atInstant: string, zone: string = INDIA): string {
  // Trap: a date-time without offset is read in the machine's own zone, so the same input would give two ages.
  if (!/T.*(Z|[+-]\d{2}:?\d{2})$/.test(atInstant)) throw new RangeError('An instant needs a time and an offset or Z.');
  const instant = new Date(atInstant);
  if (Number.isNaN(instant.getTime())) throw new RangeError('Not an instant.');
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(instant).map((part) => [part.type, part.value]));
  return `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}

/**
 * Completed days from birth to an instant; 0 on the day of birth.
 * @param bornOn 'YYYY-MM-DD'
 * @throws RangeError when a date is not valid or the birth is after the instant
 */
export function ageInDays(bornOn: string, atInstant: string, zone: string = INDIA): number {
  const days = (toEpochMs(parseDay(calendarDay(atInstant, zone))) - toEpochMs(parseDay(bornOn))) / DAY_MS;
  if (days < 0) throw new RangeError('Born after the given instant.');
  return days;
}

/**
 * Age as printed on Indian reports: '34 Y' from the first birthday, '7 M' from the first month, else '12 D'.
 * Only completed units count; a child born on 29 February is a year older on 1 March of a common year.
 * @throws RangeError as ageInDays
 */
export function ageLabel(bornOn: string, atInstant: string, zone: string = INDIA): string {
  const days = ageInDays(bornOn, atInstant, zone);
  const born = parseDay(bornOn);
  const now = parseDay(calendarDay(atInstant, zone));
  const months = (now.year - born.year) * 12 + now.month - born.month - (now.day < born.day ? 1 : 0);
  if (months >= 12) return `${Math.floor(months / 12)} Y`;
  return months >= 1 ? `${months} M` : `${days} D`;
}

/**
 * A born-on day that has the told age at the instant; the caller marks it approximate. Years and months step back on the
 * calendar (31 March less a month is the last of February), then days.
 * @throws RangeError when no part is given, a part is not a whole number from 0, or the age is over 150 years
 */
export function bornOnFromAge({ years, months, days }: Age, atInstant: string, zone: string = INDIA): string {
  const given = [years, months, days].filter((part) => part !== undefined);
  if (given.length === 0 || !given.every((part) => Number.isInteger(part) && part >= 0)) {
    throw new RangeError('An age needs years, months or days as whole numbers from 0.');
  }
  const monthsBack = (years ?? 0) * 12 + (months ?? 0);
  if (monthsBack / 12 + (days ?? 0) / 365 > 150) throw new RangeError('An age is at most 150 years.');
  const now = parseDay(calendarDay(atInstant, zone));
  const monthIndex = now.year * 12 + now.month - 1 - monthsBack;
  const year = Math.floor(monthIndex / 12);
  const month = (monthIndex % 12) + 1;
  const day = Math.min(now.day, lastDayOf(year, month));
  return new Date(toEpochMs({ year, month, day }) - (days ?? 0) * DAY_MS).toISOString().slice(0, 10);
}

function parseDay(text: string): Day {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const day = { year: Number(match?.[1]), month: Number(match?.[2]), day: Number(match?.[3]) };
  if (match === null || day.month < 1 || day.month > 12 || day.day < 1 || day.day > lastDayOf(day.year, day.month)) {
    throw new RangeError('A calendar day is YYYY-MM-DD and must exist.');
  }
  return day;
}

function lastDayOf(year: number, month: number): number {
  return new Date(toEpochMs({ year, month: month + 1, day: 0 })).getUTCDate();
}

function toEpochMs({ year, month, day }: Day): number {
  // Trap: Date.UTC reads years 0-99 as 1900-1999; setUTCFullYear does not.
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
