import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { authoriseResults as authoriseResultsCall } from '../contract.ts';
import { criticalUncalled, fourEyes, lockedByOwner, resultAuthorised, resultOvertaken } from '../contract.ts';
import { lockedBy } from '../domain/holds.ts';
import { askOwners } from '../release/ask-owners.ts';
import { listOpenOfResults } from '../release/criticals-store.ts';
import { isOrderComplete } from '../release/order-complete.ts';
import { policiesOf } from '../release/policies.ts';
import { mustConfirm } from '../release/signing.ts';
import { setAuthorised } from '../release/steps-store.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf, mayAllMove } from './take-steps.ts';

/**
 * The pathologist signs verified values. All or none; from here on a value changes by an amendment alone. What its owner has
 * taken back and the bench was not told of yet is refused (lab-day 18, 28, 43).
 */
export async function authoriseResults(
  ctx: Ctx,
  input: ParsedInput<typeof authoriseResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const policies = await policiesOf(ctx);
  await mustConfirm(ctx, policies, input.signingToken ?? null);
  const by = { at: ctx.now(), name: ctx.actor.name, userId: ctx.actor.userId };
  const ids = items.map((item) => item.resultId);
  const overtaken = await askOwners(ctx, ids);
  return ctx.transaction(async (tx) => {
    // The whole orders are locked: two pathologists who each sign the last half would otherwise both see it unfinished,
    // and nobody would tell that the order is complete.
    const orderIds = (await store.orderIdsOf(tx, labId, ids)).map((row) => row.orderId);
    const locked = await store.lockOrders(tx, labId, orderIds);
    const steps = mayAllMove(locked, items, 'authorised');
    const locks = lockedBy(locked);
    for (const [row] of steps) {
      const holds = locks.get(row.id);
      if (holds !== undefined) throw lockedByOwner({ resultId: row.id, holds });
      const because = overtaken.get(row.id);
      if (because !== undefined) throw resultOvertaken({ resultId: row.id, because });
      if (policies.fourEyes && isVerifier(row, ctx)) throw fourEyes({ resultId: row.id });
    }
    const [uncalled] = await listOpenOfResults(tx, labId, ids);
    if (uncalled !== undefined) throw criticalUncalled({ resultId: uncalled.resultId });
    const rows = inOrderOf(items, await setAuthorised(tx, labId, ids, by));
    auditEach(
      tx,
      'result.authorise',
      steps.map(([row]) => [
        row,
        {
          to: 'authorised',
          value: row.value,
          flags: row.flags,
          amendment: row.amendment?.number ?? null,
          // The lab may allow that one person does both (lab-day 45); that it happened is on record.
          isSamePerson: isVerifier(row, ctx),
        },
      ]),
    );
    const nowSigned = new Set(ids);
    for (const fact of factsByOrder(rows)) {
      const own = rows.filter((row) => row.orderId === fact.orderId);
      tx.emit(resultAuthorised, fact.orderId, {
        ...fact,
        at: by.at,
        by: by.name,
        isOrderComplete: isOrderComplete(locked, fact.orderId, nowSigned),
        isAmendment: own.some((row) => row.amendment !== null && row.amendment.kind !== 'continued'),
      });
    }
    return rows;
  });
}

function isVerifier({ verifiedById }: store.ResultRow, { actor }: Ctx): boolean {
  return verifiedById !== null && verifiedById === actor.userId;
}
