import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { nameKey, nameParts, nameWords } from './patient-name.ts';

test('names that a desk would call the same have one key', () => {
  const same = [
    ['Ramesh Kumar', 'ramesh  KUMAR', ' Mr. Ramesh Kumar', 'Shri Ramesh-Kumar'],
    ["D'Souza José", 'DSouza Jose', 'D’Souza Jose\u0301'],
    ['\u0915\u094d\u0937\u092e\u093e', '\u0915\u094d\u200d\u0937\u092e\u093e'],
    // Qa written as one letter, and as ka with a dot below.
    ['\u0958\u092e\u0930', '\u0915\u093c\u092e\u0930'],
  ];
  for (const [first = '', ...others] of same)
    for (const other of others) assert.equal(nameKey(other), nameKey(first), other);
  assert.notEqual(nameKey('Ramesh Kumar'), nameKey('Kumar Ramesh'));
  assert.notEqual(nameKey('राम'), nameKey('रामा'));
});

test('a title alone is a name, and a title after the name belongs to it', () => {
  assert.deepEqual(nameWords('Dr.'), ['dr']);
  assert.deepEqual(nameWords('Prof. Dr. Rao'), ['rao']);
  assert.deepEqual(nameWords('Rao Master'), ['rao', 'master']);
});

test('parts by hand: each word, and its endings of three letters or more', () => {
  assert.deepEqual(nameParts('Lata Rao'), ['lata', 'ata', 'rao']);
  assert.deepEqual(nameParts('Om'), ['om']);
});

const name = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.stringMatching(/^[A-Za-z .'-]{1,40}$/));

test('a key is its own key, whatever case and blanks a name is typed in', () => {
  fc.assert(
    fc.property(name, (text) => {
      const key = nameKey(text);
      assert.equal(nameKey(key), key);
      assert.equal(nameKey(`  ${text.replaceAll(' ', '   ')} `), key);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z .'-]{1,40}$/), (text) =>
      assert.equal(nameKey(text.toUpperCase()), nameKey(text.toLowerCase())),
    ),
  );
});

test('every beginning of a word, and every piece of three letters or more, begins one of the parts', () => {
  fc.assert(
    fc.property(name, fc.nat(), fc.nat(), (text, a, b) => {
      const parts = nameParts(text);
      assert.equal(new Set(parts).size, parts.length);
      for (const word of nameWords(text)) {
        const letters = [...word];
        const from = a % letters.length;
        const piece = letters.slice(from, from + 1 + (b % letters.length));
        if (from === 0 || piece.length >= 3)
          assert.ok(
            parts.some((part) => part.startsWith(piece.join(''))),
            `${piece.join('')} in ${word}`,
          );
      }
      for (const part of parts) assert.ok(nameKey(text).includes(part));
    }),
  );
});
