import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { FileView, uploadFile as uploadFileCall } from '../contract.ts';
import { fileTooLarge, typeRefused } from '../contract.ts';
import { fileKindOf } from '../domain/file-kind.ts';
import { permissionToUpload } from '../domain/who-may-link.ts';
import { adoptFile } from './adopt-file.ts';

/** Judges kind and size, then adopts. The type kept is the one found, whatever the sender called it. */
export async function uploadFile(ctx: Ctx, { head, ...file }: ParsedInput<typeof uploadFileCall>): Promise<FileView> {
  ctx.require(permissionToUpload(file.ownerType));
  const maxBytes = ctx.config.uploadMaxBytes;
  if (file.sizeBytes > maxBytes) throw fileTooLarge({ maxBytes });
  const kind = fileKindOf(Buffer.from(head, 'base64'), file);
  if (!kind.isTaken) throw typeRefused({ found: kind.found });
  // `head` is what the caller says the bytes begin with; the bytes themselves decide.
  return adoptFile(ctx, { ...file, contentType: kind.contentType }, (bytes) => {
    const real = fileKindOf(bytes, file);
    if (!real.isTaken) throw typeRefused({ found: real.found });
    if (real.contentType !== kind.contentType) throw typeRefused({ found: real.contentType });
  });
}
