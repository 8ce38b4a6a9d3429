// A value typed by a person. A person can be asked again at once, so what an instrument's value would be held for is refused.
import {
  absurdUnconfirmed,
  calculatedNotTyped,
  detailNeeded,
  emptyValue,
  notAChoice,
  notATitre,
  notANumber,
  type ResultValue,
  type ResultView,
  tooManyDigits,
  unitMismatch,
} from '../contract.ts';
import { isDetailed } from './detail.ts';
import type { Standing } from './instrument-entry.ts';
import { hasTooManyDigits, isExponential } from './lab-number.ts';
import type { HoldNote, Judgement } from './judge.ts';
import type { UnitOfAnalyte } from './units.ts';
import { toOwnUnit } from './units.ts';

export const MANUAL = 'manual';

export interface TypedValue {
  readonly value: string;
  /** Empty or missing: the unit on the screen. */
  readonly unit?: string | null | undefined;
  readonly note?: string | null | undefined;
  /** Why a value beyond the physiological limit is right after all. */
  readonly confirmAbsurd?: string | null | undefined;
}

type Typable = UnitOfAnalyte & Pick<ResultView, 'isCalculated' | 'kind'>;

/**
 * The typed text in the analyte's unit.
 * @throws result.empty_value | result.too_many_digits | result.calculated | result.detail_needed | result.unit_mismatch
 */
export function inOwnUnit(analyte: Typable, { value, unit }: TypedValue, molarMass: string | null) {
  if (analyte.isCalculated) throw calculatedNotTyped({});
  if (isDetailed(analyte.kind)) throw detailNeeded({ kind: analyte.kind });
  if (value === '') throw emptyValue({});
  if (analyte.kind === 'numeric' && (hasTooManyDigits(value) || isExponential(value))) throw tooManyDigits({});
  // Any spelling of the unit is taken, as from an instrument.
  const brought = toOwnUnit(value, unit ?? '', analyte, molarMass);
  if (brought.kind === 'mismatch') throw unitMismatch({ expected: analyte.unit || analyte.ucum || 'no unit' });
  return { rawValue: brought.value, sentAs: brought.kind === 'converted' && unit ? { value, unit } : null };
}

/** @throws result.not_a_number | result.not_a_choice | result.not_a_titre | result.absurd_unconfirmed */
export function mustBeTakable(judged: Judgement, choices: readonly string[], { confirmAbsurd }: TypedValue): void {
  if (judged.holds.includes('not_numeric')) throw notANumber({});
  // Any text is taken where there are no choices, but of a titre.
  if (judged.holds.includes('not_a_choice')) throw choices.length === 0 ? notATitre({}) : notAChoice({ choices });
  if (judged.holds.includes('absurd') && !confirmAbsurd) throw absurdUnconfirmed({});
}

/**
 * What stands after the entry.
 * @param before the row as it was; a value of an instrument that stood there stays in sight
 */
export function typedStanding(
  before: Standing & {
    readonly unit: string;
    readonly enteredAt: string | null;
    readonly isOutsourced: boolean;
  },
  judged: Judgement,
  { rawValue, sentAs }: ReturnType<typeof inOwnUnit>,
  { note, confirmAbsurd }: TypedValue,
): Standing {
  const confirmed: readonly HoldNote[] =
    confirmAbsurd && judged.holds.includes('absurd') ? [{ hold: 'absurd', text: confirmAbsurd }] : [];
  return {
    status: 'entered',
    value: judged.value,
    rawValue,
    flags: [...judged.flags],
    // Copied from a referral lab's paper: whoever verifies compares it, and is another person (lab-day 31).
    holds: [...judged.holds, ...(before.isOutsourced ? (['second_check'] as const) : [])],
    holdNotes: [...judged.holdNotes, ...confirmed],
    range: judged.range,
    // The note belongs to the value; that of the value before is in the trail.
    note: note ?? null,
    source: MANUAL,
    messageId: null,
    otherValues: [...before.otherValues, ...instrumentsOwn(before)],
    sentBackReason: before.sentBackReason,
    delta: judged.delta,
    indices: before.indices,
    dilution: null,
    reagentLot: null,
    sentAs,
    interpretation: null,
    blankReason: null,
    detail: null,
  };
}

type Valued = Standing & { readonly unit: string; readonly enteredAt: string | null };

/** The value that goes, when an instrument had sent it: it stays in sight. A slip of the keyboard stays in the trail alone. */
export function instrumentsOwn(before: Valued): ResultValue['otherValues'] {
  return before.source === MANUAL ? [] : valueBeside(before);
}

/** The value of a result as it stands beside another, in the words in which it came. */
export function valueBeside({
  rawValue,
  sentAs,
  holds,
  unit,
  source,
  messageId,
  enteredAt,
  dilution,
  reagentLot,
  readFrom,
}: Valued): ResultValue['otherValues'] {
  if (rawValue === null || source === null || enteredAt === null) return [];
  const asSent = sentAs ?? { value: rawValue, unit: holds.includes('no_unit') ? '' : unit };
  return [{ ...asSent, source, messageId, at: enteredAt, dilution, reagentLot, ...(readFrom ? { readFrom } : {}) }];
}
