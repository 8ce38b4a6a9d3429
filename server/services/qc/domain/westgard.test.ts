import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import type { WestgardRule } from '../contract/westgard.ts';
import { rulesOf, RULES } from './westgard-rules.ts';
import type { RunValue, WestgardSettings } from './westgard-rules.ts';
import { WestgardSeries } from './westgard-series.ts';
import { firesAtLastRun, judgeSeries, runsOf } from './westgard.ts';
import type { CaseOptions, WestgardCase } from './westgard.ts';

interface FileCase extends WestgardCase {
  readonly name: string;
  readonly kind: string;
  readonly fires: readonly WestgardRule[];
  /** Rules switched on; where the case names none, all for one level, and those that are to fire for several. */
  readonly rules?: readonly WestgardRule[];
}

function sharedFile(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'tsconfig.json'))) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  const path = join(folder, '../shared/data/lab-formulas/westgard-cases.json');
  return existsSync(path) ? path : undefined;
}

/** Without a list of the case itself: what the file's own notes call "if switched on" for several levels is off. */
const offAcross: ReadonlySet<string> = new Set(['3_1s', '6_x', '8_x', '9_x']);

test('lab-medicine 7: every worked case fires exactly what it lists', (t) => {
  const path = sharedFile();
  if (path === undefined) {
    t.skip('needs ../shared/data/lab-formulas/westgard-cases.json');
    return;
  }
  const file: { readonly limits: 'strict' | 'inclusive'; readonly cases: readonly FileCase[] } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  assert.ok(file.cases.length >= 25);
  for (const each of file.cases) {
    const rules = each.rules ?? RULES.filter((rule) => each.kind === 'single-level' || !offAcross.has(rule));
    const fired = firesAtLastRun(each, { rules, limits: file.limits });
    assert.deepEqual([...fired].toSorted(), [...each.fires].toSorted(), each.name);
    assert.deepEqual(atLastRunOfSeries(each, { rules, limits: file.limits }), fired, `${each.name}, counted`);
  }
});

const own: readonly (readonly [string, WestgardCase['z'], CaseOptions, readonly WestgardRule[]])[] = [
  ['exactly 2 is beyond an inclusive limit', [2], { limits: 'inclusive' }, ['1_2s']],
  ['exactly -3 is beyond an inclusive limit', [-3], { limits: 'inclusive' }, ['1_2s', '1_3s']],
  ['exactly 3 is inside a strict one', [3], {}, ['1_2s']],
  ['only what is switched on', [0.1, 3.2], { rules: ['1_2s'] }, ['1_2s']],
  [
    'plain range: 1.8 and -2.4 lie 4.2 apart',
    { L1: [1.8], L2: [-2.4] },
    { rangeRule: 'plain_range' },
    ['1_2s', 'R_4s'],
  ],
  ['plain range: 2 and -2 lie 4 apart, not more', { L1: [2], L2: [-2] }, { rangeRule: 'plain_range' }, []],
  ['one level today and another yesterday are no 2_2s', { L1: [0.3, 2.3], L2: [2.2, 0.4] }, {}, ['1_2s']],
  ['2_2s of one level, the other in between', { L1: [2.2, 2.3], L2: [0.1, -0.2] }, {}, ['1_2s', '2_2s']],
  ['2_2s across levels needs one side', { L1: [2.2], L2: [-2.1] }, {}, ['1_2s', 'R_4s']],
  ['2of3_2s of three levels in one run', { L1: [2.2], L2: [0.1], L3: [2.4] }, {}, ['1_2s', '2of3_2s']],
  ['2of3_2s on two sides is none', { L1: [2.2], L2: [0.1], L3: [-2.4] }, {}, ['1_2s', 'R_4s']],
  ['3_1s of three levels in one run', { L1: [1.2], L2: [1.1], L3: [1.4] }, {}, ['3_1s']],
  ['6_x of three levels in two runs', { L1: [0.2, 0.1], L2: [0.3, 0.5], L3: [0.2, 0.2] }, {}, ['6_x']],
  ['a run without one of its levels', { L1: [2.3, 0.1, 2.2], L2: [0.1, null, 0.2] }, {}, ['1_2s', '2of3_2s']],
  ['seven falling', [1.5, 1.2, 0.9, 0.4, -0.1, -0.5, -0.8], {}, ['7_T']],
  ['seven falling, six of them steps: six values are not enough', [1.2, 0.9, 0.4, -0.1, -0.5, -0.8], {}, []],
  ['7_T is a level by itself', { L1: [-1, -0.6, -0.2, 0.2], L2: [-0.8, -0.4, 0.1, 0.4] }, {}, []],
  ['a value on the mean breaks 6_x', [0.2, 0.3, 0, 0.1, 0.4, 0.2], {}, []],
  ['nothing was measured', [], {}, []],
];

test('the points lab-medicine 7 leaves to settings, and several levels', () => {
  for (const [name, z, options, expected] of own) {
    assert.deepEqual([...firesAtLastRun({ z }, options)].toSorted(), [...expected].toSorted(), name);
  }
});

test('a rejected run stays out of later rules over several runs, unless it is to be kept', () => {
  const settings = (afterRejection: WestgardSettings['afterRejection']): WestgardSettings => ({
    rules: ['1_3s', '2_2s'],
    rejecting: ['1_3s', '2_2s'],
    limits: 'strict',
    rangeRule: 'opposite',
    afterRejection,
  });
  const runs = runsOf({ z: [0.1, 3.4, 2.2] });
  const fired = (afterRejection: WestgardSettings['afterRejection']) =>
    judgeSeries(runs, settings(afterRejection)).map(([bits = 0]) => rulesOf(bits));
  assert.deepEqual(fired('leave_out'), [[], ['1_3s'], []]);
  assert.deepEqual(fired('keep'), [[], ['1_3s'], ['2_2s']]);
});

test('a new lot of a level begins its own history', () => {
  const settings: WestgardSettings = { ...everything, rejecting: [], rules: ['2_2s', '3_1s'] };
  const series = new WestgardSeries(settings);
  series.judge([{ level: 'L1', z: 2.4 }]);
  series.judge([{ level: 'L1', z: 1.4 }]);
  series.beginLot('L1');
  assert.deepEqual(series.judge([{ level: 'L1', z: 2.3 }]), [0]);
  const [bits = 0] = series.judge([{ level: 'L1', z: 2.3 }]);
  assert.deepEqual(rulesOf(bits), ['2_2s']);
});

const everything: WestgardSettings = {
  rules: RULES,
  rejecting: RULES.filter((rule) => rule !== '1_2s' && rule !== '7_T'),
  limits: 'strict',
  rangeRule: 'opposite',
  afterRejection: 'leave_out',
};

function atLastRunOfSeries(series: WestgardCase, options: CaseOptions): WestgardRule[] {
  const counted = new WestgardSeries({
    rules: options.rules ?? RULES,
    rejecting: [],
    limits: options.limits ?? 'strict',
    rangeRule: options.rangeRule ?? 'opposite',
    afterRejection: 'keep',
  });
  let bits: readonly number[] = [];
  for (const run of runsOf(series)) bits = counted.judge(run);
  return rulesOf(bits.reduce((all, each) => all | each, 0));
}

/** Coarse steps, so that limits, ties and the mean are met often. */
const z = fc.integer({ min: -16, max: 16 }).map((quarter) => quarter / 4);
const run = fc
  .tuple(fc.option(z), fc.option(z), fc.option(z))
  .map((values): RunValue[] =>
    values.flatMap((value, level) => (value === null ? [] : [{ level: `L${level + 1}`, z: value }])),
  );
/** Long runs on one side would hardly come by chance. */
const drifting = fc
  .tuple(fc.array(run, { maxLength: 40 }), fc.integer({ min: -8, max: 8 }))
  .map(([runs, quarter]) => runs.map((values) => values.map((value) => ({ ...value, z: value.z / 2 + quarter / 4 }))));
/** So would seven steps one way. */
const climbing = fc.array(fc.tuple(fc.integer({ min: -1, max: 6 }), fc.boolean()), { maxLength: 20 }).map((steps) => {
  let [low, high] = [-2, -1.5];
  return steps.map(([step, hasSecond]) => {
    [low, high] = [low + step / 8, high + step / 16];
    return [{ level: 'L1', z: low }, ...(hasSecond ? [{ level: 'L2', z: high }] : [])];
  });
});
const series = fc.oneof(fc.array(run, { maxLength: 40 }), drifting, climbing);
const settings = fc.record<WestgardSettings>({
  rules: fc.subarray([...RULES]),
  rejecting: fc.subarray([...RULES]),
  limits: fc.constantFrom('strict', 'inclusive'),
  rangeRule: fc.constantFrom('opposite', 'plain_range'),
  afterRejection: fc.constantFrom('leave_out', 'keep'),
});

test('value by value says what the whole series says', () => {
  let fired = 0;
  fc.assert(
    fc.property(series, settings, (runs, how) => {
      const counted = new WestgardSeries(how);
      const whole = judgeSeries(runs, { ...how, rejecting: how.rejecting.filter((rule) => how.rules.includes(rule)) });
      for (const [at, each] of runs.entries()) {
        assert.deepEqual(counted.judge(each), whole[at]);
        fired |= whole[at]?.reduce((all, bits) => all | bits, 0) ?? 0;
      }
    }),
    { numRuns: 1500 },
  );
  assert.deepEqual(rulesOf(fired), [...RULES], 'every rule was met');
});

test('seen in a mirror, the same rules fire', () => {
  fc.assert(
    fc.property(series, settings, (runs, how) => {
      const mirrored = runs.map((values) => values.map((value) => ({ ...value, z: -value.z })));
      assert.deepEqual(judgeSeries(mirrored, how), judgeSeries(runs, how));
    }),
  );
});

test('a history in control before it never takes 1_3s or 1_2s away, and never makes R_4s', () => {
  const calm = fc.array(fc.integer({ min: -3, max: 3 }).map((quarter) => [{ level: 'L1', z: quarter / 4 }]));
  fc.assert(
    fc.property(calm, run, (history, last) => {
      const alone = judgeSeries([last], everything).at(-1) ?? [];
      const after = judgeSeries([...history, last], everything).at(-1) ?? [];
      const single = 1 | 2 | 4;
      assert.deepEqual(
        after.map((bits) => bits & single),
        alone.map((bits) => bits & single),
      );
      assert.ok(
        alone.every((bits, at) => (bits & (after[at] ?? 0)) === bits),
        'history only adds',
      );
    }),
  );
});

test('the names of the levels and what was rejected long ago change nothing', () => {
  fc.assert(
    fc.property(series, (runs) => {
      const renamed = runs.map((values) => values.map((value) => ({ ...value, level: `lot ${value.level}` })));
      assert.deepEqual(judgeSeries(renamed, everything), judgeSeries(runs, everything));
      const wild = [{ level: 'L1', z: 5 }];
      assert.deepEqual(judgeSeries([wild, ...runs], everything).slice(1), judgeSeries(runs, everything));
    }),
  );
});

test('rules over several values on one side are also met by any series further out on that side', () => {
  const high = fc.array(
    fc.integer({ min: 1, max: 12 }).map((quarter) => quarter / 4),
    { minLength: 1, maxLength: 15 },
  );
  const monotone: readonly WestgardRule[] = RULES.filter((rule) => rule !== 'R_4s' && rule !== '7_T');
  fc.assert(
    fc.property(high, fc.integer({ min: 0, max: 12 }), (values, shift) => {
      const shifted = values.map((value) => value + shift / 4);
      const before = firesAtLastRun({ z: values }, { rules: monotone });
      const after = new Set(firesAtLastRun({ z: shifted }, { rules: monotone }));
      assert.ok(before.every((rule) => after.has(rule)));
      const trend = { rules: ['7_T'] } as const;
      assert.deepEqual(
        firesAtLastRun({ z: shifted }, trend),
        firesAtLastRun({ z: values }, trend),
        'a trend has no level',
      );
    }),
  );
});
