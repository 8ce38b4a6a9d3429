// TS, DTM, DT: `YYYY[MM[DD[HH[MM[SS[.S..]]]]]][+/-ZZZZ]`. The precision is what was sent; a year is not its first of January.

export const timestampPrecision = {
  year: 'year',
  month: 'month',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  fraction: 'fraction',
} as const;
export type TimestampPrecision = (typeof timestampPrecision)[keyof typeof timestampPrecision];

export interface Hl7Timestamp {
  readonly precision: TimestampPrecision;
  readonly year: number;
  /** 1–12; fields finer than the precision are absent. */
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** Digits after the point as sent. */
  readonly fraction?: string;
  /** East of UTC is positive: +0530 is 330. Absent when not sent, and for -0000, which says "unknown". */
  readonly offsetMinutes?: number;
}

const compact =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:[ T]?(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?)?)?)?\s?(Z|[+-]\d{4})?$/;
// Not HL7, but sent: dates with dashes or slashes, times with colons.
const dashed =
  /^(\d{4})([-/])(\d{1,2})(?:\2(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a timestamp (its first component, if it has several). Undefined when it is empty, not a date, impossible (30 February)
 * or a filled-in nothing (`00000000`, `0000/00/00`). `19010101`, which some senders mean as "unknown", is an ordinary date here.
 */
export function readTimestamp(text: string): Hl7Timestamp | undefined {
  const trimmed = text.trim();
  const parts = compact.exec(trimmed);
  if (parts !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = parts;
    return make([year, month, day, hour, minute, second], fraction, zone);
  }
  const loose = dashed.exec(trimmed);
  if (loose === null) return undefined;
  const [, year, , month, day, hour, minute, second, fraction, zone] = loose;
  return make([year, month, day, hour, minute, second], fraction, zone);
}

/**
 * The instant, where the timestamp is precise to the hour at least. Coarser ones name a span, not an instant: undefined.
 * @param defaultOffsetMinutes used when the timestamp brings no zone: that of MSH-7, else of the interface (India: 330)
 */
export function instantOf(timestamp: Hl7Timestamp, defaultOffsetMinutes: number): Date | undefined {
  const { year, month, day, hour, minute = 0, second = 0, fraction = '', offsetMinutes } = timestamp;
  if (month === undefined || day === undefined || hour === undefined) return undefined;
  const ms = Math.trunc(Number(`0.${fraction}0`) * 1000);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, ms);
  return new Date(local.getTime() - (offsetMinutes ?? defaultOffsetMinutes) * 60_000);
}

/** A moment in HL7 form to the second with its zone: `20260131183000+0530`. */
export function writeTimestamp(instant: Date, offsetMinutes: number): string {
  const local = new Date(instant.getTime() + offsetMinutes * 60_000).toISOString();
  const size = Math.abs(offsetMinutes);
  const zone = (offsetMinutes < 0 ? '-' : '+') + pad(Math.trunc(size / 60)) + pad(size % 60);
  return local.slice(0, 19).replaceAll(/[-:T]/g, '') + zone;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const units = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function make(
  digits: readonly (string | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
): Hl7Timestamp | undefined {
  const [year, month, day, hour, minute, second] = digits.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (year === undefined || year === 0) return undefined;
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (day !== undefined && (day < 1 || day > daysIn(year, month ?? 1))) return undefined;
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const offset = offsetOf(zone);
  if (offset === 'impossible') return undefined;
  const depth = digits.findLastIndex((part) => part !== undefined);
  return {
    precision: fraction === undefined ? (units[depth] ?? 'year') : 'fraction',
    year,
    ...(month === undefined ? {} : { month }),
    ...(day === undefined ? {} : { day }),
    ...(hour === undefined ? {} : { hour }),
    ...(minute === undefined ? {} : { minute }),
    ...(second === undefined ? {} : { second }),
    ...(fraction === undefined ? {} : { fraction }),
    ...(offset === undefined ? {} : { offsetMinutes: offset }),
  };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function offsetOf(zone: string | undefined): number | undefined | 'impossible' {
  if (zone === undefined || zone === '-0000' || zone === '-00:00') return undefined;
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return 'impossible';
  const size = hours * 60 + minutes;
  return zone.startsWith('-') ? -size : size;
}
