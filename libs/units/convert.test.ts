import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { convert, isUcum, sameKind, ucumOf } from './index.ts';

function value(given: string, from: string, to: string, molarMass?: string): string {
  const answer = convert(given, from, to, molarMass);
  return answer.ok ? answer.value : `(${answer.why})`;
}

/** US unit, SI unit, molar mass in g/mol from IUPAC atomic weights, printed factor, and half of its last digit. */
const SI_FACTORS: readonly (readonly [string, string, string, string, number, number])[] = [
  ['glucose', 'mg/dL', 'mmol/L', '180.156', 0.0555, 0.00005],
  ['urea nitrogen (N2)', 'mg/dL', 'mmol/L', '28.014', 0.357, 0.0005],
  ['creatinine', 'mg/dL', 'umol/L', '113.12', 88.4, 0.05],
  ['calcium', 'mg/dL', 'mmol/L', '40.078', 0.2495, 0.00005],
  ['bilirubin', 'mg/dL', 'umol/L', '584.67', 17.1, 0.05],
  ['cholesterol', 'mg/dL', 'mmol/L', '386.66', 0.02586, 0.000005],
  ['triglycerides (triolein)', 'mg/dL', 'mmol/L', '885.45', 0.01129, 0.000005],
  ['uric acid', 'mg/dL', 'umol/L', '168.11', 59.48, 0.006],
  ['phosphate (P)', 'mg/dL', 'mmol/L', '30.974', 0.3229, 0.00005],
  ['magnesium', 'mg/dL', 'mmol/L', '24.305', 0.4114, 0.00005],
  ['iron', 'ug/dL', 'umol/L', '55.845', 0.179, 0.0005],
];

test('lab-medicine 11: US to SI by molar mass gives the printed factors, and back again', () => {
  for (const [name, us, si, molarMass, factor, tolerance] of SI_FACTORS) {
    const there = Number(value('1', us, si, molarMass));
    assert.ok(Math.abs(there - factor) <= tolerance, `${name}: ${there}, printed ${factor}`);
    assert.ok(Math.abs(Number(value(String(there), si, us, molarMass)) - 1) < 1e-10, name);
  }
});

test('lab-medicine 11: counts and proteins are exact powers of ten', () => {
  assert.equal(value('13.7', 'g/dL', 'g/L'), '137');
  assert.equal(value('4.15', 'g/dL', 'g/L'), '41.5');
  assert.equal(value('250', '10*3/uL', '10*9/L'), '250');
  assert.equal(value('1', '10*5/uL', '10*3/uL'), '100');
  assert.equal(value('1.5', ucumOf('lakhs/cumm') ?? '', '10*3/uL'), '150');
  assert.equal(value('7350', '/uL', '10*9/L'), '7.35');
  assert.equal(value('0.1234567890123456', 'g/L', 'mg/L'), '123.4567890123456');
  assert.equal(value('250.0', 'mg/(24.h)', 'g/d'), '0.25');
  assert.equal(value('120', 'mL/min', 'mL/s'), '2');
});

test('the value stands as it was given when the unit is the same', () => {
  assert.equal(value('7.10', 'mg/dL', 'mg/dL'), '7.10');
  assert.equal(value('-0.5', 'mmol/L', 'mmol/L'), '-0.5');
});

test('international units keep to themselves, prefixes are theirs', () => {
  assert.equal(value('4.5', 'm[IU]/L', 'u[IU]/mL'), '4.5');
  assert.equal(value('2500', 'm[IU]/L', '[IU]/L'), '2.5');
  assert.equal(value('7', '[iU]/L', 'm[IU]/mL'), '7');
  assert.match(value('1', 'U/L', '[IU]/L'), /different kinds/);
  assert.match(value('1', '[IU]/mL', "[GPL'U]/mL"), /different kinds/);
  assert.match(value('1', 'cd', '[IU]'), /different kinds/);
});

test('temperatures are not a factor', () => {
  assert.equal(value('37', 'Cel', '[degF]'), '98.6');
  assert.equal(value('98.6', '[degF]', 'Cel'), '37');
  assert.equal(value('0', 'Cel', 'K'), '273.15');
});

test('what a unit alone cannot tell is refused with the reason', () => {
  assert.match(value('5', 'mmol/L', 'mg/dL'), /molar mass is not known/);
  assert.match(value('5', 'mmol/L', 'mg/dL', '0'), /molar mass is not a number above 0/);
  assert.match(value('5', 'mmol/L', 'mg/dL', 'x'), /molar mass is not a number above 0/);
  assert.match(value('5', 'meq/L', 'mmol/L'), /charge/);
  assert.match(value('5', 'mg/dL', 'mm/h'), /different kinds/);
  assert.match(value('5', 'mg%%', 'mg/dL'), /not a UCUM unit/);
  assert.match(value('5', '', 'mg/dL'), /unit is missing/);
  for (const text of ['<5', '5,1', '1e5', 'clotted', '', '.', '5 mg']) {
    assert.match(value(text, 'g/L', 'g/dL'), /plain decimal/, text);
  }
});

test('notes in braces are heeded: FEU is not DDU, GFR per surface is not GFR, HbA1c in mmol/mol is not percent', () => {
  assert.match(value('0.5', 'mg{FEU}/L', 'ng{DDU}/mL'), /different things/);
  assert.equal(value('0.5', 'mg{FEU}/L', 'ng/mL'), '500');
  assert.match(value('60', 'mL/min/{1.73_m2}', 'mL/min'), /different things/);
  assert.match(value('1', '{INR}', '%'), /different things/);
  assert.equal(value('30', 'mg/g{creat}', 'mg/g'), '30');
  assert.equal(value('45', '%', '{ratio}'), '0.45');
  assert.match(value('48', 'mmol/mol', '%'), /own equation/);
});

test('sameKind and isUcum', () => {
  assert.equal(sameKind('g/dL', 'mg/L'), true);
  assert.equal(sameKind('mg/dL', 'mmol/L'), false);
  for (const unit of ['mg/dL', '10*3/uL', '{INR}', '/100{WBCs}', 'mL/min/{1.73_m2}', "[GPL'U]/mL"])
    assert.equal(isUcum(unit), true, unit);
  for (const unit of ['', 'IU/L', 'mgdl', 'lakh', 'x'.repeat(101), 'constructor', 'toString/L'])
    assert.equal(isUcum(unit), false, unit);
});

test('printed spellings lead to the unit meant, or to none', () => {
  const meant = {
    'gm/dl': 'g/dL',
    '10³/µL': '10*3/uL',
    'Lakhs / cumm': '10*5/uL',
    'cells/cumm': '/uL',
    'uIU/mL': 'u[IU]/mL',
    'mg/dL': 'mg/dL',
    mmHg: 'mm[Hg]',
  };
  for (const [printed, unit] of Object.entries(meant)) assert.equal(ucumOf(printed), unit, printed);
  assert.equal(ucumOf('mEq/L'), undefined);
  assert.equal(ucumOf('constructor'), undefined);
});

test('every spelling leads to a valid unit, and a shift of the point loses no digit', () => {
  const digits = fc
    .tuple(fc.nat({ max: 999_999 }), fc.nat({ max: 999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(3, '0')}`);
  fc.assert(
    fc.property(digits, (given) => {
      const there = value(given, 'g/dL', 'mg/L');
      assert.equal(Number(value(there, 'mg/L', 'g/dL')), Number(given));
      assert.match(there, /^\d+$/);
    }),
  );
});

test('no text makes a conversion throw', () => {
  const unit = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('mg/dL', '{', '[', '10*', '1/0', '((((', 'm/m/m', '10^9999999'),
  );
  fc.assert(
    fc.property(
      fc.string({ maxLength: 8 }),
      unit,
      unit,
      (given, from, to) => typeof convert(given, from, to).ok === 'boolean',
    ),
    { numRuns: 500 },
  );
});
