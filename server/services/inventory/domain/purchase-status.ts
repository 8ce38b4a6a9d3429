// The life of a purchase order as a table. Receiving leads to two statuses: whether all has come decides which move it is.
import type { PurchaseStatus } from '../contract.ts';

export const purchaseMoves = ['edit', 'send', 'receive_part', 'receive_all', 'cancel'] as const;
export type PurchaseMove = (typeof purchaseMoves)[number];

interface Move {
  readonly may: 'inventory.move' | 'inventory.manage';
  readonly to: Partial<Readonly<Record<PurchaseStatus, PurchaseStatus>>>;
}

export const moves: Readonly<Record<PurchaseMove, Move>> = {
  edit: { may: 'inventory.manage', to: { draft: 'draft' } },
  send: { may: 'inventory.manage', to: { draft: 'sent' } },
  receive_part: { may: 'inventory.move', to: { sent: 'part_received', part_received: 'part_received' } },
  receive_all: { may: 'inventory.move', to: { sent: 'received', part_received: 'received' } },
  cancel: { may: 'inventory.manage', to: { draft: 'cancelled', sent: 'cancelled', part_received: 'cancelled' } },
};

export function statusAfter(status: PurchaseStatus, move: PurchaseMove): PurchaseStatus | undefined {
  return moves[move].to[status];
}
