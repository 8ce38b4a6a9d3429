import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { range } from './fixtures.ts';
import { canonicalTitre, flagTitre, readTitre, titreText } from './titre.ts';

const widal = ['<1:20', '1:20', '1:40', '1:80', '1:160', '1:320', '>1:320'];

test('lab-day 37: a titre is a dilution, in any spelling', () => {
  const spelled = {
    '1:80': '1:80',
    '1/80': '1:80',
    ' 1 : 80 ': '1:80',
    '<1:20': '<1:20',
    '> 1:320': '>1:320',
    '≥1:640': '>=1:640',
  };
  for (const [text, expected] of Object.entries(spelled)) {
    const read = readTitre(text);
    assert.ok(read, text);
    assert.equal(titreText(read), expected);
  }
  for (const text of ['80', '2:80', '1:', '1:0', '1:-80', '1:80:160', 'Negative', '', '1:8e1', '1.5:80'])
    assert.equal(readTitre(text), undefined, text);
});

test('lab-day 37: of the list alone where the catalogue has one', () => {
  assert.equal(canonicalTitre('1/160', widal), '1:160');
  assert.equal(canonicalTitre('> 1:320', widal), '>1:320');
  assert.equal(canonicalTitre('1:90', widal), undefined, 'no dilution of the series');
  assert.equal(canonicalTitre('negative', ['Negative', '1:8']), 'Negative');
  assert.equal(canonicalTitre('1:90', []), '1:90');
  assert.equal(canonicalTitre('Negative', []), undefined);
});

test('lab-day 37: titres have an order: a decision limit of 1:80', () => {
  const limit = range({ text: '<=1:80', kind: 'decision' });
  const flags = {
    '<1:20': null,
    '1:20': null,
    '1:80': null,
    '<=1:80': null,
    '1:160': 'A',
    '>1:80': 'A',
    '>1:320': 'A',
  } as const;
  for (const [text, flag] of Object.entries(flags))
    assert.deepEqual(flagTitre(text, limit), { flag, isUndecided: false }, text);
  assert.deepEqual(flagTitre('>1:40', limit), { flag: null, isUndecided: true }, 'may be 1:80 or 1:160');
  // As text 1:160 comes before 1:20; as dilution it lies above.
  assert.equal(flagTitre('1:160', range({ text: '<=1:20' })).flag, 'A');
  assert.equal(flagTitre('1:20', range({ text: '>=1:40' })).flag, 'A', 'immunity begins at 1:40');
});

test('lab-day 37: an expected text with a bound: what is not below it is flagged', () => {
  const below = range({ text: '<1:80' });
  const flags = { '<1:80': null, '1:40': null, '1:80': 'A', '>1:80': 'A', '1:160': 'A' } as const;
  for (const [text, flag] of Object.entries(flags)) assert.equal(flagTitre(text, below).flag, flag, text);
  assert.deepEqual(flagTitre('<1:160', below), { flag: null, isUndecided: true });
  assert.deepEqual(flagTitre('<=1:80', below), { flag: null, isUndecided: true });
  assert.equal(flagTitre('Negative', below).flag, null, 'a word is no titre to compare');
  assert.equal(flagTitre('Reactive', range({ text: 'Non-reactive' })).flag, 'A');
  assert.equal(flagTitre('1:160', range({ text: '<1:80', kind: 'none' })).flag, null);
});

test('the greater of two titres is never flagged less', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), fc.integer({ min: 1, max: 100_000 }), (a, b, high) => {
      const [small, great] = [Math.min(a, b) + 1, Math.max(a, b) + 1];
      const isHigh = (reciprocal: number) => flagTitre(`1:${reciprocal}`, range({ text: `<=1:${high}` })).flag === 'A';
      assert.equal(isHigh(great), great > high);
      if (isHigh(small)) assert.ok(isHigh(great));
    }),
  );
});

test('any text is read or refused, and what is read is read the same again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[<>]?=? ?1 ?[:/] ?\d{1,6}$/)), (text) => {
      const read = readTitre(text);
      if (read !== undefined) assert.deepEqual(readTitre(titreText(read)), read);
    }),
  );
});
