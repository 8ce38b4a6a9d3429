import type { resultEntered } from '#contract/result.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { decideJob, decideKey } from '../jobs/job-types.ts';
import * as store from '../store.ts';

/** A value came: the whole order is judged, for a new value may settle what held the others. */
export async function onResultEntered(ctx: Ctx, { orderId, items }: EventPayload<typeof resultEntered>): Promise<void> {
  const labId = ctx.labId();
  const codes = [...new Set(items.map(({ testCode }) => testCode))];
  const [state, settings, waiting] = await Promise.all([
    store.getSwitch(ctx.db, labId),
    store.settingsOf(ctx.db, labId, codes),
    store.isWaiting(ctx.db, labId, orderId),
  ]);
  if (state?.isStopped) return;
  if (waiting === undefined && settings.every(({ mode }) => mode === 'off')) return;
  await ctx.transaction(async (tx) => tx.schedule(decideJob, { orderId }, { key: decideKey(orderId) }));
}
