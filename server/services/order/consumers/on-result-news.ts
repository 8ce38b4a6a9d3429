// What the result service tells moves the lines whose values it is about. The news names results only, so how far each line
// has come is asked of the bench: that also makes news that comes twice or late harmless.
import { resultsOfOrders } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import type { Ctx } from '#platform/service.ts';

import { moveOfResults, stageAfter } from '../domain/line-stages.ts';
import * as lineStore from '../line-store.ts';
import * as riskStore from '../risk-store.ts';

export async function onResultNews(ctx: Ctx, { orderId }: { readonly orderId: string }): Promise<void> {
  const results = await ctx.callAsSystem(resultsOfOrders, { ids: [orderId] });
  const ofLine = Map.groupBy(results, (result) => result.lineId);
  const labId = ctx.labId();
  await ctx.transaction(async (tx) => {
    const before = await lineStore.lockLines(tx, labId, orderId);
    const after = before.map((line) => advance(line, ofLine.get(line.lineId) ?? []));
    const moved = after.filter((line, at) => JSON.stringify(line) !== JSON.stringify(before[at]));
    await lineStore.saveLines(tx, labId, orderId, moved);
    const signed = moved.filter((line) => line.stage === 'authorised');
    const late = signed.filter((line) => line.finishedAt !== null && line.finishedAt > line.promisedAt);
    await riskStore.noteBreaches(tx, labId, orderId, late);
    if (signed.length > 0) await lineStore.renewPace(tx, labId, [...new Set(signed.map((line) => line.testCode))]);
  });
}

function advance(line: lineStore.LineState, results: readonly ResultView[]): lineStore.LineState {
  const move = moveOfResults(results.map((result) => result.status));
  const stage = move === undefined ? undefined : stageAfter(line.stage, move);
  if (stage === undefined) return line;
  const live = results.filter((result) => result.status !== 'cancelled');
  return {
    ...line,
    stage,
    // The sample service's own news of it may be on its way still.
    collectedAt: line.collectedAt ?? first(live.map((result) => result.collectedAt)),
    enteredAt: first(live.map((result) => result.enteredAt)),
    verifiedAt: stage === 'verified' || stage === 'authorised' ? last(live.map((result) => result.verifiedAt)) : null,
    // The first signature: an amendment makes the report new, not late.
    finishedAt: line.finishedAt ?? (stage === 'authorised' ? last(live.map((result) => result.authorisedAt)) : null),
  };
}

const known = (instants: readonly (string | null)[]): string[] => instants.filter((at) => at !== null).sort();
const first = (instants: readonly (string | null)[]): string | null => known(instants)[0] ?? null;
const last = (instants: readonly (string | null)[]): string | null => known(instants).at(-1) ?? null;
