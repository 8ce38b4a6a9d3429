import { instrumentCannot, wrongTime } from '../contract.ts';
import { moves, statusAfter } from '../domain/instrument-status.ts';
import type { InstrumentMove } from '../domain/instrument-status.ts';
import type { InstrumentRow } from '../store.ts';

/**
 * The instrument after a move, if the table allows it.
 * @throws equipment.cannot_move
 * @throws equipment.wrong_time when it would change its status before it came into it
 */
export function moveTo(before: InstrumentRow, move: InstrumentMove, at: string): InstrumentRow {
  const status = statusAfter(before.status, move);
  if (status === undefined) throw instrumentCannot({ status: before.status, move, who: moves[move].may });
  if (status === before.status) return before;
  if (at < before.statusSince) throw wrongTime({ notBefore: before.statusSince });
  return { ...before, status, statusSince: at, downSince: status === 'down' ? at : null };
}
