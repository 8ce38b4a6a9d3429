import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  calculationOrder,
  checkCycles,
  checkUnits,
  comparedTexts,
  type Formula,
  parseFormula,
  tablesOf,
} from './index.ts';

function formulas(texts: Readonly<Record<string, string>>): ReadonlyMap<string, Formula> {
  return new Map(Object.entries(texts).map(([code, text]) => [code, parseFormula(text)]));
}

test('a circle of formulas is found and named', () => {
  assert.equal(checkCycles(formulas({ NONHDL: 'CHOL - HDL', LDL: 'NONHDL - VLDL', VLDL: 'TRIG / 5' })), undefined);
  assert.deepEqual(checkCycles(formulas({ A: 'A + 1' })), ['A', 'A']);
  assert.deepEqual(checkCycles(formulas({ A: 'B', B: 'C + X', C: 'D', D: 'B' })), ['B', 'C', 'D', 'B']);
  const chain = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`C${at}`, `C${at + 1}`]));
  assert.equal(checkCycles(formulas(chain)), undefined);
  assert.equal(checkCycles(formulas({ ...chain, C5000: 'C0' }))?.length, 5002);
});

test('calculated codes are put behind what they read', () => {
  const order = calculationOrder(formulas({ LDL_HDL: 'LDL / HDL', LDL: 'NONHDL - TRIG / 5', NONHDL: 'CHOL - HDL' }));
  assert.deepEqual(order, ['NONHDL', 'LDL', 'LDL_HDL']);
  assert.deepEqual(calculationOrder(formulas({ A: 'B', B: 'A', C: '1' })), ['C', 'A', 'B']);
});

test('units that are added or compared must agree; factors and plain numbers are not judged', () => {
  const units: Readonly<Record<string, string>> = {
    CHOL: 'mg/dL',
    HDL: 'mg/dL',
    TRIG: 'mmol/L',
    CA: 'mg/dL',
    ALB: 'g/dL',
  };
  const clashes = (text: string): readonly string[] =>
    checkUnits(parseFormula(text), (code) => units[code]).map(({ message, at }) => `${at}: ${message}`);
  assert.deepEqual(clashes('CHOL - HDL - TRIG / 5'), []);
  assert.deepEqual(clashes('CA + 0.8 * (4 - ALB)'), []);
  assert.deepEqual(clashes('CHOL - HDL - TRIG'), [
    '5: CHOL is in mg/dL, TRIG is in mmol/L, and they are added, subtracted or compared'.replace(
      'TRIG is in',
      'TRIG in',
    ),
  ]);
  assert.equal(clashes('max(CHOL, TRIG) > 3 and not ALB > CHOL').length, 2);
  assert.equal(clashes('if(CHOL > 3, CHOL, -TRIG)').length, 1);
  assert.equal(clashes('sqrt((CHOL - ALB) ^ 2) / 3').length, 1);
});

test('a table needs a cell for each combination of bands', () => {
  const axes = [{ name: 'a', from: ['0', '1'] }];
  assert.throws(() => tablesOf([{ name: 't', axes, cells: ['1'], source: 's' }]), RangeError);
  const sound = { name: 't', axes, cells: ['1', '2'], source: 's' };
  assert.throws(() => tablesOf([sound, sound]), RangeError);
  assert.equal(parseFormula("table('t', A)", tablesOf([sound])).inputs.join(), 'A');
});

test('texts a condition compares with are found wherever they stand', () => {
  const text = "if(not (A = 'x' or -B > 1), max(1, 2 + 3 * 4 ^ 2), coalesce(C, 'y' <> D)) = 'z' and known(E)";
  assert.deepEqual(comparedTexts(parseFormula(text)), [
    { name: 'A', text: 'x' },
    { name: 'D', text: 'y' },
  ]);
});
