import type { resultAuthorised } from '#contract/result.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { composeReport } from '../commands/compose-report.ts';

/**
 * When the last result of an order is authorised, its report is composed. A person who may not sign makes this fail: the
 * event is tried again and then parked where an operator sees it, to be replayed once the registration number is there.
 */
export async function onResultAuthorised(
  ctx: Ctx,
  { orderId, isOrderComplete }: EventPayload<typeof resultAuthorised>,
): Promise<void> {
  if (isOrderComplete) await composeReport(ctx, { orderId });
}
