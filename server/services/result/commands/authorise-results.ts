import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { authoriseResults as authoriseResultsCall } from '../contract.ts';
import { resultAuthorised } from '../contract.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf, mayAllMove } from './take-steps.ts';

/** The pathologist signs verified values. All or none; from here on the values cannot change. */
export async function authoriseResults(
  ctx: Ctx,
  input: ParsedInput<typeof authoriseResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const by = { at: ctx.now(), name: ctx.actor.name, userId: ctx.actor.userId };
  return ctx.transaction(async (tx) => {
    const ids = items.map((item) => item.resultId);
    // The whole orders are locked: two pathologists who each sign the last half would otherwise both see it unfinished,
    // and nobody would tell that the order is complete.
    const orderIds = (await store.orderIdsOf(tx, labId, ids)).map((row) => row.orderId);
    const locked = await store.lockOrders(tx, labId, orderIds);
    const steps = mayAllMove(locked, items, 'authorised');
    const rows = inOrderOf(items, await store.setAuthorised(tx, labId, ids, by));
    const signed = new Set(ids);
    const openOrders = new Set(
      locked.filter((row) => row.status !== 'authorised' && !signed.has(row.id)).map((row) => row.orderId),
    );
    auditEach(
      tx,
      'result.authorise',
      steps.map(([row]) => [
        row,
        {
          to: 'authorised',
          value: row.value,
          flags: row.flags,
          // The lab may forbid that one person does both (lab-day 45); what happened is on record either way.
          isSamePerson: row.verifiedById !== null && row.verifiedById === by.userId,
        },
      ]),
    );
    for (const fact of factsByOrder(rows)) {
      const isOrderComplete = !openOrders.has(fact.orderId);
      tx.emit(resultAuthorised, fact.orderId, { ...fact, at: by.at, by: by.name, isOrderComplete });
    }
    return rows;
  });
}
