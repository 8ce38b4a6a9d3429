// A value judged once more because what it is judged by changed: its patient's sex or date of birth, a fact of the order, the
// indices of its serum. The raw value, and what the instrument said of it, stay as they came: the holds tell it.
import type { RangeBand } from '#contract/order.ts';

import type { Delta, Flag, Hold, UsedRange } from '../contract.ts';
import type { Circumstances, HoldNote, JudgedAnalyte } from './judge.ts';
import { judge, noCircumstances } from './judge.ts';
import { hasTooManyDigits } from './lab-number.ts';
import type { Person } from './reference-range.ts';

export interface Judged {
  readonly flags: readonly Flag[];
  readonly holds: readonly Hold[];
  readonly holdNotes: readonly HoldNote[];
  readonly delta: Delta | null;
  readonly range: UsedRange | null;
  /** Who it was judged by; null: unknown. */
  readonly person: Person | null;
}

export interface JudgedAgain extends Judged {
  /** As reported; another one only when the serum's indices forbid to give the number. */
  readonly value: string;
  /** `age`: only the age that stands beside the range is another; `judgement`: value, flag, hold or range is. */
  readonly change: 'none' | 'age' | 'judgement';
}

export function isSamePerson(one: Person | null, other: Person | null): boolean {
  if (one === null || other === null) return one === other;
  return one.sex === other.sex && one.ageDays === other.ageDays;
}

/** Holds that are no judgement of the one value: of how it came, of its tube, of its sample, of their owners. */
const keptHolds: readonly Hold[] = [
  'rerun_differs',
  'second_check',
  'wrong_slot',
  'tube_doubt',
  'qc_failed',
  'instrument_blocked',
  'mix_up',
  'inconsistent',
  'input_held',
];

/** @param bands of this analyte as the catalogue has them today */
export function judgeAgain(
  analyte: JudgedAnalyte,
  before: Judged & { readonly value: string; readonly rawValue: string },
  person: Person | null,
  bands: readonly RangeBand[],
  circumstances: Circumstances = noCircumstances,
): JudgedAgain {
  const has = (hold: Hold) => before.holds.includes(hold);
  const sent = {
    value: before.rawValue,
    lacksUnit: has('no_unit'),
    isDoubted: has('instrument_flag'),
    isPreliminary: has('preliminary'),
    isOverlong: has('absurd') && hasTooManyDigits(before.rawValue),
  };
  const judged = judge(analyte, sent, person, bands, circumstances);
  const now = {
    ...judged,
    holds: [...judged.holds, ...keptHolds.filter(has)],
    // What was said of a hold that stays, such as why an absurd value was confirmed, stays with it.
    holdNotes: [
      ...judged.holdNotes,
      ...before.holdNotes.filter(
        ({ hold }) => hold !== 'index' && (keptHolds.includes(hold) || judged.holds.includes(hold)),
      ),
    ],
  };
  return { ...now, person, change: before.value === now.value ? changeOf(before, now) : 'judgement' };
}

type Judgement = Pick<Judged, 'flags' | 'holds' | 'range'>;

function changeOf(before: Judgement, now: Judgement): JudgedAgain['change'] {
  const isSame =
    isSameSet(before.flags, now.flags) && isSameSet(before.holds, now.holds) && isSameBand(before.range, now.range);
  if (!isSame) return 'judgement';
  return before.range?.ageDays === now.range?.ageDays ? 'none' : 'age';
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

function limitsOf(range: UsedRange): readonly (string | number | null)[] {
  const {
    low,
    high,
    text,
    kind,
    criticalLow,
    criticalHigh,
    criticalTexts = [],
    sex,
    ageFromDays,
    ageToDays,
    source,
  } = range;
  return [
    low,
    high,
    text,
    kind,
    criticalLow,
    criticalHigh,
    criticalTexts.join('|'),
    sex,
    ageFromDays,
    ageToDays,
    source,
  ];
}

/** The age that stands beside a range is no part of it. */
function isSameBand(one: UsedRange | null, other: UsedRange | null): boolean {
  if (one === null || other === null) return one === other;
  return limitsOf(one).every((limit, at) => limit === limitsOf(other)[at]);
}

/**
 * What the technician reads on a result that came back by itself.
 * @param because a sentence without its full stop
 */
export function whyBack(
  before: Judgement,
  now: Judgement,
  because = "The patient's sex or date of birth was corrected after this value was verified",
): string {
  const said = ({ flags }: Judgement) => (flags.length === 0 ? 'none' : flags.join(', '));
  const flags =
    said(before) === said(now)
      ? 'The flag is the same, the range or a hold is not.'
      : `Flag before: ${said(before)}; now: ${said(now)}.`;
  return `${because}. ${flags}`;
}
