// How likely the person at the desk is one who is registered already. A question for the desk, never a decision: names and
// numbers are shared in families, so that no score is high without a name (or the one number nobody shares, the ABHA).
import type { LikelyReason } from '../contract.ts';
import { nameSound, wordSounds } from './name-sound.ts';
import { nameKey } from './patient-name.ts';

export interface Described {
  readonly name: string;
  readonly sex: string;
  /** Absent when the desk did not ask yet. */
  readonly bornOn: string | null;
  readonly isBornOnApproximate: boolean;
  readonly mobile: string | null;
  readonly abhaNumber: string | null;
}

export interface Likeness {
  readonly score: number;
  readonly reasons: readonly LikelyReason[];
}

const POINTS: Readonly<Record<LikelyReason, number>> = {
  same_abha: 100,
  same_name: 45,
  sounds_alike: 35,
  part_of_name: 20,
  same_mobile: 30,
  same_born_on: 25,
  close_age: 15,
};
const OTHER_SEX = 25;
/** Two days of birth that are both known and differ by more than a slip of the hand. */
const OTHER_AGE = 15;
/** Less is not shown: one of the names alone, or a number alone. */
export const LEAST_SCORE = 45;
const DAY_MS = 86_400_000;
/** An age in years is told to the year, and remembered to the next. */
const CLOSE_DAYS = 2 * 366;

function likenessOfNames(a: string, b: string): LikelyReason | undefined {
  if (nameKey(a) === nameKey(b)) return 'same_name';
  if (nameSound(a) === nameSound(b)) return 'sounds_alike';
  const [ours, theirs] = [wordSounds(a), wordSounds(b)];
  const [few, many] = ours.length <= theirs.length ? [ours, theirs] : [theirs, ours];
  if (!few.every((sound) => many.includes(sound))) return undefined;
  // The same words in another order are the whole name.
  return few.length === many.length ? 'sounds_alike' : 'part_of_name';
}

function likenessOfAges(a: Described, b: Described): LikelyReason | 'other' | undefined {
  if (a.bornOn === null || b.bornOn === null) return undefined;
  if (a.bornOn === b.bornOn && !a.isBornOnApproximate && !b.isBornOnApproximate) return 'same_born_on';
  const apartDays = Math.abs(Date.parse(a.bornOn) - Date.parse(b.bornOn)) / DAY_MS;
  if (apartDays > CLOSE_DAYS) return 'other';
  return a.isBornOnApproximate || b.isBornOnApproximate ? 'close_age' : undefined;
}

/** Undefined when there is too little to ask about. */
export function likenessOf(wanted: Described, known: Described): Likeness | undefined {
  const isSameAbha = wanted.abhaNumber !== null && wanted.abhaNumber === known.abhaNumber;
  const name = likenessOfNames(wanted.name, known.name);
  if (!isSameAbha && name === undefined) return undefined;
  const age = likenessOfAges(wanted, known);
  const reasons: readonly LikelyReason[] = [
    ...(isSameAbha ? (['same_abha'] as const) : []),
    ...(name === undefined ? [] : [name]),
    ...(wanted.mobile !== null && wanted.mobile === known.mobile ? (['same_mobile'] as const) : []),
    ...(age === undefined || age === 'other' ? [] : [age]),
  ];
  const points =
    reasons.reduce((sum, reason) => sum + POINTS[reason], 0) -
    (wanted.sex === known.sex ? 0 : OTHER_SEX) -
    (age === 'other' ? OTHER_AGE : 0);
  const score = isSameAbha ? 100 : Math.min(points, 99);
  return score < LEAST_SCORE ? undefined : { score, reasons };
}
