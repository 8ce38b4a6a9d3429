import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { verifyResults as verifyResultsCall } from '../contract.ts';
import { holdsUnseen, resultVerified } from '../contract.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf, mayAllMove } from './take-steps.ts';

/** A technician has looked at these values; each hold must be named by who has looked. All or none. */
export async function verifyResults(
  ctx: Ctx,
  input: ParsedInput<typeof verifyResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const by = { at: ctx.now(), name: ctx.actor.name, userId: ctx.actor.userId };
  return ctx.transaction(async (tx) => {
    const ids = items.map((item) => item.resultId);
    const steps = mayAllMove(await store.lock(tx, labId, ids), items, 'verified');
    for (const [row, { holdsSeen }] of steps) {
      if (row.holds.some((hold) => !holdsSeen.includes(hold)))
        throw holdsUnseen({ resultId: row.id, holds: row.holds });
    }
    const rows = inOrderOf(items, await store.setVerified(tx, labId, ids, by));
    auditEach(
      tx,
      'result.verify',
      steps.map(([row]) => [row, { to: 'verified', value: row.value, flags: row.flags, holdsSeen: row.holds }]),
    );
    for (const fact of factsByOrder(rows)) tx.emit(resultVerified, fact.orderId, { ...fact, at: by.at, by: by.name });
    return rows;
  });
}
