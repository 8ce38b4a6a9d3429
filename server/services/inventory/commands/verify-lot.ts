import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { settleItems } from '../book.ts';
import { lotCannot, lotNotFound, otherLotNotFitting, verificationTaken } from '../contract.ts';
import type { VerificationView, verifyLot as verifyLotCall } from '../contract.ts';
import { compareLots } from '../domain/lot-comparison.ts';
import * as store from '../store.ts';
import { lockLot } from './lock-lot.ts';
import { freeLot } from './free-lot.ts';

type Input = ParsedInput<typeof verifyLotCall>;

/** Records a comparison with its verdict, which is worked out; passed, the lot leaves quarantine unless it also came warm. */
export async function verifyLot(ctx: Ctx, { lotId, oldLotId, ...input }: Input): Promise<VerificationView> {
  const labId = ctx.labId();
  const comparisons = input.comparisons.map(compareLots);
  const verification = {
    id: input.id ?? ctx.newId(),
    lotId,
    oldLotId,
    comparisons,
    hasPassed: comparisons.every(({ hasPassed }) => hasPassed),
    at: ctx.now(),
    by: ctx.actor.name,
    note: input.note ?? null,
  };
  return ctx.transaction(async (tx) => {
    const { shelf, lot } = await lockLot(tx, labId, lotId);
    const [other] = await store.getLots(tx, labId, [oldLotId]);
    if (other === undefined) throw lotNotFound({});
    if (other.itemId !== lot.itemId || other.id === lot.id || !other.wasUsable) throw otherLotNotFitting({});
    if (!(await store.addVerification(tx, labId, verification))) {
      const known = await store.getVerification(tx, labId, verification.id);
      if (contentOf(known) !== contentOf(verification)) throw verificationTaken({});
      return known;
    }
    if (lot.status !== 'quarantine')
      throw lotCannot({ status: lot.status, move: 'verification', who: 'inventory.move' });
    const { hasPassed } = verification;
    if (hasPassed) {
      await freeLot(tx, labId, lot, ['verification']);
      await settleItems(ctx, tx, shelf, [lot.itemId]);
    }
    const analytes = comparisons.map(({ analyteCode, hasPassed: isGood }) => ({ analyteCode, hasPassed: isGood }));
    tx.audit(
      'inventory.verify_lot',
      lotId,
      { verificationId: verification.id, oldLotId, hasPassed, analytes },
      lot.itemId,
    );
    return verification;
  });
}

/** Keys may have come back from the database in another order. */
function contentOf({ lotId, oldLotId, comparisons, note }: VerificationView): string {
  return JSON.stringify([
    lotId,
    oldLotId,
    note,
    comparisons.map(({ analyteCode, instrument, allowedPercent, pairs }) => [
      analyteCode,
      instrument,
      allowedPercent,
      pairs.map((pair) => [pair.sample, pair.old, pair.new]),
    ]),
  ]);
}
