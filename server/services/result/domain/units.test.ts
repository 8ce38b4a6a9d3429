import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compareDecimal } from '@nidaan/values';
import fc from 'fast-check';

import { unitSpellings } from './unit-spellings.ts';
import { isSameUnit, toOwnUnit } from './units.ts';

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
  ['10(9)/L', '10*3/uL', '10³/µL', true],
  ['x10e3/uL', '10*3/uL', '10³/µL', true],
  ['X10E3/UL', '10*3/uL', '10³/µL', true],
  ['thou/uL', '10*3/uL', '10³/µL', true],
  ['K/mm3', '10*3/uL', '10³/µL', true],
  ['10*12/L', '10*6/uL', '10⁶/µL', true],
  ['10(12)/L', '10*6/uL', '10⁶/µL', true],
  ['10*12/L', '10*3/uL', '10³/µL', false],
  ['10*9/L', '10*6/uL', '10⁶/µL', false],
  // A lab that writes its counts per litre takes the same spellings.
  ['10*3/uL', '10*9/L', '10⁹/L', true],
  ['thou/uL', '10*9/L', '10⁹/L', true],
  ['10*6/uL', '10*12/L', '10¹²/L', true],
  ['10*9/L', '/uL', '/µL', false],
  ['G/DL', 'g/dL', 'g/dL', true],
  ['MG/DL', 'mg/dL', 'mg/dL', true],
  ['MMOL/L', 'mmol/L', 'mmol/L', true],
  ['umol/L', 'mmol/L', 'mmol/L', false],
  ['umol/L', 'mg/dL', 'mg/dL', false],
  ['G/L', 'g/dL', 'g/dL', false],
  ['MG/L', 'mg/dL', 'mg/dL', false],
  ['mg/L', 'mg{FEU}/L', 'mg/L FEU', false],
  ['g/L', 'g/dL', 'g/dL', false],
  ['', null, '', false],
  ['mg/dL', null, '', false],
];
for (const [given, ucum, unit, isSame] of cases) {
  test(`"${given}" is ${isSame ? '' : 'not '}${ucum ?? 'no unit'}`, () =>
    assert.equal(isSameUnit(given, { ucum, unit, analyteCode: 'X', loinc: null }), isSame));
}

// Codes and names as the starter catalogue has them; mEq/L and mmol/L are one number where the charge is one.
const perCharge: readonly (readonly [analyteCode: string, loinc: string | null, isSame: boolean])[] = [
  ['NA', null, true],
  ['K', '2823-3', true],
  ['CL', '2075-0', true],
  ['HCO3', '1963-8', true],
  ['CO2', '2028-9', true],
  ['SODIUM_SERUM', '2951-2', true],
  ['U_K', '2828-2', true],
  ['U_NA', '2955-3', true],
  ['U_CL', '2078-4', true],
  ['CSF_CL', '2070-1', true],
  ['ABG_HCO3', '1960-4', true],
  // Calcium and magnesium carry two charges, phosphate more than one; a lactate is no ion of this list.
  ['CA', '17861-6', false],
  ['ICA', '1995-0', false],
  ['MG', '2601-3', false],
  ['PHOS', null, false],
  ['LACT', null, false],
];
for (const [analyteCode, loinc, isSame] of perCharge) {
  test(`mEq/L is ${isSame ? '' : 'not '}mmol/L for ${analyteCode}`, () => {
    for (const given of ['mEq/L', 'meq/L', 'mEq/l', 'MEQ/L'])
      assert.equal(isSameUnit(given, { ucum: 'mmol/L', unit: 'mmol/L', analyteCode, loinc }), isSame, given);
    // Both ways, as a catalogue may have either; never against another unit.
    assert.equal(isSameUnit('mmol/L', { ucum: 'meq/L', unit: 'mEq/L', analyteCode, loinc }), isSame);
    assert.equal(isSameUnit('mEq/L', { ucum: 'mg/dL', unit: 'mg/dL', analyteCode, loinc }), false);
  });
}

test('each spelling stands once in its line', () => {
  const codes = unitSpellings.map(([ucum]) => ucum);
  assert.equal(new Set(codes).size, codes.length);
  for (const line of unitSpellings) assert.equal(new Set(line).size, line.length, line[0]);
});

// An independent reading of each spelling: amount in base units, so that no line can hide a factor.
const prefixes: Readonly<Record<string, number>> = { '': 0, m: -3, u: -6, µ: -6, μ: -6, mc: -6, n: -9, p: -12, f: -15 };
function exponentOf(spelling: string): number | undefined {
  // All in capitals, as some analyzers write: read as written where that is a unit, else in small letters.
  const written = spelling.replace('/mm3', '/uL');
  return exponentAsWritten(written) ?? exponentAsWritten(written.toLowerCase());
}
function exponentAsWritten(spelling: string): number | undefined {
  const superscripts: Readonly<Record<string, string>> = { '³': '3', '⁶': '6', '⁹': '9', '¹²': '12' };
  const litre = /^(.*)\/(m|u|µ|μ|d|)[lL]$/.exec(spelling);
  if (!litre) return undefined;
  const [, top = '', below = ''] = litre;
  const bottom = below === 'd' ? -1 : prefixes[below];
  const power = /^x?10(?:[*^eE](\d+)|\((\d+)\)|([³⁶⁹]|¹²))$/i.exec(top);
  const named: Readonly<Record<string, number>> = { K: 3, k: 3, thou: 3, M: 6, '': 0, cells: 0 };
  const amount = /^(mc|m|u|µ|μ|n|p|)(?:g|mol|\[IU\]|IU|U|iu|u)$/.exec(top === 'gm' ? 'g' : top);
  const upper = power
    ? Number(power[1] ?? power[2] ?? superscripts[power[3] ?? ''])
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
  assert.ok(checked > 190, `${checked} spellings were checked`);
});

const brought = (value: string, given: string, ucum: string, molarMass: string | null = null) => {
  const own = toOwnUnit(value, given, { ucum, unit: ucum, analyteCode: 'X', loinc: null }, molarMass);
  return own.kind === 'mismatch' ? own.kind : `${own.kind} ${own.value}`;
};

test('lab-day 38: a value in another unit of the same kind is converted, exactly where the factor is', () => {
  assert.equal(brought('138', 'g/L', 'g/dL'), 'converted 13.8');
  assert.equal(brought('250000', '/uL', '10*3/uL'), 'converted 250');
  assert.equal(brought('2.5', 'lakh/cumm', '10*3/uL'), 'converted 250');
  assert.equal(brought('0.42', '1', '%'), 'converted 42');
  assert.equal(brought('<138', 'g/L', 'g/dL'), 'converted <13.8', 'a bound stays a bound');
  // Glucose 5.55 mmol/L at 180.156 g/mol is 99.98658 mg/dL.
  assert.equal(brought('5.55', 'mmol/L', 'mg/dL', '180.156'), 'converted 99.98658');
});

test('the own unit in any spelling, and no unit, leave the text as it came', () => {
  assert.equal(brought('7.10', ' K/uL ', '10*3/uL'), 'same 7.10');
  assert.equal(brought('7.10', '', '10*3/uL'), 'same 7.10');
  assert.equal(brought('haemolysed', 'g/L', 'g/dL'), 'same haemolysed', 'held later for being no number');
});

test('another kind of quantity, a charge, two meanings and an unknown word are no unit of it', () => {
  for (const [given, ucum, mass] of [
    ['mmol/L', 'g/dL', null],
    ['U/L', 'mg/dL', '113.12'],
    ['mEq/L', 'mg/dL', '40.078'],
    ['MIU/mL', 'm[IU]/mL', null],
    ['furlong', 'g/dL', null],
    ['haemolysed', 'g/dL', null],
  ] as const)
    assert.equal(brought('5', given, ucum, mass), 'mismatch', given);
});

test('whatever the number: converted there and back it is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.nat(4), (units, decimals) => {
      const value = (units / 10 ** decimals).toFixed(decimals);
      const there = toOwnUnit(value, 'g/L', { ucum: 'mg/dL', unit: 'mg/dL', analyteCode: 'X', loinc: null }, null);
      assert.equal(there.kind, 'converted');
      if (there.kind !== 'converted') return;
      const back = toOwnUnit(there.value, 'mg/dL', { ucum: 'g/L', unit: 'g/L', analyteCode: 'X', loinc: null }, null);
      assert.equal(back.kind === 'converted' && compareDecimal(back.value, value), 0);
    }),
  );
});
