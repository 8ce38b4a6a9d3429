// Files in and out: an upload streams to the shelf's staging corner and is then adopted by the file service; a signed
// link streams a file back.
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

import { invalidInput, ServiceError } from '#platform/errors.ts';
import type { FileStore } from '#platform/files/port.ts';
import { newId } from '#platform/ids.ts';
import { checkPermission, parseInput } from '#platform/runtime/dispatch.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { fileTooLarge, openLink, uploadFile } from '#contract/file.ts';

export interface FileRouteOptions {
  readonly dispatcher: Dispatcher;
  readonly files: FileStore;
  readonly uploadMaxBytes: number;
}

const HEAD_BYTES = 512;

/** Counts, hashes and keeps the first bytes of what flows through; stops at the limit. */
function measure(maxBytes: number): {
  readonly stream: Transform;
  facts(): { sizeBytes: number; sha256: string; head: Buffer };
} {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let head = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        done(fileTooLarge({ maxBytes }));
        return;
      }
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, facts: () => ({ sizeBytes, sha256: hash.digest('hex'), head }) };
}

function fieldText(fields: Record<string, unknown>, name: string): string | undefined {
  const field = fields[name];
  if (typeof field === 'object' && field !== null && 'value' in field && typeof field.value === 'string')
    return field.value;
  return undefined;
}

/** A name safe in a header: ASCII here, the real one in the extended parameter (RFC 6266, characters of RFC 8187). */
function disposition(name: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${name.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encoded}`;
}

export async function fileRoutes(app: FastifyInstance, options: FileRouteOptions): Promise<void> {
  const { dispatcher, files, uploadMaxBytes } = options;
  await app.register(async (scoped) => {
    // The plugin's own limit lies just above ours: ours answers with our error.
    await scoped.register(multipart, { limits: { files: 1, fields: 8, fileSize: uploadMaxBytes + 1 } });
    scoped.post('/files', { bodyLimit: uploadMaxBytes + 1_048_576 }, async (request, reply) => {
      // Refused before the first byte is read.
      checkPermission(request.scope.actor, 'file.upload');
      const declared = Number(request.headers['content-length'] ?? 0);
      if (declared > uploadMaxBytes + 1_048_576) throw fileTooLarge({ maxBytes: uploadMaxBytes });
      const part = await request.file();
      if (!part) throw invalidInput({ issues: [{ field: 'file', expected: 'one file part in multipart/form-data' }] });
      const id = newId();
      const stagingKey = `staging/${id}`;
      const { stream, facts } = measure(uploadMaxBytes);
      try {
        await Promise.all([pipeline(part.file, stream), files.put(stagingKey, stream)]);
        const { sizeBytes, sha256, head } = facts();
        const input = parseInput(uploadFile.input, {
          id,
          stagingKey,
          name: part.filename,
          contentType: part.mimetype,
          sizeBytes,
          sha256,
          head: head.toString('base64'),
          ownerType: fieldText(part.fields, 'ownerType'),
          ownerId: fieldText(part.fields, 'ownerId'),
        });
        const file = await dispatcher.call(uploadFile, input, request.scope);
        return await reply.code(201).send(file);
      } catch (error) {
        // What is still on its way is read and thrown away; left unread it would hold the connection, and a stop, for long.
        request.raw.resume();
        await files.delete(stagingKey).catch(() => {});
        if (stream.errored instanceof ServiceError) throw stream.errored;
        throw error;
      }
    });
  });

  // Open: the signature in the link is the permission; the file service checks it.
  app.get<{ Params: { token: string } }>('/files/:token', { config: { isOpen: true } }, async (request, reply) => {
    const file = await dispatcher.call(openLink, { token: request.params.token }, request.scope);
    const etag = `"${file.sha256}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-store');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    const bytes = await files.get(file.key);
    reply
      .type(file.contentType)
      .header('content-length', file.sizeBytes)
      .header('content-disposition', disposition(file.name))
      .header('x-content-type-options', 'nosniff');
    return reply.send(bytes);
  });
}
