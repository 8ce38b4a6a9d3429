import type { Page, ParsedInput } from '#platform/contract.ts';
import { decodeCursor, toPage } from '#platform/paging.ts';
import type { Ctx } from '#platform/service.ts';

import type { FileView, getFile as getFileCall, listFiles as listFilesCall } from '../contract.ts';
import { fileNotFound } from '../contract.ts';
import * as store from '../store.ts';

export async function getFile(ctx: Ctx, { fileId }: ParsedInput<typeof getFileCall>): Promise<store.FileRow> {
  const file = await store.find(ctx.db, ctx.labId(), fileId);
  if (!file) throw fileNotFound({});
  return file;
}

const END: readonly [string, string] = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

export async function listFiles(
  ctx: Ctx,
  { ownerId, first, after }: ParsedInput<typeof listFilesCall>,
): Promise<Page<FileView>> {
  const [storedAt, id] = after ? decodeCursor(after, 2) : END;
  const rows = await store.listOfOwner(ctx.db, ctx.labId(), {
    ownerId,
    after: [String(storedAt), String(id)],
    limit: first + 1,
  });
  return toPage(
    rows,
    first,
    (row) => [row.storedAt, row.id],
    (row) => row,
  );
}
