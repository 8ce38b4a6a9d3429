import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { book } from '../book.ts';
import { lotCannot, movementTaken, quantitySign } from '../contract.ts';
import type { LotView, moveStock as moveStockCall } from '../contract.ts';
import { handMoves } from '../domain/lot-status.ts';
import { quantityText, shown, thousandths } from '../domain/quantity.ts';
import * as store from '../store.ts';
import { lotView } from '../views.ts';
import { lockLot, lotNow } from './lock-lot.ts';

type Input = ParsedInput<typeof moveStockCall>;

/** By hand. Sent twice with one id it is booked once. @throws inventory.not_enough */
export async function moveStock(ctx: Ctx, { id, lotId, kind, reason, ...input }: Input): Promise<LotView> {
  const labId = ctx.labId();
  const given = thousandths(input.quantity);
  if (given === 0n || (given < 0n && kind !== 'adjustment')) throw quantitySign({});
  const quantity = kind === 'adjustment' ? given : -given;
  const location = input.location ?? null;
  return ctx.transaction(async (tx) => {
    const { shelf, lot } = await lockLot(tx, labId, lotId);
    const known = id === undefined ? undefined : await store.getMovement(tx, labId, id);
    if (known !== undefined) {
      const held = [known.lotId, known.kind, shown(known.quantity), known.reason, known.location];
      const asked = [lotId, kind, quantityText(quantity), reason, location];
      if (JSON.stringify(held) !== JSON.stringify(asked)) throw movementTaken({});
      return lotView(lot);
    }
    if (!handMoves[kind].includes(lot.status))
      throw lotCannot({ status: lot.status, move: kind, who: 'inventory.move' });
    await book(ctx, tx, shelf, [{ id, lotId, kind, quantity, reason, location }]);
    const after = await lotNow(tx, labId, lotId);
    const facts = { kind, quantity: quantityText(quantity), reason, location, from: lot.status, to: after.status };
    tx.audit('inventory.move', lotId, facts, lot.itemId);
    return lotView(after);
  });
}
