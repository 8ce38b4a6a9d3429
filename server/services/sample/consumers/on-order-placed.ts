import type { orderPlaced } from '#contract/order.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { planTubes } from '../commands/plan-tubes.ts';

/** Plans the tubes of every order, also of those placed where nobody asks for labels (by a partner, a device offline). */
export async function onOrderPlaced(ctx: Ctx, { orderId }: EventPayload<typeof orderPlaced>): Promise<void> {
  await planTubes(ctx, { orderId });
}
