// The life of a result as a table. What the table does not name cannot happen; an authorised result has no way out.
import type { ResultStatus } from '../contract.ts';
import { cannotMoveResult } from '../contract.ts';

/** Named as the refusal says them: "A result that is authorised cannot be sent back." */
export type Move = 'collected' | 'entered' | 'verified' | 'authorised' | 'sent back' | 'judged again' | 'rerun';

export const moves = {
  expected: { collected: 'awaiting' },
  // Entering again before verification corrects a value; what stood before is in the audit trail.
  awaiting: { entered: 'entered' },
  // Judged otherwise than before, for the patient was corrected: a person at the bench has to look at it anew.
  // Rerun: an instrument sent a value that differs. Whoever verified has not seen it, so the pathologist may not sign.
  entered: { entered: 'entered', verified: 'verified', 'judged again': 'entered', rerun: 'entered' },
  verified: { authorised: 'authorised', 'sent back': 'entered', 'judged again': 'entered', rerun: 'entered' },
  authorised: {},
} as const satisfies Readonly<Record<ResultStatus, Readonly<Partial<Record<Move, ResultStatus>>>>>;

/** The state a move leads to, or undefined when it is refused. */
export function after(status: ResultStatus, move: Move): ResultStatus | undefined {
  const ways: Readonly<Partial<Record<Move, ResultStatus>>> = moves[status];
  return ways[move];
}

/** @throws result.cannot_move naming state and move */
export function mustMove(status: ResultStatus, move: Move): ResultStatus {
  const next = after(status, move);
  if (next === undefined) throw cannotMoveResult({ status, move });
  return next;
}
