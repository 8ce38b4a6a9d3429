import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { lotOf, isTooWide, matches, overlap } from './sample-ids.ts';
import { cumulativeTarget, cvOfTarget, targetAt } from './targets.ts';
import { isSameUnit } from './unit.ts';

/** 99 and 101 by turns: mean 100, SD root of n / (n - 1). */
const values = (days: number, perDay = 1) =>
  Array.from({ length: days * perDay }, (_, n) => ({
    value: n % 2 === 0 ? '99.0' : '101.0',
    day: `2026-10-${String(Math.floor(n / perDay) + 1).padStart(2, '0')}`,
  }));

test("lab-medicine 7: a target of the lab's own needs 20 days, not 20 values", () => {
  assert.deepEqual(cumulativeTarget(values(10, 4), null), { isReady: false, count: 40, days: 10, hasSpread: true });
  assert.deepEqual(cumulativeTarget(values(19), null), { isReady: false, count: 19, days: 19, hasSpread: true });
  // 20 values: squares 20, 20/19 = 1.0526…, root 1.02597…
  assert.deepEqual(cumulativeTarget(values(20), null), {
    isReady: true,
    sdFrom: 'own',
    target: { mean: '100.000', sd: '1.0260', count: 20 },
  });
});

test('lab-medicine 7: a new lot has its own mean and keeps the CV of the lab', () => {
  const cv = cvOfTarget({ mean: '250', sd: '5' });
  assert.equal(cv, 2);
  const outcome = cumulativeTarget(values(20), cv);
  assert.deepEqual(outcome, { isReady: true, sdFrom: 'lab_cv', target: { mean: '100.000', sd: '2.0000', count: 20 } });
});

test('values that are all alike give no SD, and no target', () => {
  const alike = values(25).map(({ day }) => ({ value: '7', day }));
  assert.deepEqual(cumulativeTarget(alike, null), { isReady: false, count: 25, days: 25, hasSpread: false });
  assert.deepEqual(cumulativeTarget([], 2), { isReady: false, count: 0, days: 0, hasSpread: false });
});

test('the target in force is the last of that lot that began before', () => {
  const at = (validFrom: string, lotId: string, mean: string) => ({ validFrom, lotId, mean, sd: '1' });
  const targets = [at('2026-01', 'A', '1'), at('2026-02', 'B', '2'), at('2026-03', 'A', '3'), at('2026-03', 'A', '4')];
  assert.equal(targetAt(targets, 'A', '2026-02')?.mean, '1');
  assert.equal(targetAt(targets, 'A', '2026-03')?.mean, '4', 'of two of one time the one set last');
  assert.equal(targetAt(targets, 'B', '2026-01'), undefined);
});

test('sample ids: a trailing star stands for any ending, and too short a beginning is refused', () => {
  assert.ok(matches('QC-1', ' qc-1 '));
  assert.ok(!matches('QC-1', 'QC-11'));
  assert.ok(matches('PCN*', 'PCN'));
  assert.ok(matches('PCN*', 'pcn-5'));
  assert.ok(!matches('PCN*', 'PC-N'));
  for (const wide of ['*', 'P*', 'QC*', 'Q*C-1', 'A*BC*']) assert.ok(isTooWide(wide), wide);
  for (const good of ['QC', 'QC-1', 'QC-*']) assert.ok(!isTooWide(good), good);
  const lots = [
    { id: 'a', sampleIds: ['QC-1'] },
    { id: 'b', sampleIds: ['PCN*'] },
  ];
  assert.equal(lotOf(lots, 'pcn-7')?.id, 'b');
  assert.equal(lotOf(lots, 'N1234'), undefined);
});

test('two patterns overlap exactly when one id can meet both', () => {
  const text = fc.string({ unit: fc.constantFrom('A', 'B'), minLength: 1, maxLength: 4 });
  const pattern = fc.tuple(text, fc.boolean()).map(([body, isWide]) => (isWide ? `${body}*` : body));
  const ids = ['', 'A', 'B']
    .flatMap((a) => ['', 'A', 'B'].map((b) => a + b))
    .flatMap((ab) => ['', 'A', 'B'].flatMap((c) => ['', 'A', 'B'].map((d) => ab + c + d)));
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      assert.equal(
        overlap(a, b),
        ids.some((id) => matches(a, id) && matches(b, id)),
      );
    }),
  );
});

test('a unit is known in its ways of writing; case and factor count', () => {
  assert.ok(isSameUnit('mg/dL', 'mg/dL', 'mg/dL'));
  assert.ok(!isSameUnit(' MG/DL ', 'mg/dL', 'mg/dL'), 'MG is a million grams');
  assert.ok(isSameUnit('mg/dl', 'mg/dL', 'mg/dL'));
  assert.ok(isSameUnit('', 'mg/dL', 'mg/dL'), 'none sent');
  for (const said of ['10*3/uL', '10^3/µL', '10³/μL', 'x10^3/uL', '10*9/L', '10^9/l', '10E3/uL'])
    assert.ok(isSameUnit(said, '10*3/uL', '10³/µL'), said);
  assert.ok(isSameUnit('10*12/L', '10*6/uL', '10⁶/µL'));
  for (const said of ['mmol/L', 'g/dL', '/uL', 'U/L']) assert.ok(!isSameUnit(said, 'mg/dL', 'mg/dL'), said);
  assert.ok(!isSameUnit('mIU/L', 'M[IU]/L', ''), 'milli is not mega');
  assert.ok(isSameUnit('mIU/L', 'm[IU]/L', 'mIU/L'));
});
