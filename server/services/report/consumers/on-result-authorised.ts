import type { resultAuthorised } from '#contract/result.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { composePrinted, composeReport } from '../commands/compose-report.ts';

/**
 * When the last result of an order is authorised, its report is composed; interim when a culture in it is preliminary. Before
 * that it is released in part by hand alone; but what the version that stands has printed and is signed anew replaces it at
 * once. A person who may not sign makes this fail: the event is tried again and then parked where an operator sees it, to be
 * replayed once the registration number is there.
 */
export async function onResultAuthorised(ctx: Ctx, { orderId }: EventPayload<typeof resultAuthorised>): Promise<void> {
  // Not by isOrderComplete: an order whose cultures are preliminary is not complete, and has an interim report all the same.
  const whole = await composeReport(ctx, { orderId, isPartial: false });
  if (whole === null) await composePrinted(ctx, orderId);
}
