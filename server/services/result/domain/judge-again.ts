// A value judged once more because its patient's sex or date of birth was corrected. The raw value, and what the instrument
// said of it, stay as they came: the holds tell it.
import type { RangeBand } from '#contract/order.ts';

import type { Flag, Hold, UsedRange } from '../contract.ts';
import type { JudgedAnalyte } from './judge.ts';
import { judge } from './judge.ts';
import type { Person } from './reference-range.ts';

export interface Judged {
  readonly flags: readonly Flag[];
  readonly holds: readonly Hold[];
  readonly range: UsedRange | null;
  /** Who it was judged by; null: unknown. */
  readonly person: Person | null;
}

export interface JudgedAgain extends Judged {
  /** `age`: only the age that stands beside the range is another; `judgement`: flag, hold or range is. */
  readonly change: 'none' | 'age' | 'judgement';
}

export function isSamePerson(one: Person | null, other: Person | null): boolean {
  if (one === null || other === null) return one === other;
  return one.sex === other.sex && one.ageDays === other.ageDays;
}

/** @param bands of this analyte as the catalogue has them today */
export function judgeAgain(
  analyte: JudgedAnalyte,
  before: Judged & { readonly rawValue: string },
  person: Person | null,
  bands: readonly RangeBand[],
): JudgedAgain {
  const has = (hold: Hold) => before.holds.includes(hold);
  const { flags, holds, range } = judge(
    analyte,
    {
      value: before.rawValue,
      lacksUnit: has('no_unit'),
      isDoubted: has('instrument_flag'),
      isPreliminary: has('preliminary'),
    },
    person,
    bands,
  );
  // Says something of other values of the instrument, and nothing of the patient.
  const now = { flags, holds: has('rerun_differs') ? [...holds, 'rerun_differs' as const] : holds, range };
  return { ...now, person, change: changeOf(before, now) };
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
  const { low, high, text, kind, criticalLow, criticalHigh, sex, ageFromDays, ageToDays, source } = range;
  return [low, high, text, kind, criticalLow, criticalHigh, sex, ageFromDays, ageToDays, source];
}

/** The age that stands beside a range is no part of it. */
function isSameBand(one: UsedRange | null, other: UsedRange | null): boolean {
  if (one === null || other === null) return one === other;
  return limitsOf(one).every((limit, at) => limit === limitsOf(other)[at]);
}

/** What the technician reads on a result that came back by itself. */
export function whyBack(before: Judgement, now: Judgement): string {
  const said = ({ flags }: Judgement) => (flags.length === 0 ? 'none' : flags.join(', '));
  const flags =
    said(before) === said(now)
      ? 'The flag is the same, the range or a hold is not.'
      : `Flag before: ${said(before)}; now: ${said(now)}.`;
  return `The patient's sex or date of birth was corrected after this value was verified. ${flags}`;
}
