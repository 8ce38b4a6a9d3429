import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock } from '../clock.ts';
import { testCache } from './conformance.ts';
import { createMemoryCache } from './memory.ts';

testCache('memory', (t) => {
  const clock = createManualClock('2026-11-25T00:00:00.000Z');
  const cache = createMemoryCache(clock);
  t.after(() => cache.close());
  return { cache, advance: (ms) => clock.advance(ms) };
});

test('memory: never holds more than its bound; the oldest goes first, and being counted again keeps a key young', async () => {
  const cache = createMemoryCache(createManualClock('2026-11-25T00:00:00.000Z'), 3);
  await cache.count('busy', 1000);
  await cache.set('a', '1', 1000);
  await cache.set('b', '2', 1000);
  await cache.count('busy', 1000);
  await cache.set('c', '3', 1000);
  assert.equal(await cache.get('a'), undefined);
  assert.equal((await cache.count('busy', 1000)).count, 3);
  assert.equal(await cache.get('b'), '2');
});
