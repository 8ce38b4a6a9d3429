// From the staging corner to a file's own place, checked on the way.
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ServiceError } from '#platform/errors.ts';
import type { FileStore } from '#platform/files/port.ts';

import { contentDiffers } from './contract.ts';

export interface Announced {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Shelving {
  readonly from: string;
  readonly to: string;
  readonly announced: Announced;
  /** Looks at the first bytes (all of a short file) before anything is written; throws to refuse. */
  readonly look?: (head: Buffer) => void;
}

export const HEAD_BYTES = 512;

/** Lets bytes through and ends with an error unless they are what was announced. */
function checker({ announced, look }: Shelving): Transform {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let head: Buffer | undefined = Buffer.alloc(0);
  const lookOnce = (): void => {
    if (head === undefined) return;
    look?.(head);
    head = undefined;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        sizeBytes += chunk.length;
        if (sizeBytes > announced.sizeBytes) throw contentDiffers({});
        hash.update(chunk);
        if (head !== undefined) {
          head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
          if (head.length === HEAD_BYTES) lookOnce();
        }
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error('refused'));
      }
    },
    flush(done) {
      try {
        lookOnce();
        if (sizeBytes !== announced.sizeBytes || hash.digest('hex') !== announced.sha256) throw contentDiffers({});
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error('refused'));
      }
    },
  });
}

/**
 * Copies bytes, hashing them; the shelf stores whole or not at all, so a refusal leaves nothing at `to`.
 * @throws platform.file_missing when nothing lies at `from`; file.content_differs; what `look` throws
 */
export async function shelve(files: FileStore, shelving: Shelving): Promise<void> {
  const source = await files.get(shelving.from);
  const checked = checker(shelving);
  const [read, written] = await Promise.allSettled([pipeline(source, checked), files.put(shelving.to, checked)]);
  // The reason lies in the stream; the shelf may have wrapped it.
  if (checked.errored instanceof ServiceError) throw checked.errored;
  if (read.status === 'rejected' && written.status === 'fulfilled') throw read.reason;
  if (written.status === 'rejected') throw written.reason;
}
