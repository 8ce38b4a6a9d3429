// What the desk should see to of an order; nothing is held up by it.
import { consents } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { OrderView, OrderWarning, orderWarnings as orderWarningsCall } from '../contract.ts';
import { consentWarnings, givenBy } from '../domain/consents.ts';
import * as store from '../store.ts';

const none: ReadonlySet<string> = new Set();

/** Consents that stand, of the patients of orders that need one: no question is asked for the others. */
export async function consentsOf(
  ctx: Ctx,
  orders: readonly Pick<OrderView, 'patientId' | 'lines'>[],
): Promise<(patientId: string) => ReadonlySet<string>> {
  const needing = orders.filter((order) => order.lines.some((line) => line.needsConsent));
  const ids = [...new Set(needing.map((order) => order.patientId))];
  // As the system: whoever may see the order may know whether its consent is there.
  const given = ids.length === 0 ? new Map() : givenBy(await ctx.callAsSystem(consents, { ids }));
  return (patientId) => given.get(patientId) ?? none;
}

export async function warningsOf(ctx: Ctx, orders: readonly OrderView[]): Promise<readonly OrderWarning[]> {
  const given = await consentsOf(ctx, orders);
  return orders.flatMap((order) => consentWarnings(order, given(order.patientId)));
}

export async function orderWarnings(
  ctx: Ctx,
  { ids }: ParsedInput<typeof orderWarningsCall>,
): Promise<readonly OrderWarning[]> {
  return warningsOf(ctx, await store.getOrders(ctx.db, ctx.labId(), ids));
}
