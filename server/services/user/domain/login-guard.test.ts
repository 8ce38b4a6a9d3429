import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { Guard } from './login-guard.ts';
import { afterFailure, lockedForSeconds } from './login-guard.ts';

const rule = { failuresAllowed: 3, lockMinutes: 15 };
const START = Date.parse('2026-11-25T09:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const none: Guard = { failures: 0, lockedUntil: null, lastFailedAt: at(0) };

test('the third wrong password in a row locks for fifteen minutes, then the count starts anew', () => {
  const second = afterFailure(afterFailure(none, at(0), rule), at(1), rule);
  assert.equal(lockedForSeconds(second, at(1)), 0);
  const third = afterFailure(second, at(2), rule);
  assert.equal(lockedForSeconds(third, at(2)), 900);
  assert.equal(lockedForSeconds(third, at(901)), 1);
  assert.equal(lockedForSeconds(third, at(902)), 0);
  assert.deepEqual(afterFailure(third, at(902), rule), { failures: 1, lockedUntil: null, lastFailedAt: at(902) });
});

test('a day of rest is forgotten', () => {
  const second = afterFailure(afterFailure(none, at(0), rule), at(1), rule);
  assert.equal(afterFailure(second, at(1 + 86_399), rule).failures, 3);
  assert.equal(afterFailure(second, at(1 + 86_400), rule).failures, 1);
});

test('however failures are spread, no window of the lock time holds more than the allowed ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }),
      fc.integer({ min: 1, max: 6 }),
      (gaps, failuresAllowed) => {
        let guard = none;
        let now = 0;
        const tried: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (lockedForSeconds(guard, at(now)) > 0) continue;
          tried.push(now);
          guard = afterFailure(guard, at(now), { failuresAllowed, lockMinutes: 15 });
          assert.equal(lockedForSeconds(guard, at(now)) > 0, guard.failures >= failuresAllowed);
        }
        for (const [i, first] of tried.entries()) {
          const later = tried[i + 2 * failuresAllowed - 1];
          // Two full counts always have one lock between them.
          if (later !== undefined) assert.ok(later - first >= 900);
        }
      },
    ),
  );
});
