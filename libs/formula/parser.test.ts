import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { evaluate, FormulaError, parseFormula } from './index.ts';

/** Text, place of the fault, and a word of what is expected there. */
const FAULTS: readonly (readonly [string, number, RegExp])[] = [
  ['', 0, /a number, an analyte code/],
  ['CHOL +', 6, /a number, an analyte code/],
  ['(CHOL - HDL', 11, /closing bracket/],
  ['CHOL HDL', 5, /sign of calculation/],
  ['K == 4', 2, /single =/],
  ['K != 4', 2, /<>/],
  ['K > 3 && K < 6', 6, /word and/],
  ['HBSAG = "Reactive"', 8, /single quotes/],
  ['3 < K < 6', 6, /and between two comparisons/],
  ['10mg', 2, /blank/],
  ['1.2.3', 3, /0\.993/],
  ['5.', 1, /0\.993/],
  ["HBSAG = 'Reactive", 8, /closing single quote/],
  ['{} + 1', 0, /17OHP/],
  ['sqr(4)', 0, /sqrt/],
  ['if(K > 3, 1)', 0, /3 part/],
  ['sqrt()', 5, /a number, an analyte code/],
  ['blank(3)', 0, /reason in quotes/],
  ["table('nowhere', 1)", 0, /martin_hopkins_180/],
  ["table('martin_hopkins_180', 1)", 0, /triglycerides, non-HDL/],
  ['and', 0, /a number, an analyte code/],
  ['50%', 2, /no percent sign/],
  ['min(1; 2)', 5, /comma/],
  ['1'.repeat(41), 0, /a number/],
  ['('.repeat(51) + '1' + ')'.repeat(51), 51, /fewer brackets/],
  ['1+'.repeat(2000) + '1', 4000, /shorter/],
];

test('a fault is told with its place and what is expected there', () => {
  for (const [text, at, expected] of FAULTS) {
    assert.throws(
      () => parseFormula(text),
      (error) => {
        assert.ok(error instanceof FormulaError, `${text}: ${String(error)}`);
        assert.equal(error.at, at, `${text}: ${error.message}`);
        assert.match(error.expected, expected, text);
        assert.match(error.message, /^[^a-z].*\.$|^(if|sqr|blank|table) /s, text);
        return true;
      },
    );
  }
});

test('inputs are the codes read, each once, without the built-in names', () => {
  const formula = parseFormula("if(SEX = 'female' and AGE_YEARS >= 18, {17OHP} + CREA, CREA / K) + FASTING");
  assert.deepEqual(formula.inputs, ['17OHP', 'CREA', 'K']);
  assert.deepEqual(formula.builtIns, ['SEX', 'AGE_YEARS', 'FASTING']);
});

test('ranks bind as on paper', () => {
  const cases = {
    '2 + 3 * 4': '14',
    '(2 + 3) * 4': '20',
    '10 - 4 - 3': '3',
    '24 / 4 / 3': '2',
    '-2^2': '-4',
    '2^3^2': '512',
    '2^-1': '0.5',
    '--3': '3',
    '6 ÷ 2 × 3 − 1': '8',
    '.5 + 1': '1.5',
    'IF(NOT 1 > 2 AND 2 ≥ 2, 1, 0)': '1',
    'if(true or false and false, 1, 0)': '1',
    'if(not false = true, 1, 0)': '1',
  };
  for (const [text, number] of Object.entries(cases)) {
    assert.deepEqual(
      evaluate(parseFormula(text), () => undefined),
      { kind: 'number', number },
      text,
    );
  }
});

test('a long chain is read flat, brackets to the limit are read', () => {
  const chain = parseFormula(`1${'+1'.repeat(1999)}`);
  assert.deepEqual(
    evaluate(chain, () => undefined),
    { kind: 'number', number: '2000' },
  );
  const deep = parseFormula(`${'('.repeat(50)}7${')'.repeat(50)}`);
  assert.deepEqual(
    evaluate(deep, () => undefined),
    { kind: 'number', number: '7' },
  );
});

const WORDS = [
  '1 0 0.5 10 400 99999999999999999999 .1 0.0000000001 CHOL TRIG SEX {17OHP}',
  '+ - * / ^ ^ = <> < <= > >= ( ( ) ) , , and or not true false',
  'min( max( abs( sqrt( ln( log10( exp( round( floor( if( known( coalesce(',
  "blank('why') table('martin_hopkins_180', 'text' '<5' \" ; [ \u0000 ९",
].flatMap((line) => line.split(' '));

test('50,000 texts: each is read and calculated, or refused with a FormulaError', () => {
  const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(' '));
  const texts = fc.oneof(
    { weight: 7, arbitrary: soup },
    { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
  const inputs = fc.constantFrom('0', '-1', '5', '0.1', '1e5', 'x', '<0.5', '9'.repeat(60), '');
  let read = 0;
  fc.assert(
    fc.property(texts, inputs, (text, input) => {
      let formula;
      try {
        formula = parseFormula(text);
      } catch (error) {
        return error instanceof FormulaError && error.at >= 0 && error.at <= text.length && error.expected !== '';
      }
      read += 1;
      const value = evaluate(formula, (name) =>
        name === 'CHOL' ? { kind: 'number', number: input } : { kind: 'text', text: input },
      );
      return value.kind !== 'number' || (/^-?\d+(\.\d+)?$/.test(value.number) && value.number.length < 240);
    }),
    { numRuns: 50_000 },
  );
  assert.ok(read > 500, `only ${read} of them could be read, too few to prove anything about calculating`);
});

/** Formulas that are well formed by construction: what random words seldom are. */
const { tree } = fc.letrec<{ tree: string; pair: readonly [string, string] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'large' },
    fc.constantFrom('CHOL', 'TRIG', '0', '1', '7.5', '10', '99999', '0.001', '1000000000000000000000000000000'),
    tie('pair').map(([a, b]) => `(${a} + ${b})`),
    tie('pair').map(([a, b]) => `(${a} - ${b})`),
    tie('pair').map(([a, b]) => `(${a} * ${b})`),
    tie('pair').map(([a, b]) => `(${a} / ${b})`),
    tie('pair').map(([a, b]) => `(${a}) ^ (${b})`),
    tie('pair').map(([a, b]) => `if(${a} < ${b}, ${b}, ${a})`),
    tie('pair').map(([a, b]) => `exp(${a}) - ln(${b})`),
    tie('pair').map(([a, b]) => `round(${a}, 2) * sqrt(${b}) + log10(${a})`),
  ),
  pair: fc.tuple(tie('tree'), tie('tree')),
}));

test('well-formed formulas of any size of number give a number within bounds or a reason', () => {
  fc.assert(
    fc.property(tree, fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (text, input) => {
      fc.pre(text.length <= 4000);
      const value = evaluate(parseFormula(text), () => ({ kind: 'number', number: String(input) }));
      return value.kind === 'number' ? value.number.length < 240 : value.kind === 'blank' && value.why !== '';
    }),
    { numRuns: 5_000 },
  );
});
