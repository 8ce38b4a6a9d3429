import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mrn } from '@nidaan/values';
import * as fc from 'fast-check';

import { readSearchBox } from './search-box.ts';

test('what was typed is told apart by its form', () => {
  assert.deepEqual(readSearchBox(''), { by: 'nothing' });
  assert.deepEqual(readSearchBox('NID00000428'), { by: 'mrn', mrn: 'NID00000428' });
  assert.deepEqual(readSearchBox('nid 0000 0428'), { by: 'mrn', mrn: 'NID00000428' });
  // A wrong check digit is no record number; as a word it finds nobody.
  assert.deepEqual(readSearchBox('NID00000429'), { by: 'name', words: ['nid00000429'] });
  for (const text of ['9876543210', '+91 98765 43210', '098765-43210'])
    assert.deepEqual(readSearchBox(text), { by: 'mobile', mobile: '+919876543210' });
  assert.deepEqual(readSearchBox('43210'), { by: 'mobile-digits', digits: '43210' });
  assert.deepEqual(readSearchBox('+91 98765'), { by: 'mobile-digits', digits: '98765' });
  assert.deepEqual(readSearchBox('098765'), { by: 'mobile-digits', digits: '98765' });
  assert.deepEqual(readSearchBox('432'), { by: 'name', words: ['432'] });
  assert.deepEqual(readSearchBox('Mrs. Kum Ra'), { by: 'name', words: ['kum', 'ra'] });
  assert.deepEqual(readSearchBox('\0%_--'), { by: 'name', words: [] });
});

test('any record number is found by its form; any text is read without a fault and within bounds', () => {
  const number = fc
    .record({ prefix: fc.stringMatching(/^[A-Z]{1,4}$/), serial: fc.integer({ min: 1, max: 999_999_999 }) })
    .map(mrn);
  fc.assert(
    fc.property(number, (text) => assert.deepEqual(readSearchBox(text.toLowerCase()), { by: 'mrn', mrn: text })),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const search = readSearchBox(text);
      if (search.by === 'name')
        assert.ok(search.words.length <= 6 && search.words.every((word) => word !== '' && !word.includes('\0')));
    }),
  );
});
