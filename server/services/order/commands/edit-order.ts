import { getPatient } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { editOrder as editOrderCall, OrderView } from '../contract.ts';
import { promiseAfterChange } from '../domain/promise.ts';
import * as lineStore from '../line-store.ts';
import * as store from '../store.ts';
import { lockWhole, readWhole, tellChanged } from './change-lines.ts';
import { calendarOf, mayBePregnant } from './order-terms.ts';

/** Corrects an order; the promises of its open lines move with the priority (lab-day 15). An edit that changes nothing is none. */
export async function editOrder(ctx: Ctx, input: ParsedInput<typeof editOrderCall>): Promise<OrderView> {
  const labId = ctx.labId();
  const calendar = await calendarOf(ctx);
  if (input.gestationWeeks) await mustBearWeeks(ctx, input.orderId, input.gestationWeeks);
  return ctx.transaction(async (tx) => {
    const order = await lockWhole(tx, labId, input.orderId, input.expectedVersion);
    const facts: store.OrderFacts = {
      priority: input.priority ?? order.priority,
      referredBy: input.referredBy === undefined ? order.referredBy : input.referredBy,
      clinicalNotes: input.clinicalNotes === undefined ? order.clinicalNotes : input.clinicalNotes,
      isFasting: input.isFasting === undefined ? order.isFasting : input.isFasting,
      gestationWeeks: input.gestationWeeks === undefined ? order.gestationWeeks : input.gestationWeeks,
    };
    const changed = changesOf(order, facts);
    if (Object.keys(changed).length === 0) return order;
    await store.saveOrder(tx, labId, order.id, facts);
    if (facts.priority !== order.priority) {
      const states = await lineStore.lockLines(tx, labId, order.id);
      const open = states.filter(({ stage }) => stage !== 'authorised' && stage !== 'cancelled');
      const moved = open.map((state) => ({
        ...state,
        promisedAt: promiseAfterChange(state, order.priority, facts.priority, ctx.now(), calendar),
      }));
      await lineStore.saveLines(tx, labId, order.id, moved);
    }
    const after = await readWhole(tx, labId, order.id);
    tx.audit('order.edit', order.id, changed, order.id);
    tellChanged(ctx, tx, after, { addedLines: [], cancelledLineIds: [], reason: null });
    return after;
  });
}

/** An order that is not there is told of by whoever locks it. @throws order.not_pregnant */
async function mustBearWeeks(ctx: Ctx, orderId: string, weeks: number): Promise<void> {
  const [order] = await store.getOrders(ctx.db, ctx.labId(), [orderId]);
  if (order === undefined) return;
  const { sex } = await ctx.callAsSystem(getPatient, { patientId: order.patientId });
  mayBePregnant(sex, weeks);
}

/** Before and after of each field that differs. */
function changesOf(before: store.OrderFacts, after: store.OrderFacts): Readonly<Record<string, object>> {
  const fields = ['priority', 'referredBy', 'clinicalNotes', 'isFasting', 'gestationWeeks'] as const;
  return Object.fromEntries(
    fields
      .filter((field) => before[field] !== after[field])
      .map((field) => [field, { from: before[field], to: after[field] }]),
  );
}
