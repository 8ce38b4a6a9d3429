import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dependentsOf } from './dependents.ts';

const row = (analyteCode: string, formula: string | null = null, given: { orderId?: string; draw?: string } = {}) => ({
  id: `${analyteCode} ${given.orderId ?? 'o1'} ${given.draw ?? ''}`,
  orderId: given.orderId ?? 'o1',
  draw: given.draw ?? null,
  analyteCode,
  isCalculated: formula !== null,
  formula,
});
/** Names of capitals in the text. */
const inputsOf = (formula: string) => formula.match(/[A-Z]+/g) ?? [];
const codesOf = (rows: readonly { readonly analyteCode: string }[]) => rows.map(({ analyteCode }) => analyteCode);

test('lab-day 58: what is calculated from an amended value, directly or through another, is amended with it', () => {
  const ratio = row('RATIO', 'LDL / HDL');
  const ldl = row('LDL', 'CHOL - HDL - TG / 5');
  const globulin = row('GLOB', 'TP - ALB');
  const rows = [row('CHOL'), row('HDL'), row('TG'), row('TP'), row('ALB'), ratio, ldl, globulin];
  assert.deepEqual(codesOf(dependentsOf(rows, new Set(['TG o1 ']), inputsOf)), ['RATIO', 'LDL']);
  assert.deepEqual(codesOf(dependentsOf(rows, new Set(['ALB o1 ']), inputsOf)), ['GLOB']);
  assert.deepEqual(
    codesOf(dependentsOf(rows, new Set(['TG o1 ', 'LDL o1 ']), inputsOf)),
    ['RATIO'],
    'asked for anyway',
  );
  assert.deepEqual(dependentsOf(rows, new Set(), inputsOf), []);
});

test('another order and another draw are other samples; formulas in a circle end', () => {
  const rows = [
    row('TP', null),
    row('GLOB', 'TP - ALB', { orderId: 'o2' }),
    row('GLOB', 'TP - ALB', { draw: '2 h' }),
    row('A', 'B + TP'),
    row('B', 'A'),
  ];
  assert.deepEqual(codesOf(dependentsOf(rows, new Set(['TP o1 ']), inputsOf)), ['A', 'B']);
});
