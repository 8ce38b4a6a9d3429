// What every cache must do, whatever it is made of: the same tests run against each adapter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import type { Cache } from './port.ts';

export interface CacheUnderTest {
  readonly cache: Cache;
  /** Lets this much time pass, as the cache counts it. */
  advance(ms: number): Promise<void> | void;
}

export function testCache(adapter: string, make: (t: TestContext) => Promise<CacheUnderTest> | CacheUnderTest): void {
  test(`${adapter}: a value is kept until its time is over, and not a moment longer`, async (t) => {
    const { cache, advance } = await make(t);
    assert.equal(await cache.get('a'), undefined);
    await cache.set('a', 'one', 1000);
    await cache.set('empty', '', 1000);
    await advance(900);
    assert.equal(await cache.get('a'), 'one');
    assert.equal(await cache.get('empty'), '');
    await advance(200);
    assert.equal(await cache.get('a'), undefined);
  });

  test(`${adapter}: setting again replaces the value and starts its time anew`, async (t) => {
    const { cache, advance } = await make(t);
    await cache.set('a', 'one', 1000);
    await advance(800);
    await cache.set('a', 'दो', 1000);
    await advance(800);
    assert.equal(await cache.get('a'), 'दो');
  });

  test(`${adapter}: what was deleted is gone; deleting nothing is harmless`, async (t) => {
    const { cache } = await make(t);
    await cache.set('a', 'one', 1000);
    await cache.set('b', 'two', 1000);
    await cache.delete('a');
    await cache.delete('a');
    await cache.delete('never');
    assert.equal(await cache.get('a'), undefined);
    assert.equal(await cache.get('b'), 'two');
  });

  test(`${adapter}: counts in a fixed window that the first count opens`, async (t) => {
    const { cache, advance } = await make(t);
    assert.equal((await cache.count('k', 1000)).count, 1);
    await advance(600);
    const second = await cache.count('k', 1000);
    assert.equal(second.count, 2);
    assert.ok(second.resetInMs > 0 && second.resetInMs <= 400, 'a later count does not lengthen the window');
    assert.equal((await cache.count('other', 1000)).count, 1);
    await advance(500);
    const next = await cache.count('k', 1000);
    assert.equal(next.count, 1);
    assert.ok(next.resetInMs > 500 && next.resetInMs <= 1000);
  });

  test(`${adapter}: counts made at the same moment are all counted, each with its own number`, async (t) => {
    const { cache } = await make(t);
    const counts = await Promise.all(Array.from({ length: 50 }, () => cache.count('k', 10_000)));
    assert.deepEqual(
      counts.map(({ count }) => count).toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  test(`${adapter}: keys may hold any text`, async (t) => {
    const { cache } = await make(t);
    for (const key of ['rate 10.0.0.1', '__proto__', 'constructor', 'a:b', 'a b', '*']) {
      assert.equal(await cache.get(key), undefined, key);
      await cache.set(key, `value of ${key}`, 1000);
    }
    assert.equal(await cache.get('__proto__'), 'value of __proto__');
    assert.equal(await cache.get('*'), 'value of *');
  });
}
