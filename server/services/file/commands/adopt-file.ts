import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { adoptFile as adoptFileCall, FileView } from '../contract.ts';
import { fileIdTaken, fileStored } from '../contract.ts';
import { shelve } from '../shelve.ts';
import * as store from '../store.ts';

type Adopted = ParsedInput<typeof adoptFileCall>;

function isSame(file: store.FileRow, input: Adopted): boolean {
  return (
    file.sha256 === input.sha256 &&
    file.sizeBytes === input.sizeBytes &&
    file.ownerType === input.ownerType &&
    file.ownerId === input.ownerId
  );
}

/** `<lab>/<year>/<id>`, and the hash behind it: two that fight for one id never write over each other's bytes. */
function placeOf(labId: string, now: string, input: Adopted): string {
  return `${labId}/${now.slice(0, 4)}/${input.id}-${input.sha256.slice(0, 32)}`;
}

/**
 * Takes bytes from the staging corner into a file's own place and notes the file. The bytes are copied before the
 * transaction: should it fail, they lie unknown on the shelf until the same file is sent again.
 * @throws platform.file_missing | file.content_differs | file.id_taken; what `look` throws
 */
export async function adoptFile(ctx: Ctx, input: Adopted, look?: (head: Buffer) => void): Promise<FileView> {
  const labId = ctx.labId();
  const before = await store.find(ctx.db, labId, input.id);
  const file = before ? sameOrRefuse(before, input) : await takeIn(ctx, input, look);
  // Committed: the staging copy is of no use any more, and one that stays does no harm.
  await ctx.ports.files.delete(input.stagingKey).catch(() => ctx.log.warn('file.staging_left', { fileId: input.id }));
  return file;
}

function sameOrRefuse(file: store.FileRow, input: Adopted): store.FileRow {
  if (!isSame(file, input)) throw fileIdTaken({});
  return file;
}

async function takeIn(ctx: Ctx, input: Adopted, look?: (head: Buffer) => void): Promise<store.FileRow> {
  const labId = ctx.labId();
  const { id, name, contentType, sizeBytes, sha256, ownerType, ownerId, caseId = null } = input;
  const storedAt = ctx.now();
  const key = placeOf(labId, storedAt, input);
  await shelve(ctx.ports.files, { from: input.stagingKey, to: key, announced: input, ...(look && { look }) });
  const row: store.FileRow = {
    id,
    key,
    name,
    contentType,
    sizeBytes,
    sha256,
    ownerType,
    ownerId,
    caseId,
    storedAt,
    storedBy: ctx.actor.name,
  };
  return ctx.transaction(async (tx) => {
    const added = await store.add(tx, labId, row);
    if (!added) {
      // Someone else was quicker; reads here see what that one has committed.
      const other = await store.find(tx, labId, id);
      if (!other) throw new Error('A file is neither new nor there');
      return sameOrRefuse(other, input);
    }
    tx.audit('file.store', id, { ownerType, ownerId, contentType, sizeBytes, sha256 }, caseId ?? undefined);
    tx.emit(fileStored, id, { fileId: id, ownerType, ownerId, sha256, at: storedAt });
    return added;
  });
}
