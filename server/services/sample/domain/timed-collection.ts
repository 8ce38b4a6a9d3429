// Whether a timed draw was drawn at its time. A value of the wrong minute is worse than none: 75 minutes after the glucose is
// neither the hour nor the two hours. It is collected all the same, with the minutes kept, for the patient cannot drink again.

export interface TimedCollection {
  /** As on the label. */
  readonly draw: string;
  readonly dueMinutes: number;
  readonly collectedAt: string;
  /** When the meal or the glucose was taken, as told; null when nobody said. */
  readonly toldBeginning: string | null;
  /** When the fasting tube of the order was drawn; null when there is none. */
  readonly fastingAt: string | null;
}

export interface Timing {
  /** Whole minutes after the beginning; null when the beginning is not known. */
  readonly minutes: number | null;
  readonly warning: string | null;
}

/** Minutes either side of the due time. [GK]: guidelines name the hour and no tolerance; labs keep to five or ten. */
export const TOLERANCE_MINUTES = 10;

export function timingOf({ draw, dueMinutes, collectedAt, toldBeginning, fastingAt }: TimedCollection): Timing {
  const beginning = toldBeginning ?? fastingAt;
  if (dueMinutes === 0) return { minutes: null, warning: null };
  if (beginning === null) {
    const warning = `The tube is for ${draw}, but nobody told when that began, and no fasting tube is collected.`;
    return { minutes: null, warning };
  }
  const minutes = Math.round((Date.parse(collectedAt) - Date.parse(beginning)) / 60_000);
  // Glucose is drunk right after the fasting draw; a meal is eaten some time later, so only too early is certain then.
  const isBeginningSure = toldBeginning !== null || !isAfterFood(draw);
  const isLate = isBeginningSure && minutes > dueMinutes + TOLERANCE_MINUTES;
  if (minutes >= dueMinutes - TOLERANCE_MINUTES && !isLate) return { minutes, warning: null };
  const from = toldBeginning === null ? 'the fasting tube' : 'the beginning';
  return {
    minutes,
    warning: `The tube is for ${draw}, but was drawn ${minutes} minutes after ${from} instead of ${dueMinutes}.`,
  };
}

function isAfterFood(draw: string): boolean {
  return /food|meal|prandial|\bPP\b/i.test(draw);
}
