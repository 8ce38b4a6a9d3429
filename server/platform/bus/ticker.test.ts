import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { TestContext } from 'node:test';

import { databaseUnavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import { silentLog } from '../log.ts';
import { createTicker } from './ticker.ts';

/** Lets everything that is ready run, without moving the clock. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

function stillTime(t: TestContext): void {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
}

test('works at once, then every so often, and again at once while there is more', async (t) => {
  stillTime(t);
  let runs = 0;
  let more = 2;
  const ticker = createTicker({
    name: 'test',
    everyMs: 100,
    log: silentLog,
    work: async () => {
      runs += 1;
      more -= 1;
      return more > 0;
    },
  });
  await settle();
  assert.equal(runs, 2);
  mock.timers.tick(99);
  await settle();
  assert.equal(runs, 2);
  mock.timers.tick(1);
  await settle();
  assert.equal(runs, 3);
  ticker.wake();
  await settle();
  assert.equal(runs, 4);
  await ticker.stop();
});

test('a first run that is put off comes when its time has come, or when woken before', async (t) => {
  stillTime(t);
  for (const isWoken of [false, true]) {
    let runs = 0;
    const work = async () => {
      runs += 1;
      return false;
    };
    const ticker = createTicker({ name: 'test', everyMs: 100, firstAfterMs: 5000, log: silentLog, work });
    mock.timers.tick(4999);
    await settle();
    assert.equal(runs, 0);
    if (isWoken) ticker.wake();
    else mock.timers.tick(1);
    await settle();
    assert.equal(runs, 1);
    mock.timers.tick(100);
    await settle();
    assert.equal(runs, 2);
    await ticker.stop();
  }
});

test('woken in the middle of a run it runs once more after it, never beside it', async (t) => {
  stillTime(t);
  let runs = 0;
  let atOnce = 0;
  let most = 0;
  let finish = () => {};
  const ticker = createTicker({
    name: 'test',
    everyMs: 100,
    log: silentLog,
    work: async () => {
      runs += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      atOnce -= 1;
      return false;
    },
  });
  await settle();
  ticker.wake();
  ticker.wake();
  ticker.wake();
  await settle();
  assert.equal(runs, 1);
  finish();
  await settle();
  assert.equal(runs, 2, 'three wakes in one run are one more run');
  finish();
  await settle();
  assert.equal(runs, 2);
  assert.equal(most, 1);
  await ticker.stop();
});

test('waits longer after each failure, wakes or not, up to half a minute, and is quick again after a success', async (t) => {
  stillTime(t);
  let runs = 0;
  let isBroken = true;
  const said: unknown[] = [];
  const log: Log = {
    ...silentLog,
    warn: (event, facts) => said.push([event, facts?.['failures'], facts?.['code']]),
    error: (event) => said.push([event]),
  };
  const ticker = createTicker({
    name: 'test',
    everyMs: 100,
    log,
    work: async () => {
      runs += 1;
      if (isBroken) throw databaseUnavailable({});
      return false;
    },
  });
  await settle();
  const waits = [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
  for (const [index, waitMs] of waits.entries()) {
    assert.equal(runs, index + 1);
    ticker.wake();
    mock.timers.tick(waitMs - 1);
    await settle();
    assert.equal(runs, index + 1, `not before ${waitMs} ms`);
    mock.timers.tick(1);
    await settle();
  }
  assert.deepEqual(said.slice(0, 2), [
    ['ticker.failed', 1, 'platform.database_unavailable'],
    ['ticker.failed', 2, 'platform.database_unavailable'],
  ]);
  isBroken = false;
  mock.timers.tick(30_000);
  await settle();
  const before = runs;
  mock.timers.tick(100);
  await settle();
  assert.equal(runs, before + 1);
  await ticker.stop();
});

test('stop waits for the run in hand and nothing runs after it', async (t) => {
  stillTime(t);
  let runs = 0;
  let finish = () => {};
  const ticker = createTicker({
    name: 'test',
    everyMs: 100,
    log: silentLog,
    work: async () => {
      runs += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return true;
    },
  });
  await settle();
  let isStopped = false;
  const stopped = ticker.stop().then(() => {
    isStopped = true;
  });
  await settle();
  assert.equal(isStopped, false);
  finish();
  await stopped;
  ticker.wake();
  mock.timers.tick(60_000);
  await settle();
  assert.equal(runs, 1);
});
