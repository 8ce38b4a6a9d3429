import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { fileStoreConformance } from './conformance.ts';
import { createFolderStore } from './folder.ts';

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nidaan-files-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'shelf');
}

fileStoreConformance('folder', async (t) => createFolderStore(await newFolder(t)));

test('folder: a broken stream leaves no part behind', async (t) => {
  const folder = await newFolder(t);
  const files = createFolderStore(folder);
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(200_000);
      throw new Error('the line broke');
    })(),
  );
  await assert.rejects(files.put('lab/half', broken));
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  assert.deepEqual(
    left.filter((entry) => entry.isFile()).map((entry) => entry.name),
    [],
  );
});

test('folder: a file beside the shelf cannot be reached or removed', async (t) => {
  const folder = await newFolder(t);
  const files = createFolderStore(folder);
  await files.put('inside', Buffer.from('inside'));
  await writeFile(join(dirname(folder), 'outside'), 'outside');
  await assert.rejects(files.get('../outside'));
  await assert.rejects(files.delete('../outside'));
  assert.ok((await readdir(dirname(folder))).includes('outside'));
});
