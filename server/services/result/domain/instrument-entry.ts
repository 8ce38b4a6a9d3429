// What an observation of an instrument does to a result that may have a value already: fills it, repeats it, or stands
// beside it for a person to choose (lab-day 36), who is told: a verified result comes back to the bench. A value that is there is
// never replaced by a machine.
import type { Flag, Hold, ResultStatus, ResultValue, SerumIndices } from '../contract.ts';
import { mergeIndices } from './indices.ts';
import type { Judgement } from './judge.ts';
import { isSameValue } from './judge.ts';
import { after } from './status.ts';

/** The part of a result that an observation may touch. */
export type Standing = ResultValue;

export interface Arrived {
  /** As sent. */
  readonly value: string;
  readonly unit: string;
  /** In the analyte's unit; null when it came in it. */
  readonly converted: string | null;
  readonly instrument: string;
  readonly messageId: string;
  readonly note: string | null;
  readonly isDoubted: boolean;
  readonly isPreliminary: boolean;
  readonly indices: SerumIndices | null;
  readonly dilution: string | null;
  readonly reagentLot: string | null;
  readonly at: string;
}

export interface Settled {
  readonly outcome: 'entered' | 'repeated' | 'kept_beside' | 'after_authorised' | 'not_collected' | 'cancelled';
  /** The same object when nothing changes. */
  readonly standing: Standing;
}

/** @param isCalculated its value comes from a formula: what an analyzer calculated by itself stands beside, for comparison */
export function settle(standing: Standing, isCalculated: boolean, arrived: Arrived, judged: Judgement): Settled {
  if (standing.status === 'expected') return { outcome: 'not_collected', standing };
  if (standing.status === 'cancelled') return { outcome: 'cancelled', standing };
  if (isCalculated) return besideCalculated(standing, arrived);
  const entered = after(standing.status, 'entered');
  if (standing.value === null || standing.rawValue === null) {
    if (entered === undefined) return { outcome: 'not_collected', standing };
    return { outcome: 'entered', standing: fill(standing, entered, arrived, judged) };
  }
  const isOpen = standing.status === 'entered';
  if (isSameValue(standing.rawValue, arrived.converted ?? arrived.value)) {
    const holds = isOpen ? holdsAfterRepeat(standing, arrived) : standing.holds;
    return { outcome: 'repeated', standing: sameHolds(holds, standing.holds) ? standing : { ...standing, holds } };
  }
  if (standing.otherValues.some((other) => isSameValue(other.value, arrived.value) && other.unit === arrived.unit)) {
    return { outcome: 'repeated', standing };
  }
  const standingBeside = { ...standing, otherValues: [...standing.otherValues, beside(arrived)] };
  if (!differsOnPaper(standing, standing.value, judged)) return { outcome: 'kept_beside', standing: standingBeside };
  const status = after(standing.status, 'rerun');
  if (status === undefined) return { outcome: 'after_authorised', standing: standingBeside };
  return {
    outcome: 'kept_beside',
    standing: {
      ...standingBeside,
      status,
      holds: withHold(standing.holds, 'rerun_differs'),
      sentBackReason: status === standing.status ? standing.sentBackReason : whyBackAfterRerun(arrived.instrument),
    },
  };
}

function besideCalculated(standing: Standing, arrived: Arrived): Settled {
  const isKnown = standing.otherValues.some((other) => isSameValue(other.value, arrived.value));
  if (isKnown || standing.status === 'authorised') return { outcome: 'repeated', standing };
  const otherValues = [...standing.otherValues, beside(arrived)];
  return { outcome: 'kept_beside', standing: { ...standing, otherValues } };
}

/**
 * Two raw values that print the same leave nothing to choose, unless the later one alone is critical: then somebody must
 * look, whatever the paper says.
 */
function differsOnPaper({ flags }: Standing, value: string, judged: Judgement): boolean {
  const isCritical = (of: readonly Flag[]) => of.includes('LL') || of.includes('HH');
  return !isSameValue(value, judged.value) || (isCritical(judged.flags) && !isCritical(flags));
}

/** Stands in the trail and on the screen; the value itself is beside the result. */
function whyBackAfterRerun(instrument: string): string {
  return `${instrument} sent another value after this one was verified.`;
}

function fill(standing: Standing, status: ResultStatus, arrived: Arrived, judged: Judgement): Standing {
  return {
    ...standing,
    status,
    value: judged.value,
    rawValue: arrived.converted ?? arrived.value,
    sentAs: arrived.converted === null ? null : { value: arrived.value, unit: arrived.unit },
    delta: judged.delta,
    holdNotes: [...judged.holdNotes],
    blankReason: null,
    flags: [...judged.flags],
    holds: [...judged.holds],
    range: judged.range,
    note: arrived.note,
    source: arrived.instrument,
    readFrom: null,
    messageId: arrived.messageId,
    indices: mergeIndices(standing.indices, arrived.indices),
    dilution: arrived.dilution,
    reagentLot: arrived.reagentLot,
  };
}

function beside(arrived: Arrived): ResultValue['otherValues'][number] {
  const { value, unit, instrument, messageId, at, dilution, reagentLot } = arrived;
  return { value, unit, source: instrument, messageId, at, dilution, reagentLot };
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
