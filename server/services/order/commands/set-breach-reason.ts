import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { BreachView, setBreachReason as setBreachReasonCall } from '../contract.ts';
import { lineNotFound, notOverdue } from '../contract.ts';
import * as lineStore from '../line-store.ts';
import * as riskStore from '../risk-store.ts';

/** Why a line is late or was (lab-day 71); a later reason replaces the first, and the trail keeps both. */
export async function setBreachReason(ctx: Ctx, input: ParsedInput<typeof setBreachReasonCall>): Promise<BreachView> {
  const labId = ctx.labId();
  const { orderId, lineId, reason } = input;
  return ctx.transaction(async (tx) => {
    const line = (await lineStore.lockLines(tx, labId, orderId)).find((each) => each.lineId === lineId);
    if (line === undefined) throw lineNotFound({});
    const end = line.finishedAt ?? ctx.now();
    if (line.stage === 'cancelled' || end <= line.promisedAt) throw notOverdue({});
    const before = await riskStore.findBreach(tx, labId, orderId, lineId);
    const note = input.note ?? null;
    await riskStore.giveReason(tx, labId, orderId, line, { reason, note, by: ctx.actor.name, at: ctx.now() });
    tx.audit('order.set_breach_reason', lineId, { from: before?.reason ?? null, to: reason, note }, orderId);
    const breach = await riskStore.findBreach(tx, labId, orderId, lineId);
    if (breach === undefined) throw lineNotFound({});
    return breach;
  });
}
