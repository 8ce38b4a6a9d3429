import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { nameTerms, questionsOf } from './name-terms.ts';

test('terms by hand: words, sounds, and each two of them in both orders', () => {
  assert.deepEqual(nameTerms('Sunita Rao'), [
    '=sunita',
    '=rao',
    '+sunita rao',
    '+rao sunita',
    '~sunit',
    '~ro',
    '~sunitro',
    '*sunit ro',
    '*ro sunit',
  ]);
  assert.deepEqual(nameTerms('Om'), ['=om', '~om']);
  assert.deepEqual(nameTerms('Rao Rao'), ['=rao', '~ro', '~roro']);
});

test('questions by hand: of the last word a beginning will do', () => {
  const asked = questionsOf('Smt. Sunita Anil Ra');
  assert.deepEqual(
    asked?.wholeWords.map((term) => term.text),
    ['+sunita anil', '+anil ra', '+sunita ra'],
  );
  assert.ok(asked?.wholeWords.every((term) => !term.isBeginning));
  assert.deepEqual(
    asked?.beginnings.map((term) => term.isBeginning),
    [false, true, true],
  );
  assert.deepEqual(asked?.joined, [{ text: '~sunitnilr', isBeginning: true }]);
  assert.deepEqual(questionsOf('sun')?.beginnings, [{ text: '=sun', isBeginning: true }]);
  // Too short a sound begins too many.
  assert.deepEqual(questionsOf('rao')?.sounds, [{ text: '~ro', isBeginning: false }]);
  assert.equal(questionsOf('--'), undefined);
});

const word = fc.constantFrom('sunita', 'anil', 'rao', 'patil', 'ramesh', 'kumar', 'devi', 'lakshmi');

test('a name answers for any of its words in any order, whole or with the last unfinished, and by sound', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(4), (words, seed, cut) => {
      const terms = nameTerms(words.join(' '));
      const answers = ({ text, isBeginning }: { readonly text: string; readonly isBeginning: boolean }) =>
        terms.some((term) => (isBeginning ? term.startsWith(text) : term === text));
      const typed = words
        .toSorted((a, b) => ((a.length * 7 + seed) % 5) - ((b.length * 7 + seed) % 5))
        .slice(0, 1 + (seed % 5));
      const whole = questionsOf(typed.join(' '));
      assert.ok(whole?.wholeWords.every(answers) && whole.beginnings.every(answers) && whole.sounds.every(answers));
      const unfinished = questionsOf(
        typed.join(' ').slice(0, -Math.min(cut, (typed.at(-1) ?? '').length - 1) || undefined),
      );
      assert.ok(unfinished?.beginnings.every(answers));
    }),
  );
});
