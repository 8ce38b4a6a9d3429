// The life of an order line as a table: which stage each move leads to. News of the sample and result services may arrive in
// any order between the two, so a piece of news that no longer fits leaves the stage as it is; what a person asks for and
// does not fit is refused, with the stage, the move and who may do it.
import type { LineStage } from '../contract.ts';

export const LineMove = [
  'collect',
  'receive',
  'reject',
  'draw_again',
  'use_after_all',
  'enter',
  'clear',
  'verify',
  'authorise',
  'cancel',
] as const;
export type LineMove = (typeof LineMove)[number];

type Row = Partial<Readonly<Record<LineStage, LineStage>>>;

/** Stages not named are those the move does not fit. */
export const lineMoves: Readonly<Record<LineMove, Row>> = {
  collect: { ordered: 'collected' },
  receive: { ordered: 'received', collected: 'received' },
  // What is signed stays signed, whatever is found out about its tube: amending it is for the pathologist.
  reject: {
    ordered: 'rejected',
    collected: 'rejected',
    received: 'rejected',
    entered: 'rejected',
    verified: 'rejected',
  },
  draw_again: { rejected: 'ordered' },
  use_after_all: { rejected: 'received' },
  enter: {
    ordered: 'entered',
    collected: 'entered',
    received: 'entered',
    verified: 'entered',
    // Opened for amendment.
    authorised: 'entered',
  },
  clear: { entered: 'received', verified: 'received' },
  verify: {
    ordered: 'verified',
    collected: 'verified',
    received: 'verified',
    entered: 'verified',
    authorised: 'verified',
  },
  authorise: {
    ordered: 'authorised',
    collected: 'authorised',
    received: 'authorised',
    // News of the rejection may overtake that of the signature, which came first.
    rejected: 'authorised',
    entered: 'authorised',
    verified: 'authorised',
  },
  cancel: {
    ordered: 'cancelled',
    collected: 'cancelled',
    received: 'cancelled',
    rejected: 'cancelled',
    entered: 'cancelled',
    verified: 'cancelled',
  },
};

/** The stage after a move; undefined when the move does not fit. */
export function stageAfter(stage: LineStage, move: LineMove): LineStage | undefined {
  return lineMoves[move][stage];
}

/**
 * The permission that cancelling takes at a stage; null when nobody may: what is signed is amended, never taken back.
 * lab-day 18: a test that is on the analyzer is not cancelled without the lab's consent.
 */
export function mayCancel(stage: LineStage): 'order.edit' | 'order.cancel_at_bench' | null {
  if (stageAfter(stage, 'cancel') === undefined) return null;
  return stage === 'received' || stage === 'entered' || stage === 'verified' ? 'order.cancel_at_bench' : 'order.edit';
}

/** The move that the statuses of a line's results call for; undefined for a line that has none. */
export function moveOfResults(statuses: readonly string[]): LineMove | undefined {
  const live = statuses.filter((status) => status !== 'cancelled');
  if (live.length === 0) return undefined;
  if (live.every((status) => status === 'authorised')) return 'authorise';
  if (live.every((status) => status === 'authorised' || status === 'verified')) return 'verify';
  return live.some((status) => status !== 'expected' && status !== 'awaiting') ? 'enter' : 'clear';
}
