// When the next calibration or maintenance is due, and why an instrument is blocked. Days are days of the lab.
import type { InstrumentStatus } from '../contract.ts';

const DAY_MS = 86_400_000;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The last day in time after one that was done: the day told, else so many days on; null when it never is.
 * @param everyDays null: no interval
 */
export function nextDue(doneOn: string, everyDays: number | null, toldDay: string | null): string | null {
  return toldDay ?? (everyDays === null ? null : addDays(doneOn, everyDays));
}

/**
 * The due day when the interval is set or changed. One that was never done is due today: an older instrument is entered with
 * its last certificate the same day, and a new lab is not held up while it types.
 * @param lastDoneOn the day of the last one; null: none on record
 */
export function dueOfInterval(lastDoneOn: string | null, everyDays: number | null, today: string): string | null {
  if (everyDays === null) return null;
  return lastDoneOn === null ? today : addDays(lastDoneOn, everyDays);
}

export interface Standing {
  readonly status: InstrumentStatus;
  /** Verdict of the latest calibration; null: none on record. */
  readonly lastCalibrationPassed: boolean | null;
  readonly calibrationDueOn: string | null;
}

/**
 * Why the results of an instrument are held; null when they are not. The gravest reason is named.
 * @param overdueHolds policy of the lab
 */
export function blockOf(standing: Standing, today: string, overdueHolds: boolean): string | null {
  if (standing.status === 'retired') return 'taken out of use';
  if (standing.status === 'down') return 'out of order';
  if (standing.lastCalibrationPassed === false) return 'the last calibration failed';
  if (overdueHolds && isOverdue(standing.calibrationDueOn, today)) {
    return `calibration was due on ${standing.calibrationDueOn}`;
  }
  return null;
}

/** In time on the due day itself. */
export function isOverdue(dueOn: string | null, today: string): boolean {
  return dueOn !== null && dueOn < today;
}

/** The instant at which the day after `today` begins in India; no daylight saving. */
export function startOfTomorrow(today: string): string {
  return startOfDay(addDays(today, 1));
}

export function startOfDay(day: string): string {
  return new Date(`${day}T00:00:00+05:30`).toISOString();
}
