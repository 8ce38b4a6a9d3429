import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { findableSounds, nameSound, toLatin, wordSound } from './name-sound.ts';
import { nameWords } from './patient-name.ts';
import { DIFFERENT, SAME, SAME_IN_SCRIPTS } from './same-names.testing.ts';

const heard = ([a, b]: readonly [string, string]) => `${a} (${nameSound(a)}) and ${b} (${nameSound(b)})`;

test('lab-day 6: spellings of one name sound alike', () => {
  assert.ok(SAME.length >= 60);
  assert.deepEqual(SAME.filter(([a, b]) => nameSound(a) !== nameSound(b)).map(heard), []);
});

test('lab-day 6: a name sounds alike in Latin letters and in the scripts of India', () => {
  assert.deepEqual(SAME_IN_SCRIPTS.filter(([a, b]) => nameSound(a) !== nameSound(b)).map(heard), []);
});

test('lab-day 6: two names that look alike do not sound alike', () => {
  assert.ok(DIFFERENT.length >= 60);
  assert.deepEqual(DIFFERENT.filter(([a, b]) => nameSound(a) === nameSound(b)).map(heard), []);
});

test('a name is found by each of its words, by neighbours written in one, and by the whole', () => {
  const sounds = findableSounds('Vijaya Lakshmi Ramesh Kumar');
  for (const text of ['Vijaylaxmi', 'Wijaya', 'Laxmi', 'Rameshkumar', 'Kumar', 'Vijayalakshmi Ramesh'])
    assert.ok(sounds.includes(nameSound(text)), text);
  assert.ok(!sounds.includes(nameSound('Vijayalakshmi Kumari Rao')));
  assert.deepEqual(findableSounds('A'), ['a']);
});

test('a word of a script that is not known is its own sound; any text has one, and always the same', () => {
  assert.equal(wordSound('محمد'), 'محمد');
  assert.equal(toLatin('राम2'), 'rama');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (name) => {
      assert.equal(nameSound(name), nameSound(name));
      assert.equal(nameSound(name) === '', nameWords(name).length === 0);
      for (const sound of findableSounds(name)) assert.ok(sound.length > 0);
    }),
  );
});
