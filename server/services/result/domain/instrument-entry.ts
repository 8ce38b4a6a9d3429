// What an observation of an instrument does to a result that may have a value already: fills it, repeats it, or stands
// beside it for a person to choose (lab-day 36). A value that is there is never replaced by a machine.
import type { Hold, ResultStatus, ResultView } from '../contract.ts';
import type { Judgement } from './judge.ts';
import { isSameValue } from './judge.ts';
import { after } from './status.ts';

/** The part of a result that an observation may touch. */
export type Standing = Pick<
  ResultView,
  'status' | 'value' | 'rawValue' | 'flags' | 'holds' | 'range' | 'note' | 'source' | 'messageId' | 'otherValues'
>;

export interface Arrived {
  readonly value: string;
  readonly unit: string;
  readonly instrument: string;
  readonly messageId: string;
  readonly note: string | null;
  readonly isDoubted: boolean;
  readonly isPreliminary: boolean;
  readonly at: string;
}

export interface Settled {
  readonly outcome: 'entered' | 'repeated' | 'kept_beside' | 'not_collected';
  /** The same object when nothing changes. */
  readonly standing: Standing;
}

export function settle(standing: Standing, arrived: Arrived, judged: Judgement): Settled {
  if (standing.status === 'expected') return { outcome: 'not_collected', standing };
  const entered = after(standing.status, 'entered');
  if (standing.value === null || standing.rawValue === null) {
    if (entered === undefined) return { outcome: 'not_collected', standing };
    return { outcome: 'entered', standing: fill(standing, entered, arrived, judged) };
  }
  const isOpen = standing.status === 'entered';
  if (isSameValue(standing.rawValue, arrived.value)) {
    const holds = isOpen ? holdsAfterRepeat(standing, arrived) : standing.holds;
    return { outcome: 'repeated', standing: sameHolds(holds, standing.holds) ? standing : { ...standing, holds } };
  }
  if (standing.otherValues.some((other) => isSameValue(other.value, arrived.value))) {
    return { outcome: 'repeated', standing };
  }
  // Two raw values that print the same are kept both, yet there is nothing to choose between.
  const differsOnPaper = !isSameValue(standing.value, judged.value);
  return {
    outcome: 'kept_beside',
    standing: {
      ...standing,
      otherValues: [...standing.otherValues, beside(arrived)],
      holds: isOpen && differsOnPaper ? withHold(standing.holds, 'rerun_differs') : standing.holds,
    },
  };
}

/** True when an instrument sent another value at or after this moment. @param since ISO instant; null: never signed */
export function hasLaterValue({ otherValues }: Pick<Standing, 'otherValues'>, since: string | null): boolean {
  return since !== null && otherValues.some((other) => Date.parse(other.at) >= Date.parse(since));
}

function fill(standing: Standing, status: ResultStatus, arrived: Arrived, judged: Judgement): Standing {
  return {
    ...standing,
    status,
    value: judged.value,
    rawValue: arrived.value,
    flags: [...judged.flags],
    holds: [...judged.holds],
    range: judged.range,
    note: arrived.note,
    source: arrived.instrument,
    messageId: arrived.messageId,
  };
}

function beside({ value, unit, instrument, messageId, at }: Arrived): ResultView['otherValues'][number] {
  return { value, unit, source: instrument, messageId, at };
}

/** A doubt is added; "preliminary" falls only when the same instrument sends the same value as final and without doubt. */
function holdsAfterRepeat(standing: Standing, arrived: Arrived): Hold[] {
  if (arrived.isDoubted) return withHold(standing.holds, 'instrument_flag');
  const isFinalNow = !arrived.isPreliminary && standing.source === arrived.instrument;
  return isFinalNow ? standing.holds.filter((hold) => hold !== 'preliminary') : standing.holds;
}

function withHold(holds: readonly Hold[], hold: Hold): Hold[] {
  return holds.includes(hold) ? [...holds] : [...holds, hold];
}

function sameHolds(one: readonly Hold[], other: readonly Hold[]): boolean {
  return one.length === other.length && one.every((hold) => other.includes(hold));
}
