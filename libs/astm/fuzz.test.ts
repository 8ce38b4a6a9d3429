import assert from 'node:assert/strict';
import { test } from 'node:test';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzz } from './fuzz.testing.ts';
import { startBench } from './test-kit.ts';

test(
  '50,000 damaged inputs: nothing thrown, no message without H and L, the same in any chunking',
  { timeout: 180_000 },
  (t) => {
    const seed = 20_261_125;
    t.diagnostic(`seed ${seed}`);
    const { frames, messages, stored, refused } = fuzz(50_000, seed);
    t.diagnostic(`${frames} frames, ${messages} messages read, ${stored} stored, ${refused} refused to be framed`);
    assert.ok(frames > 5000 && messages > 20_000 && stored > 5000 && refused > 20_000);
  },
);

test('endless traffic of any kind stays below the bound', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  const used = (): number => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const kinds = [
    ['noise', '', 'x', 20_000_000],
    ['a frame without end', '\x05\x021H|', 'x', 20_000_000],
    ['records without frames', 'H|\\^&\r', 'x', 20_000_000],
    // Each is a session of its own, with its answer and its timers.
    ['ENQ', '', '\x05', 500_000],
  ] as const;
  for (const [name, start, letter, size] of kinds) {
    const chunk = Buffer.alloc(65_536, letter);
    const bench = startBench({ maxMessageBytes: 1_000_000 });
    bench.feed(start);
    const before = used();
    for (let sent = 0; sent < size; sent += chunk.length) {
      bench.session.receive(chunk);
      // The bench keeps every command; the session must not.
      bench.commands.length = 0;
    }
    const kept = used() - before;
    assert.ok(kept < 8_000_000, `${name} keeps ${kept} bytes`);
  }
});
