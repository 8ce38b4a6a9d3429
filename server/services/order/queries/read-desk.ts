import type { Page, ParsedInput } from '#platform/contract.ts';
import { badCursor } from '#platform/errors.ts';
import { decodeCursor, END_OF_TIME, instantKey, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import { ownerOf } from '../commands/keep-draft.ts';
import type {
  DraftView,
  getUpload as getUploadCall,
  listDrafts as listDraftsCall,
  listUploadRows as listUploadRowsCall,
  UploadRow,
  UploadView,
} from '../contract.ts';
import { uploadNotFound } from '../contract.ts';
import * as deskStore from '../desk-store.ts';

export async function listDrafts(
  ctx: Ctx,
  { first, after }: ParsedInput<typeof listDraftsCall>,
): Promise<Page<DraftView>> {
  const before = after ? instantKey(after) : END_OF_TIME;
  return toPage(
    await deskStore.listDrafts(ctx.db, ctx.labId(), ownerOf(ctx), before, first + 1),
    first,
    (draft) => [draft.savedAt, draft.id],
    (draft) => draft,
  );
}

export async function getUpload(ctx: Ctx, { uploadId }: ParsedInput<typeof getUploadCall>): Promise<UploadView> {
  const upload = await deskStore.viewUpload(ctx.db, ctx.labId(), uploadId);
  if (upload === undefined) throw uploadNotFound({});
  return upload;
}

export async function listUploadRows(
  ctx: Ctx,
  { uploadId, status, first, after }: ParsedInput<typeof listUploadRowsCall>,
): Promise<Page<UploadRow>> {
  const from = after ? decodeCursor(after, 1)[0] : 0;
  if (typeof from !== 'number') throw badCursor({});
  return toPage(
    await deskStore.listRows(ctx.db, ctx.labId(), uploadId, status ?? null, from, first + 1),
    first,
    (row) => [row.row],
    (row) => row,
  );
}
