import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mrn } from '@nidaan/values';
import * as fc from 'fast-check';

import { foundBefore, readSearchBox } from './search-box.ts';

const words = (text: string) => ({ by: 'terms', terms: [{ text, isBeginning: false }] });
const beginning = (text: string) => ({ by: 'terms', terms: [{ text, isBeginning: true }] });

test('lab-day 6: what was typed is told apart by its form', () => {
  assert.deepEqual(readSearchBox(''), [{ by: 'nothing' }]);
  assert.deepEqual(readSearchBox('NID00000428'), [{ by: 'mrn', mrn: 'NID00000428' }]);
  assert.deepEqual(readSearchBox('nid 0000 0428'), [{ by: 'mrn', mrn: 'NID00000428' }]);
  // A wrong check digit is no record number; as a word it finds nobody.
  assert.deepEqual(readSearchBox('NID00000429')[0], words('=nid00000429'));
  for (const text of ['9876543210', '+91 98765 43210', '098765-43210'])
    assert.deepEqual(readSearchBox(text), [{ by: 'mobile', mobile: '+919876543210' }]);
  assert.deepEqual(readSearchBox('43210'), [{ by: 'mobile-digits', digits: '43210' }]);
  assert.deepEqual(readSearchBox('+91 98765'), [{ by: 'mobile-digits', digits: '98765' }]);
  assert.deepEqual(readSearchBox('098765'), [{ by: 'mobile-digits', digits: '98765' }]);
  for (const text of ['91-1234-5678-9012', '91 1234 5678 9012', '91123456789012'])
    assert.deepEqual(readSearchBox(text), [{ by: 'abha-number', digits: '91123456789012' }]);
  assert.deepEqual(readSearchBox('Asha.Verma@SBX'), [{ by: 'abha-address', address: 'asha.verma@sbx' }]);
  assert.deepEqual(readSearchBox('432')[0], words('=432'));
  assert.deepEqual(readSearchBox('Mrs. Kum Ra'), [
    words('+kum ra'),
    beginning('+kum ra'),
    beginning('+ra kum'),
    words('*kum r'),
    beginning('~kumr'),
    { by: 'pieces', words: ['kum', 'ra'], isLastResort: true },
  ]);
  assert.deepEqual(readSearchBox('Suneel'), [
    words('=suneel'),
    beginning('=suneel'),
    { by: 'pieces', words: ['suneel'], isLastResort: false },
    beginning('~sunil'),
  ]);
  assert.deepEqual(readSearchBox('\0%_--'), []);
});

test('each way leaves out what the better ones found', () => {
  const leftOut = (text: string) => {
    const ways = readSearchBox(text);
    return ways.map((_, way) => foundBefore(ways, way).map((each) => ways.indexOf(each)));
  };
  assert.deepEqual(leftOut('kumar'), [[], [0], [1], [2]]);
  assert.deepEqual(leftOut('kum ra'), [[], [0], [1], [1, 2], [1, 2, 3], []]);
  assert.deepEqual(foundBefore(readSearchBox('9876543210'), 0), []);
});

test('any record number is found by its form; any text is read without a fault and within bounds', () => {
  const number = fc
    .record({ prefix: fc.stringMatching(/^[A-Z]{1,4}$/), serial: fc.integer({ min: 1, max: 999_999_999 }) })
    .map(mrn);
  fc.assert(
    fc.property(number, (text) => assert.deepEqual(readSearchBox(text.toLowerCase()), [{ by: 'mrn', mrn: text }])),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      for (const search of readSearchBox(text)) {
        const texts =
          search.by === 'pieces' ? search.words : search.by === 'terms' ? search.terms.map((term) => term.text) : [];
        assert.ok(texts.length <= 6 && texts.every((each) => each !== '' && !each.includes('\0')));
      }
    }),
  );
});
