import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unitSpellings } from './unit-spellings.ts';
import { isSameUnit } from './units.ts';

const cases: readonly (readonly [given: string, ucum: string | null, unit: string, isSame: boolean])[] = [
  ['mg/dL', 'mg/dL', 'mg/dL', true],
  [' mg/dl ', 'mg/dL', 'mg/dL', true],
  ['mg/L', 'mg/dL', 'mg/dL', false],
  ['mmol/L', 'mg/dL', 'mg/dL', false],
  ['10³/µL', '10*3/uL', '10³/µL', true],
  ['K/uL', '10*3/uL', '10³/µL', true],
  ['x10^3/µL', '10*3/uL', '10³/µL', true],
  ['10*9/L', '10*3/uL', '10³/µL', true],
  ['10*6/uL', '10*3/uL', '10³/µL', false],
  ['/uL', '10*3/uL', '10³/µL', false],
  ['IU/L', 'U/L', 'U/L', true],
  ['U/L', '[IU]/L', 'IU/L', false],
  ['mIU/L', 'u[IU]/mL', 'µIU/mL', true],
  ['MIU/L', 'm[IU]/L', 'mIU/L', false],
  ['mEq/L', 'mmol/L', 'mmol/L', false],
  ['mg/L', 'mg{FEU}/L', 'mg/L FEU', false],
  ['g/L', 'g/dL', 'g/dL', false],
  ['', null, '', false],
  ['mg/dL', null, '', false],
];
for (const [given, ucum, unit, isSame] of cases) {
  test(`"${given}" is ${isSame ? '' : 'not '}${ucum ?? 'no unit'}`, () =>
    assert.equal(isSameUnit(given, { ucum, unit }), isSame));
}

test('each spelling stands once in its line', () => {
  const codes = unitSpellings.map(([ucum]) => ucum);
  assert.equal(new Set(codes).size, codes.length);
  for (const line of unitSpellings) assert.equal(new Set(line).size, line.length, line[0]);
});

// An independent reading of each spelling: amount in base units, so that no line can hide a factor.
const prefixes: Readonly<Record<string, number>> = { '': 0, m: -3, u: -6, µ: -6, μ: -6, mc: -6, n: -9, p: -12, f: -15 };
function exponentOf(spelling: string): number | undefined {
  const superscripts: Readonly<Record<string, string>> = { '³': '3', '⁶': '6', '⁹': '9', '¹²': '12' };
  const litre = /^(.*)\/(m|u|µ|μ|d|)[lL]$/.exec(spelling);
  if (!litre) return undefined;
  const [, top = '', below = ''] = litre;
  const bottom = below === 'd' ? -1 : prefixes[below];
  const power = /^x?10(?:[*^eE](\d+)|([³⁶⁹]|¹²))$/.exec(top);
  const named: Readonly<Record<string, number>> = { K: 3, k: 3, M: 6, '': 0, cells: 0 };
  const amount = /^(mc|m|u|µ|μ|n|p|)(?:g|mol|\[IU\]|IU|U)$/.exec(top === 'gm' ? 'g' : top);
  const upper = power
    ? Number(power[1] ?? superscripts[power[2] ?? ''])
    : amount
      ? prefixes[amount[1] ?? '']
      : named[top];
  return upper === undefined || bottom === undefined ? undefined : upper - bottom;
}

test('every spelling of an amount per volume has the factor 1', () => {
  let checked = 0;
  for (const [ucum, ...ways] of unitSpellings) {
    const exponent = exponentOf(ucum);
    if (exponent === undefined) continue;
    for (const way of ways) {
      assert.equal(exponentOf(way), exponent, `${way} for ${ucum}`);
      checked += 1;
    }
  }
  assert.ok(checked > 120, `${checked} spellings were checked`);
});
