// The life of an instrument as a table: which status each entry of its log, or act of the manager, leads to. What is not named
// does not fit and is refused with the status, the move and who may do it.
import type { InstrumentStatus } from '../contract.ts';

export const instrumentMoves = [
  'calibration',
  'maintenance',
  'breakdown',
  'repair',
  'note',
  'retirement',
  'reinstatement',
] as const;
export type InstrumentMove = (typeof instrumentMoves)[number];

interface Move {
  readonly may: 'equipment.log' | 'equipment.manage';
  readonly to: Partial<Readonly<Record<InstrumentStatus, InstrumentStatus>>>;
}

export const moves: Readonly<Record<InstrumentMove, Move>> = {
  // One that was repaired is often calibrated before it is given back.
  calibration: { may: 'equipment.log', to: { in_service: 'in_service', down: 'down' } },
  maintenance: { may: 'equipment.log', to: { in_service: 'in_service', down: 'down' } },
  breakdown: { may: 'equipment.log', to: { in_service: 'down' } },
  repair: { may: 'equipment.log', to: { down: 'in_service' } },
  note: { may: 'equipment.log', to: { in_service: 'in_service', down: 'down', retired: 'retired' } },
  retirement: { may: 'equipment.manage', to: { in_service: 'retired', down: 'retired' } },
  reinstatement: { may: 'equipment.manage', to: { retired: 'in_service' } },
};

export function statusAfter(status: InstrumentStatus, move: InstrumentMove): InstrumentStatus | undefined {
  return moves[move].to[status];
}
