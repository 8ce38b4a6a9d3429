// Bytes by key. Which person may read which file is the file service's business; this is only the shelf.
import type { Readable } from 'node:stream';

export interface FileStore {
  /** Stores a stream whole or not at all; the key must be new. */
  put(key: string, bytes: Uint8Array | Readable): Promise<void>;
  /** @throws platform.file_missing */
  get(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  delete(key: string): Promise<void>;
}
