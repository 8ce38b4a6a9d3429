// What one observation of an instrument does to the results it was placed on.
import type { EntryOutcome, InstrumentObservation, SerumIndices } from './contract.ts';
import { hasTooManyDigits } from './domain/lab-number.ts';
import { mergeIndices } from './domain/indices.ts';
import type { Settled } from './domain/instrument-entry.ts';
import { settle } from './domain/instrument-entry.ts';
import { judgeAgain, whyBack } from './domain/judge-again.ts';
import { mustMove } from './domain/status.ts';
import { toOwnUnit } from './domain/units.ts';
import type { Facts } from './gather-facts.ts';
import { personOf } from './gather-facts.ts';
import { circumstancesOf, judgeRow } from './judge-row.ts';
import type { ActiveHolds } from './release/owner-holds.ts';
import type { ResultRow } from './store.ts';
import type { Touched } from './write-values.ts';

export interface Fate {
  readonly outcome: EntryOutcome;
  readonly resultId: string | null;
  readonly orderId: string | null;
}

export function nowhere(outcome: EntryOutcome): Fate {
  return { outcome, resultId: null, orderId: null };
}

export function isKept(
  fate: Fate,
): fate is { readonly outcome: EntryOutcome; readonly resultId: string; readonly orderId: string } {
  return fate.resultId !== null && fate.orderId !== null;
}

/** A batch under its lock. */
export interface Work {
  /** By id; changed in place as the batch goes on, for several observations may touch one result. */
  readonly touched: Map<string, Touched>;
  readonly facts: Facts;
  readonly owners: ActiveHolds;
  readonly at: string;
}

function lockedOne({ touched }: Work, id: string): Touched {
  const now = touched.get(id);
  if (now === undefined) throw new Error('A result that was found can be locked');
  return now;
}

/** Applies one observation to its results, and returns the fate it had with the first of them, or with a signed one that differs. */
export function touchValue(work: Work, rows: readonly ResultRow[], observation: InstrumentObservation): Fate {
  const brought = rows.map((row) => {
    const molarMass = work.facts.rulesOf(row.analyteCode)?.molarMass ?? null;
    return { row, own: toOwnUnit(observation.value, observation.unit, row, molarMass) };
  });
  if (brought.some(({ own }) => own.kind === 'mismatch')) return nowhere('unit_mismatch');
  let fate = nowhere('not_ordered');
  for (const { row, own } of brought) {
    const converted = own.kind === 'converted' ? own.value : null;
    const { outcome } = touchOne(work, row.id, observation, converted);
    // Of several results the signed one must be told, whatever became of the others.
    if (fate.resultId !== null && outcome !== 'after_authorised') continue;
    if (fate.outcome === 'after_authorised') continue;
    const isNowhere = outcome === 'not_collected' || outcome === 'cancelled';
    fate = isNowhere ? nowhere(outcome) : { outcome, resultId: row.id, orderId: row.orderId };
  }
  return fate;
}

function touchOne(work: Work, id: string, observation: InstrumentObservation, converted: string | null): Settled {
  const { facts, owners, at } = work;
  const now = lockedOne(work, id);
  const { before } = now;
  const { value, unit, instrument, messageId, note, isPreliminary, dilution, reagentLot } = observation;
  const isDoubted = observation.doubts.length > 0;
  const indices = mergeIndices(now.standing.indices, observation.indices);
  const lacksUnit = before.kind === 'numeric' && before.unit !== '' && unit.trim() === '';
  const isOverlong = hasTooManyDigits(value);
  const sent = { value: converted ?? value, lacksUnit, isDoubted, isPreliminary, isOverlong };
  const judged = judgeRow(before, sent, facts, indices);
  const arrived = {
    value,
    unit,
    converted,
    instrument,
    messageId,
    note,
    isDoubted,
    isPreliminary,
    indices,
    dilution,
    reagentLot,
    at,
  };
  const settled = settle(now.standing, before.isCalculated, arrived, judged);
  const { outcome } = settled;
  if (settled.standing === now.standing) return settled;
  const isEntered = outcome === 'entered';
  const owned = owners.of(instrument, before);
  const standing =
    isEntered && owned.length > 0
      ? { ...settled.standing, holds: [...new Set([...settled.standing.holds, ...owned])] }
      : settled.standing;
  const arrivedBefore = now.act === null ? [] : arrivedOf(now.act.facts);
  work.touched.set(id, {
    before,
    standing,
    person: isEntered ? personOf(before, facts) : now.person,
    enteredBy: isEntered ? instrument : now.enteredBy,
    isFresh: now.isFresh || isEntered,
    isRerun: now.isRerun || (outcome === 'kept_beside' && !before.isCalculated),
    act: {
      name: 'result.enter',
      facts: { arrived: [...arrivedBefore, { outcome, value, instrument, messageId }] },
    },
  });
  return settled;
}

function arrivedOf(facts: object): readonly unknown[] {
  return 'arrived' in facts && Array.isArray(facts.arrived) ? facts.arrived : [];
}

/** Notes what the analyzer says of the serum with every open result of the tube, and judges again those it speaks of. */
export function touchIndices(work: Work, tubeRows: readonly ResultRow[], indices: SerumIndices): Fate {
  let fate = nowhere('not_ordered');
  for (const { id, orderId } of tubeRows) {
    const now = lockedOne(work, id);
    const { status } = now.standing;
    if (status === 'cancelled' || status === 'expected') continue;
    if (fate.resultId === null) fate = { outcome: 'repeated', resultId: id, orderId };
    if (status === 'authorised') continue;
    const next = withIndices(now, mergeIndices(now.standing.indices, indices), work.facts);
    if (next === now) continue;
    work.touched.set(id, next);
    fate = { ...fate, outcome: 'entered' };
  }
  return fate;
}

function withIndices(now: Touched, indices: SerumIndices | null, facts: Facts): Touched {
  const { before, standing } = now;
  if (isSame(standing.indices, indices)) return now;
  const noted = { ...standing, indices };
  const rules = facts.rulesOf(before.analyteCode)?.indexRules ?? [];
  if (standing.value === null || standing.rawValue === null) return { ...now, standing: noted };
  const judged =
    rules.length === 0
      ? undefined
      : judgeAgain(
          before,
          { ...standing, value: standing.value, rawValue: standing.rawValue, person: now.person },
          now.person,
          facts.bandsOf(before.analyteCode),
          circumstancesOf(before, facts, indices),
        );
  if (judged === undefined || judged.change !== 'judgement')
    // A verified value that the indices say nothing of stays as it was verified.
    return standing.status === 'verified' ? now : { ...now, standing: noted };
  const { value, flags, holds, holdNotes, range, delta } = judged;
  const next = mustMove(standing.status, 'judged again');
  const because = "The serum's indices came after this value was verified";
  return {
    ...now,
    standing: {
      ...noted,
      status: next,
      value,
      flags: [...flags],
      holds: [...holds],
      holdNotes: [...holdNotes],
      range,
      delta,
      sentBackReason: next === standing.status ? standing.sentBackReason : whyBack(standing, judged, because),
    },
    act: now.act ?? { name: 'result.judge_sample', facts: { indices } },
  };
}

function isSame(one: SerumIndices | null, other: SerumIndices | null): boolean {
  return one?.H === other?.H && one?.I === other?.I && one?.L === other?.L;
}
