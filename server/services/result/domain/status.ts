// The life of a result as a table. What the table does not name cannot happen. An authorised result has one way out, it is
// opened: by an amendment, or by the next stage of a culture that was signed as interim. What is open again has one way more
// than others: back to the version that was signed.
import { cannotMoveResult, ResultStatus } from '../contract.ts';

/** Named as the refusal says them ("A result that is authorised cannot be sent back."), with who may make the move: a permission, or the system. */
export const whoMay = {
  collected: 'sample.collect',
  entered: 'result.enter',
  verified: 'result.verify',
  authorised: 'result.authorise',
  'sent back': 'result.send_back',
  // The system's own: the patient was corrected; an instrument sent another value; inputs of a formula came, changed or went.
  'judged again': 'system',
  rerun: 'system',
  calculated: 'system',
  'left blank': 'system',
  // Its owner (quality control, equipment) puts and lifts them; the state stays, nobody can pass.
  held: 'system',
  'tube rejected': 'sample.reject',
  'tube accepted': 'sample.reject',
  cancelled: 'order.edit',
  amended: 'result.amend',
  // A culture that was signed as interim; whether it was is asked where the next stage is entered.
  continued: 'result.enter',
  'amendment withdrawn': 'result.amend',
} as const;

export type Move = keyof typeof whoMay;

type Ways = Readonly<Partial<Record<Move, ResultStatus>>>;

export const moves = {
  // Tube accepted: it was rejected, and is to be run with a comment after all.
  expected: { collected: 'awaiting', 'tube accepted': 'awaiting', cancelled: 'cancelled' },
  awaiting: { entered: 'entered', calculated: 'entered', 'tube rejected': 'expected', cancelled: 'cancelled' },
  entered: {
    // Entering again before verification corrects a value; what stood before is in the audit trail.
    entered: 'entered',
    verified: 'verified',
    // Judged otherwise than before, for the patient was corrected: a person at the bench has to look at it anew.
    'judged again': 'entered',
    // An instrument sent a value that differs. Whoever verified has not seen it, so the pathologist may not sign.
    rerun: 'entered',
    calculated: 'entered',
    'left blank': 'awaiting',
    held: 'entered',
    'tube rejected': 'expected',
    cancelled: 'cancelled',
  },
  verified: {
    authorised: 'authorised',
    'sent back': 'entered',
    'judged again': 'entered',
    rerun: 'entered',
    calculated: 'entered',
    'left blank': 'awaiting',
    held: 'verified',
    'tube rejected': 'expected',
    cancelled: 'cancelled',
  },
  authorised: { amended: 'entered', continued: 'entered' },
  cancelled: {},
} as const satisfies Readonly<Record<ResultStatus, Ways>>;

/** Signed once, and open again. */
export function isAmending({
  status,
  amendment,
}: {
  readonly status: ResultStatus;
  readonly amendment: object | null;
}): boolean {
  return amendment !== null && status !== 'authorised' && status !== 'cancelled';
}

/**
 * The state a move leads to, or undefined when it is refused.
 * @param isOpenAgain it was signed once and is being amended: it may go back to the version that was signed, and cannot be
 *   cancelled, for that version stands on a report
 */
export function after(status: ResultStatus, move: Move, isOpenAgain = false): ResultStatus | undefined {
  const isOpen = status !== 'authorised' && status !== 'cancelled';
  if (move === 'amendment withdrawn') return isOpenAgain && isOpen ? 'authorised' : undefined;
  if (move === 'cancelled' && isOpenAgain) return undefined;
  const ways: Ways = moves[status];
  return ways[move];
}

/** The states a move is made from. */
export function statesBefore(move: Move): readonly ResultStatus[] {
  return ResultStatus.options.filter((status) => after(status, move, move === 'amendment withdrawn') !== undefined);
}

/** @throws result.cannot_move naming the state, the move, the states it is made from and who may make it */
export function mustMove(status: ResultStatus, move: Move, isOpenAgain = false): ResultStatus {
  const next = after(status, move, isOpenAgain);
  if (next === undefined) throw cannotMoveResult({ status, move, from: statesBefore(move), may: whoMay[move] });
  return next;
}
