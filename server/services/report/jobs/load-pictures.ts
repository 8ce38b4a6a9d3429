// The bytes of the pictures a report prints, from the shelf by the file service's own way, which notes that they were read.
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

import { linkFile, openLink } from '#contract/file.ts';
import type { Ctx } from '#platform/service.ts';

import { isPrintable } from '../domain/picture.ts';
import type { ReportContent } from '../domain/report-content.ts';

/** By file id; what is not what was composed, or cannot be printed, is left out. */
export async function loadPictures(ctx: Ctx, content: ReportContent): Promise<ReadonlyMap<string, Uint8Array>> {
  const images = content.sections
    .flatMap(({ tests }) => tests.flatMap(({ results }) => results))
    .flatMap(({ detail }) => (detail?.kind === 'image' ? detail.images : []));
  const pictures = new Map<string, Uint8Array>();
  for (const { fileId, sha256, type } of images) {
    const { url } = await ctx.callAsSystem(linkFile, { fileId });
    const { key } = await ctx.callAsSystem(openLink, { token: url.split('/').at(-1) ?? '' });
    const bytes = await buffer(await ctx.ports.files.get(key));
    if (createHash('sha256').update(bytes).digest('hex') === sha256 && isPrintable(bytes, type))
      pictures.set(fileId, bytes);
  }
  return pictures;
}
