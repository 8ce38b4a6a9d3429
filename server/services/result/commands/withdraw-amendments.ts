import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { withdrawAmendments as withdrawAmendmentsCall } from '../contract.ts';
import { dependentsOf } from '../domain/dependents.ts';
import { isAmending } from '../domain/status.ts';
import type { Facts } from '../gather-facts.ts';
import { withdraw } from '../release/amendment-store.ts';
import { followSamples, mustBePrepared, prepareSamples } from '../release/follow-samples.ts';
import { noteCriticals } from '../release/note-criticals.ts';
import { isOrderComplete, tellComplete } from '../release/order-complete.ts';
import { policiesOf } from '../release/policies.ts';
import { noteReversals } from '../release/reversals-store.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, inOrderOf, mayAllMove } from './take-steps.ts';

/**
 * The amendment was a mistake: the results are the signed ones again, to the letter, and what was opened with them because it
 * is calculated from them. All or none.
 */
export async function withdrawAmendments(
  ctx: Ctx,
  input: ParsedInput<typeof withdrawAmendmentsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const ids = items.map((item) => item.resultId);
  const { reason } = input;
  const orderIds = (await store.orderIdsOf(ctx.db, labId, ids)).map((row) => row.orderId);
  const [policies, prepared] = await Promise.all([policiesOf(ctx), prepareSamples(ctx, orderIds)]);
  const by = { reason, at: ctx.now(), name: ctx.actor.name, userId: ctx.actor.userId };
  return ctx.transaction(async (tx) => {
    const locked = await store.lockOrders(tx, labId, orderIds);
    const asked = mayAllMove(locked, items, 'amendment withdrawn').map(([row]) => row);
    mustBePrepared(locked, prepared);
    const before = [...asked, ...openedWith(locked, asked, prepared.facts)];
    const rows = await withdraw(
      tx,
      labId,
      before.map((row) => ({ resultId: row.id, number: row.amendment?.number ?? 0 })),
      by,
    );
    auditEach(
      tx,
      'result.withdraw_amendment',
      before.map((row) => [row, { to: 'authorised', value: row.value, number: row.amendment?.number, reason }]),
    );
    await noteReversals(ctx, tx, { kind: 'withdrawn', reason }, before);
    // What was told of the value that goes may need a second call.
    await noteCriticals(ctx, tx, policies, rows);
    await followSamples(ctx, tx, policies, prepared, locked);
    const back = new Set(before.map(({ id }) => id));
    for (const orderId of orderIds) {
      const own = locked.filter((row) => row.orderId === orderId);
      const openedAt = before.filter((row) => row.orderId === orderId).map((row) => row.amendment?.at ?? by.at);
      // Others were signed while it was open, and told that the order was not complete.
      const wasSignedMeanwhile = own.some(
        ({ authorisedAt }) => authorisedAt !== null && openedAt.some((at) => authorisedAt >= at),
      );
      const [first] = own;
      if (first !== undefined && wasSignedMeanwhile && isOrderComplete(own, orderId, back))
        tellComplete(ctx, tx, first);
    }
    return inOrderOf(
      before.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
      rows,
    );
  });
}

/** What was opened together with these because it is calculated from them, and from nothing else that is still open. */
function openedWith(
  rows: readonly store.ResultRow[],
  asked: readonly store.ResultRow[],
  { parse }: Pick<Facts, 'parse'>,
): readonly store.ResultRow[] {
  const inputsOf = (formula: string) => parse(formula)?.inputs ?? [];
  const ids = new Set(asked.map(({ id }) => id));
  const times = new Set(asked.map(({ amendment }) => amendment?.at));
  const together = dependentsOf(rows, ids, inputsOf).filter((row) => isAmending(row) && times.has(row.amendment?.at));
  const others = rows.filter((row) => isAmending(row) && !ids.has(row.id) && !together.includes(row));
  const needed = new Set(dependentsOf(rows, new Set(others.map(({ id }) => id)), inputsOf));
  return together.filter((row) => !needed.has(row));
}
