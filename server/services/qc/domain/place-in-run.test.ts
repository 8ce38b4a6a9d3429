import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { joined, runOf } from './place-in-run.ts';
import type { Placing, Run } from './place-in-run.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();
const usual = { runMinutes: 30, correctedAt: null };

/** Lots by the minute they were measured at, in the order of their coming; the runs they make, by minute. */
function runsFrom(
  arrivals: readonly (readonly [lotId: string, minute: number])[],
  settings: Parameters<typeof runOf>[2] = usual,
): readonly string[] {
  const runs = new Map<string, Run>();
  for (const [n, [lotId, minute]] of arrivals.entries()) {
    const control: Placing = { lotId, measuredAt: at(minute) };
    const run = runOf([...runs.values()], control, settings) ?? {
      runId: `run ${n}`,
      runAt: control.measuredAt,
      firstMeasuredAt: control.measuredAt,
      lastMeasuredAt: control.measuredAt,
      lotIds: [],
      isNamed: false,
    };
    runs.set(run.runId, joined(run, control));
  }
  return [...runs.values()]
    .toSorted((a, b) => (a.firstMeasuredAt < b.firstMeasuredAt ? -1 : 1))
    .map(({ lotIds }) => lotIds.toSorted().join(' '));
}

test('levels within the minutes of a run are one run; the same lot again begins another, which the next level joins', () => {
  assert.deepEqual(
    runsFrom([
      ['low', 0],
      ['high', 30],
    ]),
    ['high low'],
  );
  assert.deepEqual(
    runsFrom([
      ['low', 0],
      ['high', 31],
    ]),
    ['low', 'high'],
  );
  assert.deepEqual(
    runsFrom([
      ['low', 0],
      ['high', 5],
      ['high', 10],
      ['low', 12],
    ]),
    ['high low', 'high low'],
  );
  assert.deepEqual(
    runsFrom([
      ['low', 0],
      ['low of the next lot', 3],
      ['high', 5],
    ]),
    ['high low low of the next lot'],
  );
});

test('a correction ends the run before it, whichever side of it comes first', () => {
  const corrected = { runMinutes: 30, correctedAt: at(5) };
  assert.deepEqual(
    runsFrom(
      [
        ['high', 0],
        ['low', 6],
        ['high', 8],
      ],
      corrected,
    ),
    ['high', 'high low'],
  );
  assert.deepEqual(
    runsFrom(
      [
        ['low', 6],
        ['high', 0],
        ['high', 8],
      ],
      corrected,
    ),
    ['high', 'high low'],
  );
  assert.deepEqual(
    runsFrom(
      [
        ['high', 0],
        ['low', 5],
      ],
      corrected,
    ),
    ['high', 'low'],
    'at its very moment: after it',
  );
  assert.deepEqual(
    runsFrom(
      [
        ['high', 0],
        ['low', 4],
      ],
      corrected,
    ),
    ['high low'],
    'late, and measured before it',
  );
});

test('nothing joins what was recorded by hand', () => {
  const byHand: Run = {
    runId: 'by hand',
    runAt: at(0),
    firstMeasuredAt: at(0),
    lastMeasuredAt: at(0),
    lotIds: ['low'],
    isNamed: true,
  };
  assert.equal(runOf([byHand], { lotId: 'high', measuredAt: at(1) }, usual), undefined);
  assert.equal(runOf([byHand], { lotId: 'high', measuredAt: at(-1) }, usual), undefined);
});

test('rounds of controls further apart than a run is long make the same runs in whatever order they come', () => {
  const minutes = fc.array(fc.record({ low: fc.nat(30), high: fc.nat(30) }), { minLength: 1, maxLength: 8 });
  const shuffled = minutes.chain((rounds) => {
    const all = rounds.flatMap(({ low, high }, n) => [
      ['low', n * 90 + low] as const,
      ['high', n * 90 + high] as const,
    ]);
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
  fc.assert(
    fc.property(shuffled, (arrivals) => {
      assert.deepEqual(
        runsFrom(arrivals),
        Array.from({ length: arrivals.length / 2 }, () => 'high low'),
      );
    }),
  );
});
