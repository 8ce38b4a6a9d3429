import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { settleItems } from '../book.ts';
import { lotCannot, notVerified, staleStock } from '../contract.ts';
import type { LotView, releaseLot as releaseLotCall } from '../contract.ts';
import * as store from '../store.ts';
import { lotView } from '../views.ts';
import { freeLot } from './free-lot.ts';
import { lockLot } from './lock-lot.ts';

/**
 * The manager's word lets a lot go that came warm, and the first lot of an item.
 * @throws inventory.not_verified when there was a lot before it to compare with
 */
export async function releaseLot(
  ctx: Ctx,
  { lotId, expectedVersion, reason }: ParsedInput<typeof releaseLotCall>,
): Promise<LotView> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    const { shelf, lot } = await lockLot(tx, labId, lotId);
    if (lot.status === 'usable' && lot.version === expectedVersion + 1) return lotView(lot);
    if (lot.version !== expectedVersion) throw staleStock({ version: lot.version });
    if (lot.status !== 'quarantine') throw lotCannot({ status: lot.status, move: 'release', who: 'inventory.manage' });
    const isUnverified = lot.quarantineReasons.includes('verification');
    if (isUnverified && (await store.hasLotOnceUsable(tx, labId, lot.itemId, lotId))) throw notVerified({});
    const freed = await freeLot(tx, labId, lot, lot.quarantineReasons);
    await settleItems(ctx, tx, shelf, [lot.itemId]);
    tx.audit('inventory.release_lot', lotId, { reasons: lot.quarantineReasons, reason }, lot.itemId);
    return lotView(freed);
  });
}
