// The life of a lot as a table: which status each move leads to. What is not named does not fit and is refused with the status,
// the move and who may do it. How much is left is not its business, save that an empty lot is used up.
import type { LotStatus, QuarantineReason } from '../contract.ts';

export const lotMoves = ['release', 'open', 'empty', 'refill', 'put_back', 'expire', 'discard'] as const;
export type LotMove = (typeof lotMoves)[number];

type Row = Partial<Readonly<Record<LotStatus, LotStatus>>>;
export const moves: Readonly<Record<LotMove, Row>> = {
  release: { quarantine: 'usable' },
  open: { usable: 'in_use', in_use: 'in_use' },
  empty: { quarantine: 'used_up', usable: 'used_up', in_use: 'used_up', expired: 'used_up' },
  /** Something was found after all, of a lot that was free for use. */
  refill: { used_up: 'usable' },
  /** The same of one that never was. */
  put_back: { used_up: 'quarantine' },
  expire: { quarantine: 'expired', usable: 'expired', in_use: 'expired' },
  /** All that was left of it. */
  discard: { quarantine: 'discarded', usable: 'discarded', in_use: 'discarded', expired: 'discarded' },
};

export function statusAfter(status: LotStatus, move: LotMove): LotStatus | undefined {
  return moves[move][status];
}

export type HandMove = 'adjustment' | 'discard' | 'transfer' | 'return';
/** From which lots a person may take, or to which add. */
export const handMoves: Readonly<Record<HandMove, readonly LotStatus[]>> = {
  adjustment: ['quarantine', 'usable', 'in_use', 'used_up', 'expired'],
  discard: ['quarantine', 'usable', 'in_use', 'expired'],
  transfer: ['quarantine', 'usable', 'in_use'],
  return: ['quarantine', 'usable', 'in_use', 'expired'],
};

export interface LotState {
  readonly status: LotStatus;
  readonly quarantineReasons: readonly QuarantineReason[];
  readonly expiresOn: string;
}

/** The status after its quantity has changed to `left`, by a hand move or by use. */
export function statusWith(lot: LotState, left: bigint, isDiscard: boolean, today: string): LotStatus {
  if (left === 0n) return statusAfter(lot.status, isDiscard ? 'discard' : 'empty') ?? lot.status;
  if (lot.status !== 'used_up') return lot.status;
  const found = statusAfter(lot.status, lot.quarantineReasons.length > 0 ? 'put_back' : 'refill') ?? lot.status;
  return lot.expiresOn < today ? (statusAfter(found, 'expire') ?? found) : found;
}
