import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { escapeText, standardDelimiters, unescapeText } from './index.ts';

const un = (raw: string): string => unescapeText(raw, standardDelimiters);

test('escape sequences of the standard', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f', 'a|b^c&d~e\\f'],
    ['\\X0D\\', '\r'],
    ['\\X0D0A\\x', '\r\nx'],
    ['\\XC2B5\\', 'µ'],
    ['\\XC2\\\\XB5\\g', 'µg'],
    ['\\XB5\\', 'µ'],
    ['one\\.br\\two', 'one\ntwo'],
    ['a\\.sp2\\b\\.sp\\c', 'a\n\nb\nc'],
    ['a\\.sk3\\b', 'a   b'],
    ['\\H\\bold\\N\\ \\.in+4\\\\.fi\\x', 'bold x'],
  ];
  for (const [raw, text] of cases) assert.equal(un(raw), text, raw);
});

test('what is not an escape stays as it came', () => {
  const cases = [
    'C:\\dir',
    'Str\\ain',
    '\\',
    '\\\\',
    '\\X0\\',
    '\\XZZ\\',
    '\\Z0A\\',
    '\\C2842\\',
    '\\M2842\\',
    '\\Q\\',
    '\\.sp99999999\\',
    '\\x0d\\',
  ];
  for (const raw of cases) assert.equal(un(raw), raw);
  assert.equal(un('C:\\dir\\F\\x'), 'C:\\dir|x');
  assert.equal(un('\\Zab\\F\\'), '\\Zab\\F\\');
});

test('any text that is written can be read back', () => {
  const hard = fc.string({
    unit: fc.constantFrom(
      '\\',
      '|',
      '^',
      '~',
      '&',
      '#',
      'F',
      'X',
      '0',
      'D',
      '.',
      'b',
      'r',
      '\r',
      '\n',
      '\v',
      '\u001c',
      'µ',
      'क',
    ),
  });
  const delimiters = fc.constantFrom(
    standardDelimiters,
    { ...standardDelimiters, truncation: '#' },
    { field: '$', component: '%', repetition: '~', escape: '!', subcomponent: '&', truncation: '' },
    { ...standardDelimiters, subcomponent: '' },
  );
  fc.assert(
    fc.property(fc.oneof(hard, fc.string({ unit: 'grapheme' })), delimiters, (text, set) => {
      const raw = escapeText(text, set);
      assert.equal(unescapeText(raw, set), text);
      assert.ok(!/[\r\n\v]/.test(raw) && !raw.includes(set.field) && !raw.includes(set.component));
    }),
    { numRuns: 3000 },
  );
});

test('reading any raw text never throws and, without an escape sign, changes nothing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\\', 'X', 'Z', 'C', '0', 'F', '.', 's', 'p', '9', 'H', 'a') }),
      (raw) => {
        const text = un(raw);
        if (!raw.includes('\\')) assert.equal(text, raw);
      },
    ),
    { numRuns: 3000 },
  );
});
