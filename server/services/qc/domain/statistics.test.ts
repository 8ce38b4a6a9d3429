import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { allowableErrorPercent, allowableErrors } from './allowable-error.ts';
import { changesOf, linesOf } from './chart.ts';
import { monthFigures, monthOf } from './month.ts';
import {
  biasPercent,
  cvPercent,
  decimalText,
  eqaVerdict,
  momentsOf,
  percentile,
  sigmaMetric,
  totalErrorPercent,
  zScore,
} from './statistics.ts';
import { rulesBySigma, usualRules } from './usual-rules.ts';

test('a z on a limit is on it, whatever binary fractions say', () => {
  // In binary (5.4 - 5.1) / 0.15 is 2.0000000000000018 and would break a strict limit.
  assert.equal(zScore('5.4', '5.1', '0.15'), 2);
  assert.equal(zScore('0.3', '0.1', '0.1'), 2);
  assert.equal(zScore('110', '100.00', '5'), 2);
  assert.equal(zScore('-1.0', '1.0', '1'), -2);
  assert.throws(() => zScore('1', '1', '0'), RangeError);
  assert.throws(() => zScore('1', '1', '-0.5'), RangeError);
  assert.throws(() => zScore('<1', '1', '1'), RangeError);
});

test('z does not depend on how many zeros are written, nor on where zero lies', () => {
  const decimal = fc.integer({ min: -99999, max: 99999 }).map((n) => (n / 100).toFixed(2));
  const sd = fc.integer({ min: 1, max: 9999 }).map((n) => (n / 100).toFixed(2));
  fc.assert(
    fc.property(decimal, decimal, sd, fc.integer({ min: -1000, max: 1000 }), (value, mean, spread, shift) => {
      const z = zScore(value, mean, spread);
      assert.equal(zScore(`${value}000`, mean, `${spread}0`), z);
      const moved = (text: string): string => ((Math.round(Number(text) * 100) + shift * 100) / 100).toFixed(2);
      assert.equal(zScore(moved(value), moved(mean), spread), z);
    }),
  );
});

test('mean and SD, worked by hand', () => {
  // 2 4 4 4 5 5 7 9: mean 5, squares 9+1+1+1+0+0+4+16 = 32, 32/7 = 4.571428…, root 2.13808993…
  const moments = momentsOf(['2', '4', '4', '4', '5', '5', '7', '9']);
  assert.equal(moments?.mean, 5);
  assert.equal(decimalText(moments?.sd ?? null, 6), '2.138090');
  assert.deepEqual(momentsOf(['4.2']), { count: 1, mean: 4.2, sd: null });
  assert.equal(momentsOf([]), null);
  // Far from zero a sum of squares would lose these digits: 4 7 13 16 have mean 10, SD root of 30.
  const far = momentsOf(['1000000004', '1000000007', '1000000013', '1000000016']);
  assert.deepEqual([far?.mean, decimalText(far?.sd ?? null, 6)], [1_000_000_010, '5.477226']);
});

test('lab-medicine 7: CV, bias, total error and sigma', () => {
  assert.equal(cvPercent(200, 4), 2);
  assert.equal(cvPercent(0, 4), null);
  assert.equal(cvPercent(10, null), null);
  assert.equal(biasPercent(98, 100), -2);
  assert.equal(biasPercent(98, 0), null);
  // 2 + 1.65 × 2
  assert.equal(decimalText(totalErrorPercent(-2, 2), 2), '5.30');
  // The notes' example: TEa 10, bias 2, CV 2 gives 4.
  assert.equal(sigmaMetric(10, 2, 2), 4);
  assert.equal(sigmaMetric(10, -2, 2), 4);
  assert.equal(sigmaMetric(null, 2, 2), null);
  assert.equal(sigmaMetric(10, 2, 0), null);
});

test('decimal text is rounded half up, once', () => {
  assert.equal(decimalText(1.005, 2), '1.01');
  assert.equal(decimalText(-2.345, 2), '-2.35');
  assert.equal(decimalText(2, 2), '2.00');
  assert.equal(decimalText(1e-9, 2), '0.00');
  assert.equal(decimalText(Number.NaN, 2), null);
  assert.equal(decimalText(null, 2), null);
});

test('a percentile lies between its neighbours', () => {
  assert.equal(percentile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(percentile([1, 2, 3, 4, 5], 0.25), 2);
  assert.equal(percentile([7], 0.9), 7);
});

test('EQA: acceptable up to 2, unacceptable above 3', () => {
  const verdicts = [0, 2, -2, 2.01, -3, 3, 3.01, -4].map(eqaVerdict);
  assert.deepEqual(verdicts, [
    'acceptable',
    'acceptable',
    'acceptable',
    'warning',
    'warning',
    'warning',
    'unacceptable',
    'unacceptable',
  ]);
});

test('lab-medicine 9: of percent and amount the greater counts, and the amount only in its own unit', () => {
  // Glucose 8 % or 6 mg/dL: at 50 mg/dL 6 is 12 %, at 200 it is 3 %.
  assert.equal(allowableErrorPercent('GLU', null, 50, 'mg/dL')?.percent, 12);
  assert.equal(allowableErrorPercent('GLU', null, 200, 'mg/dL')?.percent, 8);
  assert.equal(allowableErrorPercent('GLU', null, 2.8, 'mmol/L')?.percent, 8);
  // Potassium 0.3 mmol/L at 4.0.
  assert.equal(decimalText(allowableErrorPercent('K', null, 4, 'mmol/L')?.percent ?? null, 2), '7.50');
  assert.equal(allowableErrorPercent('K', null, 4, 'mg/dL'), null);
  assert.equal(allowableErrorPercent('NOPE', null, 4, null), null);
  assert.deepEqual(allowableErrorPercent('NOPE', 12, 4, null), { percent: 12, source: 'set by the lab' });
  assert.ok(allowableErrors.every(({ source, isVerified }) => source.includes('to be verified') && !isVerified));
  assert.equal(new Set(allowableErrors.map(({ analyteCode }) => analyteCode)).size, allowableErrors.length);
});

test('lab-medicine 7: the usual sets by levels, and the rules by sigma', () => {
  const rejecting = (levels: number) =>
    usualRules(levels).flatMap(({ rule, action }) => (action === 'reject' ? [rule] : []));
  assert.deepEqual(rejecting(2), ['1_3s', '2_2s', 'R_4s', '4_1s', '10_x']);
  assert.deepEqual(rejecting(3), ['1_3s', '2of3_2s', 'R_4s', '3_1s', '6_x']);
  assert.deepEqual(rulesBySigma(6.2), { rules: ['1_3s'], measurements: 2 });
  assert.deepEqual(rulesBySigma(5), { rules: ['1_3s', '2_2s', 'R_4s'], measurements: 2 });
  assert.deepEqual(rulesBySigma(4.1).rules, ['1_3s', '2_2s', 'R_4s', '4_1s']);
  assert.deepEqual(rulesBySigma(3.9).rules, ['1_3s', '2_2s', 'R_4s', '4_1s', '8_x']);
});

test('the lines of a chart, and where lots begin', () => {
  assert.deepEqual(linesOf('100.0', '2.5'), ['92.5', '95.0', '97.5', '100.0', '102.5', '105.0', '107.5']);
  const point = (measuredAt: string, lotId: string, reagentLot: string | null) => ({ measuredAt, lotId, reagentLot });
  const points = [point('1', 'A', 'r1'), point('2', 'B', 'r1'), point('3', 'A', null), point('4', 'B', 'r2')];
  assert.deepEqual(
    changesOf(points, (id) => `lot ${id}`),
    [
      { at: '2', kind: 'control_lot', to: 'lot B' },
      { at: '4', kind: 'reagent_lot', to: 'r2' },
    ],
  );
});

test("a month is the lab's own, in Indian time", () => {
  assert.deepEqual(monthOf('2026-11'), { from: '2026-10-31T18:30:00.000Z', to: '2026-11-30T18:30:00.000Z' });
  assert.deepEqual(monthOf('2026-12').to, '2026-12-31T18:30:00.000Z');
});

test('lab-day 72: the figures of a month, worked by hand', () => {
  const facts = {
    analyteCode: 'GLU',
    ucum: 'mg/dL',
    decimals: 3,
    mean: '102',
    sd: '2.04',
    peer: null,
    target: { kind: 'assigned', mean: '100' },
    ownAllowablePercent: '10',
  } as const;
  // CV 2 %, bias 2 %, total error 5.3 %, sigma (10 - 2) / 2.
  assert.deepEqual(monthFigures(facts), {
    mean: '102.000',
    sd: '2.0400',
    cvPercent: '2.00',
    biasAgainst: 'assigned',
    biasPercent: '2.00',
    totalErrorPercent: '5.30',
    allowableErrorPercent: '10.00',
    allowableErrorSource: 'set by the lab',
    sigma: '4.00',
    suggestedRules: ['1_3s', '2_2s', 'R_4s', '4_1s'],
  });
  // The peer group goes before the target: 102 against 102 is no bias.
  const withPeers = monthFigures({ ...facts, peer: '102' });
  assert.deepEqual([withPeers.biasAgainst, withPeers.biasPercent, withPeers.sigma], ['peer', '0.00', '5.00']);
  const nothing = monthFigures({ ...facts, mean: null, sd: null });
  assert.deepEqual([nothing.mean, nothing.sigma, nothing.biasPercent], ['', null, null]);
});
