import type { Ctx } from '#platform/service.ts';

import { askAgainAt } from '../commands/decide-order.ts';
import * as store from '../store.ts';

/** The bench hears the same news at the same time, and takes its holds off first. */
const AFTER_MS = 15_000;

/** A control was measured, or a hold was lifted by its owner: what waits is asked again soon. */
export async function onBenchNews(ctx: Ctx): Promise<void> {
  if ((await store.firstWaiting(ctx.db, ctx.labId())) === undefined) return;
  await ctx.transaction(async (tx) =>
    askAgainAt(ctx, tx, new Date(Date.parse(ctx.now()) + AFTER_MS).toISOString(), true),
  );
}
