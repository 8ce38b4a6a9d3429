// Files in a folder, through flydrive's local driver. A file appears under its key only when it is whole: it is written
// under another name first and moved.
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';

import { defineError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { FileStore } from './port.ts';
import { assertFileKey } from './port.ts';

export const fileMissing = defineError('platform.file_missing', 404, () => 'The file is not on the shelf any more.');
export const storageFull = defineError(
  'platform.storage_full',
  507,
  () => 'There is no room left to store the file.',
  'transient',
);

function hasCode(error: unknown, code: string): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === code) return true;
  }
  return false;
}

/** Waits until a file's bytes, or a folder's entries, have left the machine's memory (P1: a power cut takes nothing back). */
async function toDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function createFolderStore(folder: string): FileStore {
  const disk = new Disk(new FSDriver({ location: folder, visibility: 'private' }));
  return {
    put: async (key, bytes) => {
      assertFileKey(key);
      const partial = `partial/${newId()}`;
      try {
        await disk.putStream(partial, bytes instanceof Uint8Array ? Readable.from([bytes]) : bytes);
        await toDisk(join(folder, partial));
        await disk.move(partial, key);
        await toDisk(dirname(join(folder, key)));
      } catch (error) {
        await disk.delete(partial).catch(() => {});
        throw hasCode(error, 'ENOSPC') ? storageFull({}) : error;
      }
    },
    get: async (key) => {
      assertFileKey(key);
      if (!(await disk.exists(key))) throw fileMissing({});
      return disk.getStream(key);
    },
    has: async (key) => {
      assertFileKey(key);
      return disk.exists(key);
    },
    delete: async (key) => {
      assertFileKey(key);
      await disk.delete(key);
    },
  };
}
