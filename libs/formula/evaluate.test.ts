import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { evaluate, parseFormula, type Value } from './index.ts';

type Given = Readonly<Record<string, string | boolean>>;

/** Numbers are given as decimals, anything else as text. */
function calculate(text: string, given: Given = {}): Value {
  return evaluate(parseFormula(text), (name) => {
    const value = given[name];
    if (value === undefined) return undefined;
    if (typeof value === 'boolean') return { kind: 'truth', truth: value };
    return /^-?[\d.]+$/.test(value) ? { kind: 'number', number: value } : { kind: 'text', text: value };
  });
}

/** A short form: the number, the truth, the text in quotes, or the reason of a blank in brackets. */
function brief(text: string, given: Given = {}): string {
  const value = calculate(text, given);
  switch (value.kind) {
    case 'number':
      return value.number;
    case 'truth':
      return String(value.truth);
    case 'text':
      return `'${value.text}'`;
    case 'blank':
      return `(${value.why})`;
  }
  return value satisfies never;
}

test('lab-medicine 11: arithmetic is decimal; HbA1c 6 gives an average glucose of exactly 125.5', () => {
  assert.equal(brief('28.7 * HBA1C - 46.7', { HBA1C: '6' }), '125.5');
  assert.equal(brief('round(28.7 * HBA1C - 46.7, 0)', { HBA1C: '6' }), '126');
  assert.equal(brief('0.1 + 0.2'), '0.3');
  assert.equal(brief('1 / 3 * 3'), '1');
  assert.equal(brief('if(1 / 3 * 3 = 1, 1, 0)'), '1');
  assert.equal(brief('1 / 3'), `0.${'3'.repeat(30)}`);
});

test('lab-day 39: LDL is blank with its reason above 400, and when an input is missing', () => {
  const ldl = "if(TRIG >= 400, blank('triglycerides 400 mg/dL or more'), CHOL - HDL - TRIG/5)";
  assert.equal(brief(ldl, { CHOL: '200', HDL: '50', TRIG: '150' }), '120');
  assert.equal(brief(ldl, { CHOL: '200', HDL: '50', TRIG: '400' }), '(triglycerides 400 mg/dL or more)');
  assert.equal(brief(ldl, { CHOL: '200', HDL: '50' }), '(TRIG is missing)');
  assert.equal(brief(ldl, { CHOL: '200', TRIG: '150' }), '(HDL is missing)');
  assert.equal(brief(ldl, { CHOL: '200', HDL: '<5', TRIG: '150' }), '(HDL is a bound)');
  assert.equal(brief(ldl, { CHOL: '200', HDL: '50', TRIG: 'clotted' }), '(only numbers are compared by size)');
});

test('functions', () => {
  const cases = {
    'min(3, 1, 2)': '1',
    'max(3, 1, 2)': '3',
    'abs(2 - 5)': '3',
    'sqrt(2)': '1.41421356237309504880168872421',
    'sqrt(0 - 1)': '(the square root of a negative number)',
    'ln(1)': '0',
    // e to 30 digits, as printed in tables.
    'exp(1)': '2.71828182845904523536028747135',
    'log10(1000)': '3',
    'ln(0)': '(the logarithm of a number not above 0)',
    'log10(0 - 3)': '(the logarithm of a number not above 0)',
    'round(2.345, 2)': '2.35',
    'round(0 - 2.345, 2)': '-2.35',
    'round(2.5)': '3',
    'round(2.5, 0.5)': '(round takes 0 to 30 decimals)',
    'floor(0 - 2.1)': '-3',
    '(0 - 8) ^ (1/3)': '(a root of a negative number)',
    '0 ^ (0 - 1)': '(division by zero)',
    '0 ^ 0': '1',
    '1 / 0': '(division by zero)',
    '10 ^ 10 ^ 10': '(the calculated number is too large)',
    '10 ^ -(10 ^ 10)': '(the calculated number is too small)',
    'exp(10 ^ 90)': '(the calculated number is too large)',
    'exp(0 - 10 ^ 90)': '(the calculated number is too small)',
    '10 ^ 60 * 10 ^ 60': '(the calculated number is too large)',
    "blank('why')": '(why)',
    'coalesce(A, B, 3)': '3',
    'coalesce(A, B)': '(B is missing)',
    'if(known(A), 1, 2)': '2',
    'if(1, 2, 3)': '(a value stands where a condition is needed)',
    '1 + (2 > 1)': '(a condition stands where a number is needed)',
    "1 + 'one'": '(a text stands where a number is needed)',
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(brief(text), expected, text);
});

test('truth has three values', () => {
  const cases = {
    'false and A': 'false',
    'A and false': 'false',
    'true and A': '(A is missing)',
    'true or A': 'true',
    'A or true': 'true',
    'false or A': '(A is missing)',
    'not A': '(A is missing)',
    'A > 3 or 2 > 1': 'true',
    'A > 3 and 2 > 1': '(A is missing)',
    'A > 3 and 1 > 2': 'false',
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(brief(text), expected, text);
});

test('texts are compared without regard to case and outer blanks; kinds do not mix', () => {
  assert.equal(brief("HBSAG = 'Reactive'", { HBSAG: 'REACTIVE ' }), 'true');
  assert.equal(brief("HBSAG <> 'Reactive'", { HBSAG: 'Non-reactive' }), 'true');
  assert.equal(brief("HBSAG > 'Reactive'", { HBSAG: 'Reactive' }), '(only numbers are compared by size)');
  assert.equal(brief("K = '4.1'", { K: '4.1' }), '(values of two kinds are compared)');
  assert.equal(brief('FASTING = true', { FASTING: true }), 'true');
  assert.equal(brief("'it''s'"), "'it's'");
});

test('a bound is compared where the answer is certain, and is no number', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['<0.01', 'X < 0.5', 'true'],
    ['<0.01', 'X > 4', 'false'],
    ['<0.5', 'X < 0.5', 'true'],
    ['<0.5', 'X >= 0.5', 'false'],
    ['<0.5', 'X > 0.4', '(X is a bound)'],
    ['<=0.5', 'X < 0.5', '(X is a bound)'],
    ['<=0.5', 'X <= 0.5', 'true'],
    ['>14', 'X >= 6.5', 'true'],
    ['> 14', 'X = 6.5', 'false'],
    ['≥14', 'X <> 6.5', 'true'],
    ['>14', 'X < 20', '(X is a bound)'],
    ['>14', 'X + 1', '(X is a bound)'],
    ['>14', 'X', '(X is a bound)'],
    ['>14', "X = 'high'", '(values of two kinds are compared)'],
  ];
  for (const [given, text, expected] of cases) assert.equal(brief(text, { X: given }), expected, `${given}: ${text}`);
});

test('a bound never says more than every number it may stand for', () => {
  const sign = fc.constantFrom('<', '<=', '>', '>=');
  const relation = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');
  const small = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(sign, small, relation, small, (bound, limit, asked, other) => {
      const said = brief(`X ${asked} ${other}`, { X: `${bound}${limit}` });
      const stoodFor = Array.from({ length: 41 }, (_, at) => String(at / 4)).filter(
        (number) => brief(`X ${bound} ${limit}`, { X: number }) === 'true',
      );
      const answers = new Set(stoodFor.map((number) => brief(`X ${asked} ${other}`, { X: number })));
      assert.ok(said === '(X is a bound)' || (answers.size <= 1 && (answers.size === 0 || answers.has(said))), said);
    }),
  );
});

test('a table is read by half-open bands', () => {
  const look = (tg: string, nonHdl: string): string =>
    brief("table('martin_hopkins_180', TG, NONHDL)", { TG: tg, NONHDL: nonHdl });
  assert.equal(look('7', '0'), '3.5');
  assert.equal(look('49', '99'), '3.5');
  assert.equal(look('49.9', '99.9'), '3.5');
  assert.equal(look('50', '100'), '3.9');
  assert.equal(look('150', '150'), '5.7');
  assert.equal(look('450', '270'), '6.7');
  assert.equal(look('13975', '220'), '6.7');
  assert.equal(look('13976', '220'), '(triglycerides is outside the table martin_hopkins_180)');
  assert.equal(look('6', '220'), '(triglycerides is outside the table martin_hopkins_180)');
  assert.equal(look('6', '<5'), '(NONHDL is a bound)');
});

test('sums and products of whole numbers are exact, as BigInt counts them', () => {
  const whole = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
  fc.assert(
    fc.property(whole, whole, whole, (a, b, c) => {
      const given = { A: String(a), B: String(b), C: String(c) };
      assert.equal(brief('A * B - C', given), String(a * b - c));
      assert.equal(brief('if(A < B, 1, 0)', given), a < b ? '1' : '0');
    }),
  );
});
