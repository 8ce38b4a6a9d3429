import { getOrder, getTests } from '#contract/order.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { planTubes as planTubesCall } from '../contract.ts';
import { planTubes as planOf } from '../domain/tube-plan.ts';
import * as store from '../tube-store.ts';
import { accessionPrefix, makeTubes } from './new-tubes.ts';

/**
 * The tubes of an order, planned now when they were not. The desk asks right after placing, the order's event asks too:
 * whoever comes second gets the plan of the first.
 * @throws order.not_found
 */
export async function planTubes(
  ctx: Ctx,
  { orderId }: ParsedInput<typeof planTubesCall>,
): Promise<readonly store.Tube[]> {
  const labId = ctx.labId();
  const known = await store.tubesOfOrders(ctx.db, labId, [orderId]);
  if (known.length > 0) return known;

  const order = await ctx.callAsSystem(getOrder, { orderId });
  const lines = order.lines.filter((line) => line.status === 'open');
  const tests = await ctx.callAsSystem(getTests, { codes: lines.map((line) => line.testCode) });
  const letters = await accessionPrefix(ctx);
  const planned = planOf(lines, {
    containers: new Map(tests.map(({ container }) => [container.code, container])),
    tests: new Map(tests.map((test) => [test.code, test])),
  });

  return ctx.transaction(async (tx) => {
    const plannedAt = ctx.now();
    const isFirst = await store.claimPlan(tx, labId, order.id, plannedAt);
    if (!isFirst) return store.tubesOfOrders(tx, labId, [order.id]);
    const { patientId, priority } = order;
    return makeTubes(ctx, tx, letters, { orderId: order.id, patientId, priority, plannedAt }, planned);
  });
}
