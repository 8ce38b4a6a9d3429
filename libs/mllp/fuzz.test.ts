import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzz } from './fuzz.testing.ts';
import { createMllpDecoder } from './index.ts';

test('50,000 damaged inputs: nothing thrown, the same events in any chunking', { timeout: 120_000 }, (t) => {
  const seed = 20_261_125;
  t.diagnostic(`seed ${seed}`);
  const { blocks, refused } = fuzz(50_000, seed);
  assert.ok(blocks > 20_000 && refused > 20_000, `${blocks} blocks, ${refused} refused`);
});

test('endless traffic of any kind stays below the bound', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  const used = (): number => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const chunk = Buffer.alloc(65_536, 'x');
  for (const start of ['', '\u000b', 'MSH|']) {
    const decoder = createMllpDecoder({ maxBlockBytes: 1_000_000 });
    const before = used();
    decoder.push(Buffer.from(start, 'latin1'));
    for (let sent = 0; sent < 100_000_000; sent += chunk.length) decoder.push(chunk);
    // The block limit, doubled when the buffer grows, and room for what the test runner itself does meanwhile.
    assert.ok(used() - before < 8_000_000, `${JSON.stringify(start)} keeps ${used() - before} bytes`);
    assert.ok(decoder.blockStart().length <= 4096);
  }
});
