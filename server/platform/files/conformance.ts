// What every shelf must do, whatever it is made of: the same tests run against each adapter.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { FileStore } from './port.ts';

const MEBIBYTE = 1_048_576;
const LARGE = 50 * MEBIBYTE;
const CHUNK = 65_536;
/** Far above what a pipe of 64 KiB chunks keeps in hand (measured: 128 KiB for a folder), far below the 50 MiB of the file. */
const MAX_KEPT = 2 * MEBIBYTE;

const hostileKeys = [
  '',
  '.',
  '..',
  '../x',
  'a/../x',
  'a/../../x',
  '/etc/passwd',
  'a//b',
  'a/',
  'a/.',
  '.hidden',
  'a/.hidden',
  'a\\..\\x',
  'a\0b',
  'a b',
  'A',
  '%2e%2e/x',
  'C:/x',
  'फ़ाइल',
  'a\nb',
  'a'.repeat(301),
];

function isMissing(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'platform.file_missing';
}

/** Collects garbage, so that what is counted afterwards is kept and not merely not yet thrown away. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  assert.ok(typeof gc === 'function');
  // Trap: the bytes of buffers found dead are swept by the next collection, so one alone still counts them.
  return () => {
    gc();
    gc();
  };
}

/** 50 MiB of fresh chunks, each different; notes the most bytes kept alive while they flow. */
function largeStream(onChunk: (index: number) => void): Readable {
  const chunks = LARGE / CHUNK;
  return Readable.from(
    (function* () {
      for (let index = 0; index < chunks; index += 1) {
        onChunk(index);
        yield Buffer.alloc(CHUNK, index % 251);
      }
    })(),
  );
}

function sha256OfLarge(): string {
  const hash = createHash('sha256');
  for (let index = 0; index < LARGE / CHUNK; index += 1) hash.update(Buffer.alloc(CHUNK, index % 251));
  return hash.digest('hex');
}

/**
 * @param name of the adapter, in front of each test's name
 * @param open a shelf for one test; it may use `t.after` to clear away
 */
export function fileStoreConformance(name: string, open: (t: TestContext) => Promise<FileStore>): void {
  test(`${name}: what was put is got, bytes or stream, and gone after delete`, async (t) => {
    const files = await open(t);
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    await files.put('lab/2026/a', bytes);
    await files.put('lab/2026/b', Readable.from([bytes, Buffer.alloc(0), bytes]));
    assert.deepEqual(await buffer(await files.get('lab/2026/a')), bytes);
    assert.deepEqual(await buffer(await files.get('lab/2026/b')), Buffer.concat([bytes, bytes]));
    assert.equal(await files.has('lab/2026/a'), true);
    await files.delete('lab/2026/a');
    assert.equal(await files.has('lab/2026/a'), false);
    assert.equal(await files.has('lab/2026/b'), true);
    await files.delete('lab/2026/a');
  });

  test(`${name}: an empty file is a file`, async (t) => {
    const files = await open(t);
    await files.put('empty', new Uint8Array(0));
    assert.equal(await files.has('empty'), true);
    assert.equal((await buffer(await files.get('empty'))).length, 0);
  });

  test(`${name}: getting what is not there is refused`, async (t) => {
    const files = await open(t);
    assert.equal(await files.has('nothing/here'), false);
    await assert.rejects(files.get('nothing/here'), isMissing);
  });

  test(`${name}: a stream that fails midway leaves nothing under the key`, async (t) => {
    const files = await open(t);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(300_000, 1);
        // Lets the adapter write what it has before the break.
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('the line broke');
      })(),
    );
    await assert.rejects(files.put('half', broken));
    assert.equal(await files.has('half'), false);
    await assert.rejects(files.get('half'), isMissing);
    await files.put('half', Buffer.from('whole'));
    assert.equal((await buffer(await files.get('half'))).toString(), 'whole');
  });

  test(`${name}: the same bytes under the same key again change nothing`, async (t) => {
    const files = await open(t);
    await files.put('same', Buffer.from('same bytes'));
    await files.put('same', Buffer.from('same bytes'));
    assert.equal((await buffer(await files.get('same'))).toString(), 'same bytes');
  });

  test(`${name}: many at once do not mix`, async (t) => {
    const files = await open(t);
    const keys = Array.from({ length: 20 }, () => newId());
    await Promise.all(
      keys.map((key) =>
        files.put(`many/${key}`, Readable.from([Buffer.from(key.slice(0, 18)), Buffer.from(key.slice(18))])),
      ),
    );
    for (const key of keys) assert.equal((await buffer(await files.get(`many/${key}`))).toString(), key);
  });

  test(`${name}: 50 MiB flow in and out and little of it is kept in memory`, async (t) => {
    const files = await open(t);
    const collect = collector();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    let mostKept = 0;
    const look = (index: number) => {
      if (index % 128 !== 0) return;
      collect();
      mostKept = Math.max(mostKept, process.memoryUsage().arrayBuffers - before);
    };
    await files.put('large', largeStream(look));
    const hash = createHash('sha256');
    let index = 0;
    for await (const chunk of await files.get('large')) {
      look(index);
      index += 1;
      hash.update(chunk);
    }
    assert.equal(hash.digest('hex'), sha256OfLarge());
    assert.ok(mostKept < MAX_KEPT, `${mostKept} bytes were kept`);
  });

  test(`${name}: keys that could lead elsewhere are refused by every operation`, async (t) => {
    const files = await open(t);
    for (const key of hostileKeys) {
      await assert.rejects(files.put(key, Buffer.from('x')), `put ${JSON.stringify(key)}`);
      await assert.rejects(files.get(key), (error) => !isMissing(error), `get ${JSON.stringify(key)}`);
      await assert.rejects(files.has(key), `has ${JSON.stringify(key)}`);
      await assert.rejects(files.delete(key), `delete ${JSON.stringify(key)}`);
    }
  });
}
