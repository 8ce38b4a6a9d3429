import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Delimiters } from './index.ts';
import { escapeText, unescapeText } from './index.ts';

/** Six different signs that may delimit; the truncation sign may be missing. */
const delimiters = fc
  .uniqueArray(fc.constantFrom(...'|^~\\&#$%@!*+;:<>?[]{}=`\'"'), { minLength: 6, maxLength: 6 })
  .chain(([field = '', component = '', repetition = '', escape = '', subcomponent = '', truncation = '']) =>
    fc.boolean().map((isNew): Delimiters => ({
      field,
      component,
      repetition,
      escape,
      subcomponent,
      truncation: isNew ? truncation : '',
    })),
  );

test('unescaping undoes escaping, for every set of delimiters and every text', () => {
  fc.assert(
    fc.property(delimiters, fc.string({ unit: 'binary', maxLength: 60 }), (signs, any) => {
      // Half a surrogate pair has no bytes; no text from a wire holds one.
      const text = any.toWellFormed();
      const escaped = escapeText(text, signs);
      assert.equal(unescapeText(escaped, signs), text);
      for (const sign of [
        signs.field,
        signs.component,
        signs.repetition,
        signs.subcomponent,
        '\r',
        '\n',
        '\v',
        '\u001c',
      ]) {
        assert.ok(!escaped.includes(sign), `${JSON.stringify(escaped)} holds ${JSON.stringify(sign)}`);
      }
    }),
    { numRuns: 2000 },
  );
});

test('texts made of escapes come back too', () => {
  const pieces = [
    '\\',
    '\\F\\',
    '\\X0D\\',
    '.br',
    'E',
    'X',
    '\\E\\',
    '\\Z1\\',
    '\\C2842\\',
    'é',
    '|',
    '^',
    '&',
    '~',
    '\r',
    '\n',
  ];
  const signs = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&', truncation: '' };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      assert.equal(unescapeText(escapeText(text, signs), signs), text);
    }),
    { numRuns: 2000 },
  );
});
