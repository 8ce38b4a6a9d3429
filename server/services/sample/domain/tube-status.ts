// The way of a tube through the lab, as a table: what each move makes of each status. A scan that was made already leads
// back to where the tube is, so that a scanner that beeps twice, or a phone that sends again, does no harm. A move that is
// not in the table is refused with the tube's status, the move, and who may do what has to come first.
import { cannotMoveTube, TubeStatus } from '../contract.ts';

export const TubeMove = {
  collect: 'collect',
  receive: 'receive',
  reject: 'reject',
  /** Run a rejected tube with a comment. */
  accept: 'accept',
  /** Its tests were all cancelled before it was drawn. */
  cancel: 'cancel',
  dispose: 'dispose',
} as const;
export type TubeMove = (typeof TubeMove)[keyof typeof TubeMove];

const { collected, received, rejected, cancelled, disposed } = TubeStatus.enum;

const moves: Readonly<Record<TubeStatus, Readonly<Partial<Record<TubeMove, TubeStatus>>>>> = {
  // A tube at the counter that nobody scanned at the bedside has no drawing time and no collector: the desk scans that first.
  planned: { collect: collected, cancel: cancelled },
  collected: { collect: collected, receive: received, reject: rejected },
  received: { collect: received, receive: received, reject: rejected, dispose: disposed },
  rejected: { accept: received, dispose: disposed },
  cancelled: { cancel: cancelled },
  disposed: { dispose: disposed },
};

/** The status after the move, the same when the move was made before, undefined when it cannot be made. */
export function statusAfter(status: TubeStatus, move: TubeMove): TubeStatus | undefined {
  return moves[status][move];
}

/** The statuses a tube must have for a move to change it; what a refusal tells the person at the scanner. */
export function statusesBefore(move: TubeMove): readonly TubeStatus[] {
  return TubeStatus.options.filter((status) => {
    const next = statusAfter(status, move);
    return next !== undefined && next !== status;
  });
}

/** The permission each move takes. */
export const mayMove = {
  collect: 'sample.collect',
  receive: 'sample.receive',
  reject: 'sample.reject',
  accept: 'sample.reject',
  cancel: 'order.edit',
  dispose: 'sample.store',
} as const satisfies Readonly<Record<TubeMove, string>>;

const done = {
  collect: 'collected',
  receive: 'received',
  reject: 'rejected',
  accept: 'run with a comment',
  cancel: 'cancelled',
  dispose: 'disposed of',
} as const satisfies Readonly<Record<TubeMove, string>>;

/** sample.cannot_move, with the status, the move, what must come first, and the permission the move takes. */
export function cannotMove(status: TubeStatus, move: TubeMove): ReturnType<typeof cannotMoveTube> {
  const expected = statusesBefore(move).join(' or ');
  return cannotMoveTube({ status, move: done[move], expected, mayBy: mayMove[move] });
}

/** How far the clock of a phone at the bedside may run ahead of ours, in ms. */
export const CLOCK_SKEW_MS = 2 * 60_000;

/**
 * When the blood was drawn, to the best of our knowledge: as told, but never after now, as a clock that runs ahead by up to
 * two minutes would put the collection after the reception. Undefined when it lies further in the future.
 * @param told ISO instant, or null when the scan is made at the bedside itself
 */
export function drawnAt(told: string | null, now: string): string | undefined {
  if (told === null) return now;
  const aheadMs = Date.parse(told) - Date.parse(now);
  if (aheadMs > CLOCK_SKEW_MS) return undefined;
  return aheadMs > 0 ? now : new Date(told).toISOString();
}

/** A draw told later than this is a mistyped day, and would give a report of today the age and ranges of that day. */
export const MAX_BACK_MS = 7 * 24 * 3_600_000;

/** Of whom the tube is, as far as a time of drawing can contradict it. */
export interface Born {
  /** Calendar day of the lab, Asia/Kolkata. */
  readonly bornOn: string;
  /** Worked out from an age in years or months, and so no day that anything could lie before. */
  readonly isBornOnApproximate: boolean;
}

/** Whether a drawing time lies more than seven days back, or before its patient was born. @param at ISO instant */
export function isTooEarly(at: string, now: string, patient: Born | undefined): boolean {
  if (Date.parse(now) - Date.parse(at) > MAX_BACK_MS) return true;
  if (patient === undefined || patient.isBornOnApproximate) return false;
  return Date.parse(at) < Date.parse(`${patient.bornOn}T00:00:00+05:30`);
}
