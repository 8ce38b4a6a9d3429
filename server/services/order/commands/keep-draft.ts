import type { ParsedInput } from '#platform/contract.ts';
import { unauthenticated } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { discardDraft as discardDraftCall, DraftView, saveDraft as saveDraftCall } from '../contract.ts';
import { draftRefused, draftTooLarge, tooManyDrafts } from '../contract.ts';
import * as deskStore from '../desk-store.ts';
import { aadhaarField, DRAFT_DAYS, MAX_DRAFT_BYTES, MAX_DRAFTS } from '../domain/draft-content.ts';
import { pruneDraftsJob } from '../jobs/prune-drafts.ts';

/** Drafts are a person's own. @throws platform.unauthenticated for the system */
export function ownerOf(ctx: Ctx): string {
  if (ctx.actor.userId === null) throw unauthenticated({});
  return ctx.actor.userId;
}

/** Keeps what is typed, again and again under one id (lab-day 19). Not audited: nothing has been ordered. */
export async function saveDraft(ctx: Ctx, { id, content }: ParsedInput<typeof saveDraftCall>): Promise<DraftView> {
  const labId = ctx.labId();
  const userId = ownerOf(ctx);
  if (Buffer.byteLength(JSON.stringify(content)) > MAX_DRAFT_BYTES) throw draftTooLarge({ maxBytes: MAX_DRAFT_BYTES });
  const field = aadhaarField(content);
  if (field !== undefined) throw draftRefused({ field });
  return ctx.transaction(async (tx) => {
    if ((await deskStore.countOtherDrafts(tx, labId, userId, id)) >= MAX_DRAFTS) {
      throw tooManyDrafts({ most: MAX_DRAFTS });
    }
    const savedAt = ctx.now();
    const runAt = new Date(Date.parse(savedAt) + DRAFT_DAYS * 86_400_000).toISOString();
    tx.schedule(pruneDraftsJob, {}, { key: `order.prune_drafts ${labId}`, runAt });
    return deskStore.saveDraft(tx, labId, userId, { id, content, savedAt });
  });
}

export async function discardDraft(
  ctx: Ctx,
  { id }: ParsedInput<typeof discardDraftCall>,
): Promise<{ readonly isDiscarded: boolean }> {
  const userId = ownerOf(ctx);
  return ctx.transaction(async (tx) => ({ isDiscarded: await deskStore.removeDraft(tx, ctx.labId(), userId, id) }));
}
