// Forgets drafts nobody touched for 30 days. Asked for with the first draft of a lab, and by itself as long as some are left.
import type { Ctx } from '#platform/service.ts';
import { defineJob } from '#platform/service.ts';

import * as deskStore from '../desk-store.ts';
import { DRAFT_DAYS } from '../domain/draft-content.ts';

export const pruneDraftsJob = defineJob<Record<string, never>>('order.prune_drafts');

const KEEP_MS = DRAFT_DAYS * 86_400_000;

export async function pruneDrafts(ctx: Ctx): Promise<void> {
  const labId = ctx.labId();
  await ctx.transaction(async (tx) => {
    const oldest = await deskStore.pruneDrafts(tx, labId, new Date(Date.parse(ctx.now()) - KEEP_MS).toISOString());
    if (oldest === null) return;
    // A second later, so that the oldest is past its time and not on it.
    const runAt = new Date(Date.parse(oldest) + KEEP_MS + 1000).toISOString();
    tx.schedule(pruneDraftsJob, {}, { key: `order.prune_drafts ${labId}`, runAt });
  });
}
