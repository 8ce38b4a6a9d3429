// Bytes by key. Which person may read which file is the file service's business; this is only the shelf.
import type { Readable } from 'node:stream';

export interface FileStore {
  /**
   * Stores a stream whole or not at all: when the stream or the shelf fails, nothing lies under the key. The key must be
   * new, or hold the same bytes.
   */
  put(key: string, bytes: Uint8Array | Readable): Promise<void>;
  /** @throws platform.file_missing */
  get(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  /** Harmless when there is nothing. */
  delete(key: string): Promise<void>;
}

const KEY = /^[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)*$/;
const MAX_KEY_LENGTH = 300;

/**
 * Every adapter checks its keys here first. Keys are made by our own code, so a strange one is a fault of ours and not a
 * refusal: lower case (some file systems know no other), no segment that begins with a dot, no empty segment.
 * @throws Error when the key could lead out of the shelf or mean two things
 */
export function assertFileKey(key: string): void {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key))
    throw new Error('A file key has segments of a-z, 0-9, dot and dash, parted by /');
}
