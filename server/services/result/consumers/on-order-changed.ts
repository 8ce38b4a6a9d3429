// Tests were added or taken back, or what the order says of its patient changed: new rows are laid out, cancelled ones leave
// the bench, and what is not signed is judged again where a fact it is judged by is another one.
import type { orderChanged } from '#contract/order.ts';
import type { EventPayload } from '#platform/contract.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import * as corrections from '../correction-store.ts';
import { gatherFacts, mustBeUncorrected } from '../gather-facts.ts';
import { layOut } from '../lay-out.ts';
import { rejudge, resettle, valued } from '../rejudge.ts';
import { cancelLines } from '../release/cancel-lines.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';

/** @throws platform.busy, and is tried again: the order's rows changed between the facts and the lock */
export async function onOrderChanged(ctx: Ctx, order: EventPayload<typeof orderChanged>): Promise<void> {
  const labId = ctx.labId();
  const { orderId, patientId, placedAt, gestationWeeks, isFasting, addedLines, cancelledLineIds } = order;
  const priorityRank = store.rankOf[order.priority];
  const read = await listOfOrders(ctx.db, labId, [orderId]);
  const isOtherFact = read.some((row) => row.gestationWeeks !== gestationWeeks || row.isFasting !== isFasting);
  const changesSamples = isOtherFact || cancelledLineIds.length > 0;
  const [facts, policies] = await Promise.all([gatherFacts(ctx, changesSamples ? read : []), policiesOf(ctx)]);
  await ctx.transaction(async (tx) => {
    const locked = await store.lockOrders(tx, labId, [orderId]);
    if (locked.length !== read.length) throw busyRow({});
    for (const row of locked)
      mustBeUncorrected(
        row,
        read.find(({ id }) => id === row.id),
      );
    const results = layOut(addedLines, ctx.newId, Math.max(-1, ...locked.map(({ position }) => position)) + 1);
    await store.addExpected(
      tx,
      { labId, orderId, patientId, placedAt, priorityRank, gestationWeeks, isFasting },
      results,
    );
    await cancelLines(ctx, tx, orderId, cancelledLineIds, { reason: order.reason ?? 'cancelled', by: order.by });
    const open = await corrections.setOrderFacts(tx, labId, orderId, { priorityRank, gestationWeeks, isFasting });
    if (isOtherFact) {
      // Whoever entered a value by the facts of before, and has not written yet, has to gather them again.
      await corrections.countCorrection(
        tx,
        labId,
        open.map(({ id }) => id),
      );
      await rejudge(ctx, tx, policies, valued(open, facts), facts, {
        verified: 'Fasting or the week of pregnancy was corrected on the order after this value was verified',
      });
    }
    // A formula reads what the order says of its patient, and gives nothing where its input was taken back.
    if (changesSamples) await resettle(ctx, tx, policies, [orderId], new Set(open.map(({ id }) => id)), facts);
  });
}
