// Series worked by hand, beyond those of the shared file: three levels, a level left out of a run, values on the limit.
// Src: lab-medicine 7, the table of rules and the points to settle.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { WestgardRule } from '../contract/westgard.ts';
import { firesAtLastRun } from './westgard.ts';
import type { CaseOptions, WestgardCase } from './westgard.ts';

type Example = readonly [what: string, z: WestgardCase['z'], fires: readonly WestgardRule[], options?: CaseOptions];

const examples: readonly Example[] = [
  ['three levels, two high in one run', { L1: [2.1], L2: [0.3], L3: [2.4] }, ['1_2s', '2of3_2s']],
  ['three levels, one high and one low', { L1: [2.1], L2: [0.3], L3: [-2.4] }, ['1_2s', 'R_4s']],
  ['three levels, all beyond +1s in one run', { L1: [1.1], L2: [1.2], L3: [1.3] }, ['3_1s']],
  ['three levels twice on one side', { L1: [0.1, 0.2], L2: [0.4, 0.1], L3: [0.3, 0.5] }, ['6_x']],
  ['a level today against another of yesterday is no 2_2s', { L1: [2.2, 0.3], L2: [-0.1, 2.3] }, ['1_2s']],
  ['the same level in two runs, the other quiet', { L1: [2.2, 2.3], L2: [-0.1, 0.2] }, ['1_2s', '2_2s']],
  [
    'a run without the level does not part its values',
    { L1: [2.2, null, 2.3], L2: [-0.1, 0.4, 0.2] },
    ['1_2s', '2_2s'],
  ],
  ['2of3_2s with the last value inside', [2.3, 2.2, 0.4], ['2of3_2s']],
  ['2of3_2s on two sides is none', [2.3, 0.4, -2.2], ['1_2s']],
  ['a trend that falls through the mean', [1.5, 1.1, 0.6, 0.2, -0.3, -0.8, -1.4], ['7_T']],
  ['six values that rise are no trend', [-0.9, -0.4, 0.1, 0.5, 0.9, 1.4], []],
  ['an old rejection is not reported again', [3.4, 0.2, -0.3], []],
  ['on the limits, strict', { L1: [3, 2], L2: [0.5, -2] }, []],
  ['on the limits, inclusive', { L1: [3, 2], L2: [0.5, -2] }, ['1_2s', 'R_4s', '2_2s'], { limits: 'inclusive' }],
  ['1.0 four times, strict', [1, 1, 1, 1], []],
  ['1.0 four times, inclusive', [1, 1, 1, 1], ['3_1s', '4_1s'], { limits: 'inclusive' }],
  ['3.0 inclusive', [3], ['1_2s', '1_3s'], { limits: 'inclusive' }],
  ['the mean breaks a run, inclusive too', [0.2, 0.5, 0.1, 0, 0.3, 0.9], [], { limits: 'inclusive' }],
  ['plain range: 4.2 apart', { L1: [1.8], L2: [-2.4] }, ['1_2s', 'R_4s'], { rangeRule: 'plain_range' }],
  [
    'plain range, inclusive: exactly 4 apart, whatever binary fractions make of it',
    { L1: [-4.1], L2: [-0.1] },
    ['1_2s', '1_3s', 'R_4s'],
    { rangeRule: 'plain_range', limits: 'inclusive' },
  ],
  [
    'plain range, strict: exactly 4 apart',
    { L1: [4.3], L2: [8.3] },
    ['1_2s', '1_3s', '2_2s'],
    { rangeRule: 'plain_range' },
  ],
  ['plain range: both high, 4.5 apart', { L1: [0.5], L2: [5] }, ['1_2s', '1_3s', 'R_4s'], { rangeRule: 'plain_range' }],
];

for (const [what, z, fires, options] of examples) {
  test(`lab-medicine 7: ${what}`, () => {
    assert.deepEqual(firesAtLastRun({ z }, options).toSorted(), fires.toSorted());
  });
}
