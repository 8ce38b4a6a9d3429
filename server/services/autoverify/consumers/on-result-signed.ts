// What people made of the values that the rules decided about: looked up when a person verifies, and again when it is signed.
import { getResults, resultTrail } from '#contract/result.ts';
import type { resultAuthorised, ResultView, resultVerified } from '#contract/result.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import * as decisions from '../decision-store.ts';
import type { Decided, Fate } from '../domain/fates.ts';
import { fatesOf, isStraight } from '../domain/fates.ts';
import { decideJob, decideKey } from '../jobs/job-types.ts';
import * as store from '../store.ts';

const AUTO = 'auto';

export async function onResultVerified(
  ctx: Ctx,
  { by, orderId, resultIds }: EventPayload<typeof resultVerified>,
): Promise<void> {
  // The rules' own verification says nothing of what a person would have done.
  if (by !== AUTO) await follow(ctx, orderId, resultIds);
}

export async function onResultAuthorised(
  ctx: Ctx,
  { orderId, resultIds }: EventPayload<typeof resultAuthorised>,
): Promise<void> {
  await follow(ctx, orderId, resultIds);
}

async function follow(ctx: Ctx, orderId: string, resultIds: readonly string[]): Promise<void> {
  const labId = ctx.labId();
  const [fates, waiting] = await Promise.all([
    fatesNow(ctx, orderId, resultIds),
    store.isWaiting(ctx.db, labId, orderId),
  ]);
  if (fates.length === 0 && waiting === undefined) return;
  await ctx.transaction(async (tx) => {
    if (fates.length > 0) await decisions.setFates(tx, labId, fates);
    // What is calculated from these values may pass now.
    if (waiting !== undefined) tx.schedule(decideJob, { orderId }, { key: decideKey(orderId) });
  });
}

async function fatesNow(
  ctx: Ctx,
  orderId: string,
  resultIds: readonly string[],
): Promise<readonly { readonly id: string; readonly fate: Fate | null }[]> {
  const all = Map.groupBy(await decisions.decidedOf(ctx.db, ctx.labId(), resultIds), ({ resultId }) => resultId);
  if (all.size === 0) return [];
  const results = await ctx.callAsSystem(getResults, { ids: [...all.keys()] });
  const sentBackAt = await lastSentBack(ctx, orderId, results, all);
  return results.flatMap((result) => {
    const own = all.get(result.id) ?? [];
    const [first] = own;
    // Another move came after the event; its own event follows.
    if (first === undefined || (result.status !== 'verified' && result.status !== 'authorised')) return [];
    const backAt = sentBackAt.get(result.id);
    return fatesOf(own, { value: result.value, wasSentBack: backAt !== undefined && backAt >= first.at });
  });
}

/** By result, when it was last sent back. The bench's trail is read only when a version says that something came between. */
async function lastSentBack(
  ctx: Ctx,
  orderId: string,
  results: readonly ResultView[],
  decided: ReadonlyMap<string, readonly Decided[]>,
): Promise<ReadonlyMap<string, string>> {
  const isEventful = results.some(({ id, version }) => {
    const last = decided.get(id)?.at(-1);
    return last !== undefined && !isStraight(last.resultVersion, version);
  });
  if (!isEventful) return new Map();
  const trail = await ctx.callAsSystem(resultTrail, { caseIds: [orderId] });
  return new Map(trail.filter(({ act }) => act === 'result.send_back').map(({ entityId, at }) => [entityId, at]));
}
