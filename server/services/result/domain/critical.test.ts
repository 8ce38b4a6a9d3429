// Critical values: specs/result.md RES-47 to RES-50.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Flag } from '../contract.ts';
import type { CriticalMove, CriticalStatus, Now, Told } from './critical.ts';
import { criticalAfter, decide, isCritical, limitPassed, nextDueAt, WITHDRAWN } from './critical.ts';

const high: Now = { value: '6.8', flags: ['HH'] };
const higher: Now = { value: '7.4', flags: ['HH', 'D'] };
const normal: Now = { value: '4.2', flags: [] };
const gone: Now = { value: null, flags: [] };
const toldOf = ({ value, flags }: Now): Told => ({ value: value ?? WITHDRAWN, flags });

test('lab-day 48: LL, HH and AA are critical, alone or among others; L, H, A, D and X are not', () => {
  const all: readonly Flag[] = ['L', 'H', 'LL', 'HH', 'A', 'AA', 'D', 'X'];
  assert.deepEqual(
    all.filter((flag) => isCritical([flag])),
    ['LL', 'HH', 'AA'],
  );
  assert.equal(isCritical(['D', 'LL']), true);
  assert.equal(isCritical([]), false);
});

test('lab-medicine 6: what each change of a value asks for', () => {
  const verdicts = [
    // Nobody told yet.
    [null, null, normal, 'none'],
    [null, null, gone, 'none'],
    [null, null, high, 'open'],
    [toldOf(high), null, high, 'none'],
    [toldOf(high), null, higher, 'refresh'],
    [toldOf(high), null, normal, 'close'],
    [toldOf(high), null, gone, 'close'],
    // Somebody was told 6.8.
    [null, toldOf(high), high, 'none'],
    [null, toldOf(high), higher, 'open'],
    [null, toldOf(high), normal, 'open'],
    [null, toldOf(high), gone, 'open'],
    [toldOf(normal), toldOf(high), high, 'close'],
    [toldOf(normal), toldOf(high), gone, 'refresh'],
    // Somebody was told that it was withdrawn, or that it is normal.
    [null, toldOf(gone), normal, 'none'],
    [null, toldOf(gone), high, 'open'],
    [null, toldOf(normal), { value: '4.3', flags: [] }, 'none'],
  ] as const;
  for (const [open, belief, now, expected] of verdicts)
    assert.equal(decide(open, belief, now).verdict, expected, JSON.stringify([open, belief, now]));
  assert.equal(decide(null, toldOf(high), normal).isBeliefRight, false);
  assert.equal(decide(toldOf(normal), toldOf(high), high).isBeliefRight, true);
});

test('the same value that is judged otherwise needs no second call: what was told is true', () => {
  assert.deepEqual(decide(null, toldOf(high), { value: '6.8', flags: ['H'] }), {
    verdict: 'none',
    isBeliefRight: true,
  });
});

/** Nobody knows of a critical value, or somebody believes a value that is another now, and one of the two is critical. */
function mustCall(belief: Told | null, now: Now): boolean {
  if (belief === null) return isCritical(now.flags);
  return belief.value !== toldOf(now).value && (isCritical(now.flags) || isCritical(belief.flags));
}

test('no order of values and calls leaves a doctor with a wrong belief and nobody asked to call', () => {
  const values = fc.constantFrom(high, higher, normal, gone, { value: '1.1', flags: ['LL'] } satisfies Now);
  const step = fc.oneof(values, fc.constant('call' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now: Now = gone;
      const said: { open: Told | null; belief: Told | null } = { open: null, belief: null };
      for (const each of steps) {
        if (each === 'call') {
          said.belief = said.open ?? said.belief;
          said.open = null;
        } else {
          now = each;
          const { verdict } = decide(said.open, said.belief, now);
          if (verdict === 'open') assert.equal(said.open, null, 'never two at once');
          if (verdict === 'open' || verdict === 'refresh') said.open = toldOf(now);
          if (verdict === 'close') said.open = null;
        }
        assert.equal(
          said.open !== null,
          mustCall(said.belief, now),
          'one waits exactly when somebody has to be called',
        );
        if (said.open !== null) assert.deepEqual(said.open, toldOf(now), 'and it is about the value of now');
      }
    }),
    { numRuns: 3000 },
  );
});

test('no sequence leaves the states of a critical; told needs a call, and is never simply cleared', () => {
  const all: readonly CriticalMove[] = ['called', 'escalated', 'cleared', 'superseded', 'right after all'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...all), { maxLength: 40 }), (sequence) => {
      let status: CriticalStatus = 'open';
      let calls = 0;
      for (const move of sequence) {
        const next = criticalAfter(status, move);
        if (next === undefined) continue;
        if (move === 'called') calls += 1;
        if (move === 'cleared' || move === 'escalated') assert.equal(status, 'open');
        status = next;
        if (status === 'open') assert.equal(calls, 0);
        assert.ok(['open', 'told', 'closed'].includes(status));
      }
    }),
  );
  assert.equal(criticalAfter('closed', 'called'), undefined);
});

test('the limit is told in words, from the range stored with the value', () => {
  const range = {
    low: '3.5',
    high: '5.1',
    text: null,
    kind: 'reference',
    criticalLow: '2.8',
    criticalHigh: '6.2',
    sex: 'any',
    ageFromDays: 0,
    ageToDays: null,
    ageDays: 12_000,
    source: 'test',
  } as const;
  assert.equal(limitPassed(['HH'], range), 'above the critical limit 6.2');
  assert.equal(limitPassed(['LL', 'D'], range), 'below the critical limit 2.8');
  assert.equal(limitPassed(['AA'], null), 'critical finding');
});

test('lab-day 48: the clock moves on by the minutes of the policy, once after a stop of the house', () => {
  assert.equal(nextDueAt('2026-11-25T05:30:00.000Z', '2026-11-25T05:30:01.000Z', 30), '2026-11-25T06:00:01.000Z');
  assert.equal(nextDueAt('2026-11-25T05:30:00.000Z', '2026-11-25T05:00:00.000Z', 30), '2026-11-25T06:00:00.000Z');
  assert.equal(nextDueAt('2026-11-25T05:30:00.000Z', '2026-11-25T09:10:00.000Z', 30), '2026-11-25T09:40:00.000Z');
});
