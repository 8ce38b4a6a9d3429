import { resultsOfInstrument } from '#contract/result.ts';
import type { Page, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { holdNotFound } from '../contract.ts';
import type { lookBack as lookBackCall, LookBackItem } from '../contract.ts';
import * as store from '../store.ts';

/** When no control was ever good, everything the analyzer gave is suspect. */
const EVER = '1970-01-01T00:00:00.000Z';

/**
 * lab-day 43: every patient result that may be wrong, whatever became of it: from the last good control until the hold was lifted,
 * or now. Read as whoever asks, who must be allowed to see results.
 */
export async function lookBack(
  ctx: Ctx,
  { holdId, first, after }: ParsedInput<typeof lookBackCall>,
): Promise<Page<LookBackItem>> {
  const hold = await store.getHold(ctx.db, ctx.labId(), holdId);
  if (hold === undefined) throw holdNotFound({});
  const { instrument, analyteCode } = hold;
  const page = await ctx.call(resultsOfInstrument, {
    instrument,
    analyteCode,
    from: hold.lastGoodAt ?? EVER,
    to: hold.liftedAt ?? ctx.now(),
    first,
    after: after ?? null,
  });
  ctx.auditView('qc.view_look_back', holdId, holdId);
  return {
    ...page,
    edges: page.edges.map(({ cursor, node }) => ({
      cursor,
      node: {
        resultId: node.id,
        orderId: node.orderId,
        patientId: node.patientId,
        barcode: node.barcode,
        value: node.value,
        unit: node.unit,
        status: node.status,
        enteredAt: node.enteredAt,
        authorisedAt: node.authorisedAt,
      },
    })),
  };
}
