import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { DeltaRule } from '#contract/order.ts';

import { deltaOf, suggestsMixUp, tubesInDoubt } from './delta.ts';
import { compareProducts } from './exact.ts';

function rule(given: Partial<DeltaRule>): DeltaRule {
  return {
    analyteCode: 'X',
    mode: 'absolute',
    limit: '1',
    direction: 'any',
    lookBackDays: 30,
    isMixUpMarker: false,
    source: 'test',
    ...given,
  };
}
const NOW = '2026-11-25T04:00:00.000Z';
const daysBefore = (days: number) => new Date(Date.parse(NOW) - days * 86_400_000).toISOString();
const before = (value: string, days = 1) => ({ resultId: 'r0', value, collectedAt: daysBefore(days) });
const isBroken = (rules: readonly DeltaRule[], value: string, earlier: ReturnType<typeof before>) =>
  (deltaOf(rules, value, NOW, earlier)?.broken.length ?? 0) > 0;

test('lab-medicine 3: creatinine of 1.0 that is 1.7 the next day has risen by 70 %', () => {
  const rules = [rule({ mode: 'percent', limit: '60' })];
  assert.deepEqual(deltaOf(rules, '1.7', NOW, before('1.0')), {
    previousResultId: 'r0',
    previousValue: '1.0',
    previousCollectedAt: daysBefore(1),
    change: '0.7',
    percent: '70.0',
    broken: [{ mode: 'percent', limit: '60', direction: 'any' }],
  });
  assert.equal(isBroken(rules, '1.6', before('1.0')), false, 'on the limit is within');
});

test('lab-medicine 3: MCV by more than 3.0 fL', () => {
  const mcv = [rule({ limit: '3.0' })];
  assert.equal(isBroken(mcv, '93.1', before('90.0')), true);
  assert.equal(isBroken(mcv, '93.0', before('90.0')), false);
  assert.equal(isBroken(mcv, '86.9', before('90.0')), true);
});

test('a direction looks one way', () => {
  const rises = [rule({ direction: 'rise', limit: '2' })];
  assert.deepEqual([isBroken(rises, '9', before('5')), isBroken(rises, '1', before('5'))], [true, false]);
  const falls = [rule({ direction: 'fall', limit: '2' })];
  assert.deepEqual([isBroken(falls, '9', before('5')), isBroken(falls, '1', before('5'))], [false, true]);
});

test('a rate counts the days between the drawings: sodium by more than 5 a day', () => {
  const rate = [rule({ mode: 'rate', limit: '5' })];
  assert.equal(isBroken(rate, '130', before('144', 3)), false, '14 in 3 days');
  assert.equal(isBroken(rate, '128', before('144', 3)), true, '16 in 3 days');
  assert.equal(isBroken(rate, '141', before('144', 0.5)), true, '3 in half a day');
});

test('an earlier value beyond the look-back is shown and breaks nothing; one that is not earlier is none', () => {
  const rules = [rule({ lookBackDays: 3 })];
  assert.equal(isBroken(rules, '9', before('1', 3)), true);
  const old = deltaOf(rules, '9', NOW, before('1', 3.01));
  assert.deepEqual([old?.change, old?.broken], ['8', []]);
  assert.equal(deltaOf(rules, '9', NOW, before('1', 0)), null, 'drawn at the same time');
  assert.equal(deltaOf(rules, '9', NOW, before('1', -2)), null, 'never compared with a later one');
  assert.equal(deltaOf(rules, '9', NOW, undefined), null);
  assert.equal(deltaOf(rules, 'haemolysed', NOW, before('1')), null);
});

test('from 0 any change counts, and there is no percentage', () => {
  const rules = [rule({ mode: 'percent', limit: '500' })];
  const risen = deltaOf(rules, '0.1', NOW, before('0'));
  assert.deepEqual([risen?.percent, risen?.broken.length], [null, 1]);
  assert.equal(isBroken(rules, '0', before('0.0')), false);
});

test('a bound breaks a rule only where it is broken wherever the value lies', () => {
  const rules = [rule({ limit: '4' })];
  // From below 0.04 to 5: by more than 4.96. From below 2 to 5: by more than 3, it may be 3.1.
  assert.deepEqual([isBroken(rules, '5', before('<0.04')), isBroken(rules, '5', before('<2'))], [true, false]);
  assert.equal(deltaOf(rules, '5', NOW, before('<0.04'))?.change, '>4.96');
  assert.equal(deltaOf(rules, '<0.5', NOW, before('5.0'))?.change, '<-4.5');
  assert.equal(isBroken(rules, '<0.5', before('5.0')), true);
  assert.equal(isBroken(rules, '<3.5', before('5.0')), false);
  assert.equal(
    deltaOf(rules, '<1', NOW, before('<2')),
    null,
    'the change between two stretches that begin at 0 is unknown',
  );
  assert.equal(isBroken([rule({ mode: 'percent', limit: '10' })], '5', before('<0.04')), false, 'percent of what?');
});

test('whatever the values: swapping them turns rise into fall', () => {
  const value = fc.integer({ min: 1, max: 5000 }).map((hundredths) => (hundredths / 100).toFixed(2));
  const mode = fc.constantFrom('absolute' as const, 'rate' as const);
  fc.assert(
    fc.property(value, value, mode, fc.integer({ min: 1, max: 40 }), (a, b, how, limit) => {
      const one = rule({ mode: how, limit: String(limit), direction: 'rise' });
      const other = rule({ mode: how, limit: String(limit), direction: 'fall' });
      assert.equal(isBroken([one], a, before(b)), isBroken([other], b, before(a)));
      const both = isBroken([rule({ mode: how, limit: String(limit) })], a, before(b));
      assert.equal(both, isBroken([one], a, before(b)) || isBroken([other], a, before(b)));
    }),
  );
});

test('whatever the values: percent is asked of the exact ratio, not of the printed one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 9999 }), (a, b) => {
      const broken = isBroken([rule({ mode: 'percent', limit: '33.3' })], String(a), before(String(b)));
      assert.equal(broken, compareProducts(String(Math.abs(a - b)), '1000', '333', String(b)) > 0);
    }),
  );
});

const marker = rule({ limit: '3', isMixUpMarker: true });
const marked = (analyteCode: string, barcode: string, value: string, rules = [marker]) => ({
  analyteCode,
  barcode,
  rules,
  delta: deltaOf(rules, value, NOW, before('90')),
});

test('two markers at once put their tubes in doubt, one alone does not', () => {
  assert.equal(suggestsMixUp(marked('MCV', 'T1', '99')), true);
  assert.equal(suggestsMixUp(marked('K', 'T1', '99', [rule({ limit: '3' })])), false, 'no marker');
  assert.deepEqual([...tubesInDoubt([marked('MCV', 'T1', '99'), marked('K', 'T1', '99', [rule({})])])], []);
  assert.deepEqual([...tubesInDoubt([marked('MCV', 'T1', '99'), marked('MCV', 'T1', '99')])], [], 'the same twice');
  assert.deepEqual([...tubesInDoubt([marked('MCV', 'T1', '99'), marked('RDW', 'T1', '80')])], ['T1']);
  const three = [marked('MCV', 'T1', '99'), marked('ALP', 'T2', '80'), marked('TSH', 'T3', '90')];
  assert.deepEqual([...tubesInDoubt(three)], ['T1', 'T2'], 'drawn at once from the wrong arm');
});
