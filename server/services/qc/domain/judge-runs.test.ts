import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { judgeRuns } from './judge-runs.ts';
import type { JudgedControl, RulesInUse } from './judge-runs.ts';
import { usualRules } from './usual-rules.ts';

const inUse: RulesInUse = { uses: usualRules(2), limits: 'strict', rangeRule: 'opposite', afterRejection: 'leave_out' };
const at = (run: number): string => new Date(Date.UTC(2026, 10, 1, 0, run)).toISOString();
const control = (run: number, level: number, z: number, lotId = `lot ${level}`): JudgedControl => ({
  id: `${run}/${lotId}`,
  runId: `run ${run}`,
  lotId,
  level,
  runAt: at(run),
  measuredAt: at(run),
  z,
});

test('a run is rejected as a whole, and says by which rules', () => {
  const [verdict] = judgeRuns([], [control(1, 1, 3.4), control(1, 2, 0.2)], inUse, null);
  assert.deepEqual(
    verdict?.controls.map(({ rules, outcome }) => [rules, outcome]),
    [
      [['1_2s', '1_3s'], 'rejected'],
      [[], 'rejected'],
    ],
  );
  assert.deepEqual([verdict?.isRejected, verdict?.rejectedBy], [true, ['1_3s']]);
});

test('a new lot of a level begins its own history, and nothing goes across the levels', () => {
  const history = Array.from({ length: 9 }, (_, run) => control(run, 1, 0.4));
  const same = judgeRuns(history, [control(20, 1, 0.3)], inUse, null);
  assert.deepEqual(same[0]?.rejectedBy, ['10_x']);
  const fresh = judgeRuns(history, [control(20, 1, 0.3, 'new lot')], inUse, null);
  assert.equal(fresh[0]?.isRejected, false);
});

test('what was measured before a correction is no history to what came after it', () => {
  const runs = Array.from({ length: 12 }, (_, run) => control(run, 1, 0.4));
  const rejected = (historyFrom: string | null) =>
    judgeRuns([], runs, inUse, historyFrom).flatMap(({ isRejected }, run) => (isRejected ? [run] : []));
  assert.deepEqual(rejected(null), [9, 10, 11]);
  assert.deepEqual(rejected(at(9)), []);
  assert.deepEqual(rejected(at(11)), [9, 10]);
});

test('judged run by run, each on what was accepted before, or all at once: the same', () => {
  const z = fc.integer({ min: -14, max: 14 }).map((quarter) => quarter / 4);
  const runs = fc
    .array(fc.tuple(fc.option(z), fc.option(z)), { maxLength: 40 })
    .map((pairs) =>
      pairs.flatMap((levels, run) =>
        levels.flatMap((value, level) => (value === null ? [] : [control(run, level + 1, value)])),
      ),
    );
  fc.assert(
    fc.property(runs, (controls) => {
      const whole = judgeRuns([], controls, inUse, null);
      let accepted: readonly JudgedControl[] = [];
      for (const verdict of whole) {
        const run = controls.filter(({ runId }) => runId === verdict.runId);
        // As the service reads it: the last values accepted before the run.
        assert.deepEqual(judgeRuns(accepted.slice(-48), run, inUse, null)[0], verdict);
        if (!verdict.isRejected) accepted = [...accepted, ...run];
      }
    }),
  );
});
