// Asks again about orders whose values are held by what may change without a new value: no event tells that a hold of the bench fell.
// Scheduled by every decision that holds, and sooner by news of controls and instruments; no more orders at a time than a page.
import type { Ctx } from '#platform/service.ts';

import { askAgainAt } from '../commands/decide-order.ts';
import { notDueYet } from '../contract.ts';
import * as store from '../store.ts';
import { decideJob, decideKey } from './job-types.ts';

/** Orders in one run; the rest follows a minute later. */
const BATCH = 300;

/** @throws autoverify.not_due, and is tried again shortly: the queue's clock runs ahead of ours */
export async function askAgain(
  ctx: Ctx,
  { dueAt, isEach }: { readonly dueAt: string; readonly isEach: boolean },
): Promise<void> {
  const labId = ctx.labId();
  const now = ctx.now();
  if (Date.parse(now) < Date.parse(dueAt)) throw notDueYet({});
  await ctx.transaction(async (tx) => {
    const rows = await tx.rows<store.WaitingRow>(store.waitingQuery(labId, isEach ? null : now, BATCH));
    for (const { orderId } of rows) tx.schedule(decideJob, { orderId }, { key: decideKey(orderId) });
    if (!isEach && rows.length === BATCH) askAgainAt(ctx, tx, new Date(Date.parse(now) + 60_000).toISOString(), false);
  });
}
