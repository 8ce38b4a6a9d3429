// Turnaround of a period by test, section or priority (lab-day 71).
import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { turnaroundSummary as turnaroundSummaryCall } from '../contract.ts';
import * as summaryStore from '../summary-store.ts';
import { midnight } from './read-turnaround.ts';

export async function turnaroundSummary(
  ctx: Ctx,
  { fromDay, toDay, groupBy }: ParsedInput<typeof turnaroundSummaryCall>,
): Promise<CallOutput<typeof turnaroundSummaryCall>> {
  const until = new Date(Date.parse(midnight(toDay)) + 86_400_000).toISOString();
  const groups = await summaryStore.summarise(ctx.db, ctx.labId(), { from: midnight(fromDay), until, groupBy });
  return {
    lines: groups.reduce((sum, group) => sum + group.lines, 0),
    breaches: groups.reduce((sum, group) => sum + group.breaches, 0),
    groups: [...groups],
  };
}
