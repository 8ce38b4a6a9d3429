import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { askUnits } from '../ask-units.ts';
import * as charts from '../chart-store.ts';
import { lotNotFound, unknownAnalyteOfControl } from '../contract.ts';
import type { savePeerMean as savePeerMeanCall } from '../contract.ts';
import * as store from '../store.ts';

/** Typed again it is corrected; the trail of the lot keeps both. */
export async function savePeerMean(
  ctx: Ctx,
  { lotId, instrument, analyteCode, month, mean, labs }: ParsedInput<typeof savePeerMeanCall>,
): Promise<CallOutput<typeof savePeerMeanCall>> {
  const [pair] = await askUnits(ctx, [{ instrument, analyteCode }]);
  if (pair === undefined) throw unknownAnalyteOfControl({ analyteCode });
  return ctx.transaction(async (tx) => {
    const [lot] = await store.getLots(tx, ctx.labId(), [lotId]);
    if (lot === undefined) throw lotNotFound({});
    await charts.savePeerMean(tx, ctx.labId(), { lotId, instrument, analyteCode, month, mean, labs: labs ?? null });
    tx.audit('qc.save_peer_mean', lotId, { instrument, analyteCode, month, mean }, lotId);
    return { lotId, instrument, analyteCode, month, mean };
  });
}
