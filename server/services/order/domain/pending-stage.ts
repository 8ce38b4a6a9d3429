// Why a test is not ready, in the words of the lab: worked out from the line, its tubes, its values and the calls about them.
// Of several values the one that is furthest behind speaks for the line.
import type { CriticalView, ResultView } from '#contract/result.ts';
import type { TubeView } from '#contract/sample.ts';

import type { OrderLine, PendingStage } from '../contract.ts';

export type TubeFact = Pick<
  TubeView,
  | 'lineIds'
  | 'status'
  | 'collectedAt'
  | 'receivedAt'
  | 'rejectedAt'
  | 'rejectReason'
  | 'rejectDecision'
  | 'referralLabId'
>;
export type ResultFact = Pick<
  ResultView,
  'id' | 'lineId' | 'status' | 'holds' | 'collectedAt' | 'receivedAt' | 'enteredAt' | 'verifiedAt' | 'authorisedAt'
>;
export type CriticalFact = Pick<CriticalView, 'resultId' | 'status' | 'foundAt'>;

export interface LineFacts {
  readonly line: Pick<OrderLine, 'id' | 'status' | 'isOutsourced' | 'promisedAt'>;
  readonly placedAt: string;
  /** Those of the line. */
  readonly tubes: readonly TubeFact[];
  readonly results: readonly ResultFact[];
  readonly criticals: readonly CriticalFact[];
  readonly cancelled: { readonly reason: string; readonly at: string } | null;
}

export interface StageFound {
  readonly stage: PendingStage;
  readonly words: string;
  readonly since: string | null;
  readonly holds: readonly string[];
}

/** Lifted by the owner of the control or the instrument alone. */
const ownersHolds: ReadonlySet<string> = new Set(['qc_failed', 'instrument_blocked']);

export function pendingStage(facts: LineFacts): StageFound {
  const { line, cancelled } = facts;
  if (line.status === 'cancelled') {
    const words = cancelled === null ? 'Cancelled.' : `Cancelled: ${cancelled.reason}.`;
    return { stage: 'cancelled', words, since: cancelled?.at ?? null, holds: [] };
  }
  const results = facts.results.filter((result) => result.status !== 'cancelled');
  const open = results.filter((result) => result.status !== 'authorised');
  if (results.length > 0 && open.length === 0) {
    return { stage: 'authorised', words: 'Signed.', since: last(results, 'authorisedAt'), holds: [] };
  }
  const rejected = facts.tubes.find((tube) => tube.status === 'rejected' && tube.rejectDecision === null);
  if (rejected !== undefined) {
    const why = rejected.rejectReason?.replaceAll('_', ' ') ?? 'no reason given';
    const words = `Tube rejected (${why}); nobody has decided yet what follows.`;
    return { stage: 'rejected', words, since: rejected.rejectedAt, holds: [] };
  }
  const missing = open.filter((result) => result.status === 'expected' || result.status === 'awaiting');
  if (results.length === 0 || missing.length > 0) return beforeValue(facts, missing.length, results.length);
  const entered = open.filter((result) => result.status === 'entered');
  return entered.length > 0 ? beforeVerification(entered) : beforeSignature(open, facts.criticals);
}

function beforeValue(facts: LineFacts, missing: number, all: number): StageFound {
  // What is to be drawn again has a new tube; the one it replaces is done with.
  const tubes = facts.tubes.filter(
    (tube) => tube.status !== 'cancelled' && (tube.status !== 'rejected' || tube.rejectDecision === 'run_with_comment'),
  );
  const drawn = tubes.filter((tube) => tube.collectedAt !== null);
  const isDrawn = drawn.length > 0 && tubes.every((tube) => tube.status !== 'planned');
  if (!isDrawn) return { stage: 'not_drawn', words: 'Not drawn yet.', since: facts.placedAt, holds: [] };
  if (tubes.some((tube) => tube.status === 'collected')) {
    return {
      stage: 'not_received',
      words: 'Drawn, not received at the lab yet.',
      since: last(drawn, 'collectedAt'),
      holds: [],
    };
  }
  const since = last(tubes, 'receivedAt');
  if (facts.line.isOutsourced || tubes.some((tube) => tube.referralLabId !== null)) {
    return { stage: 'sent_out', words: 'Goes to the referral lab; its report is not in yet.', since, holds: [] };
  }
  const words = all > 1 ? `At the bench: ${missing} of ${all} values are missing.` : 'At the bench: no value yet.';
  return { stage: 'awaiting_value', words, since, holds: [] };
}

function beforeVerification(entered: readonly ResultFact[]): StageFound {
  const holds = [...new Set(entered.flatMap((result) => result.holds))].sort();
  const since = last(entered, 'enteredAt');
  const said = holds.map((hold) => hold.replaceAll('_', ' ')).join(', ');
  if (holds.some((hold) => ownersHolds.has(hold))) {
    return { stage: 'qc_hold', words: `Held by quality control or the instrument: ${said}.`, since, holds };
  }
  if (holds.length > 0) return { stage: 'held', words: `Held, a person has to look: ${said}.`, since, holds };
  return { stage: 'awaiting_verification', words: 'Entered, waiting to be verified.', since, holds };
}

function beforeSignature(verified: readonly ResultFact[], criticals: readonly CriticalFact[]): StageFound {
  const ids = new Set(verified.map((result) => result.id));
  const holds = [...new Set(verified.flatMap((result) => result.holds))].sort();
  const call = criticals.find((critical) => critical.status === 'open' && ids.has(critical.resultId));
  if (call !== undefined) {
    const words = 'A critical value was not told to anybody yet; it cannot be signed before.';
    return { stage: 'critical_call_missing', words, since: call.foundAt, holds };
  }
  if (holds.some((hold) => ownersHolds.has(hold))) {
    const said = holds.map((hold) => hold.replaceAll('_', ' ')).join(', ');
    const words = `Held by quality control or the instrument: ${said}.`;
    return { stage: 'qc_hold', words, since: last(verified, 'verifiedAt'), holds };
  }
  const words = 'Verified, waiting for the signature.';
  return { stage: 'awaiting_authorisation', words, since: last(verified, 'verifiedAt'), holds };
}

function last<Key extends string>(rows: readonly Readonly<Record<Key, string | null>>[], key: Key): string | null {
  return rows.map((row) => row[key]).reduce((latest, at) => ((at ?? '') > (latest ?? '') ? at : latest), null);
}
