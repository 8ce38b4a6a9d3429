import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createCodeBook, indexCatalogue } from './code-book.ts';
import { itemsOf, MAX_ATTEMPTS, MAX_ITEMS, nextTryMs, problemOf } from './fate.ts';
import { isLoinc } from './loinc.ts';
import { heldPlace } from './reading.ts';
import { printableText, safeText } from './safe-text.ts';

test('a LOINC is known by its check digit', () => {
  // Published codes: haemoglobin, glucose, platelets, WBC, HbA1c, LDL calculated, CBC panel.
  for (const code of ['718-7', '2345-7', '777-3', '6690-2', '4548-4', '13457-7', '58410-2'])
    assert.ok(isLoinc(code), code);
  for (const code of ['718-8', '2345-1', '718', '-7', 'WBC', '12345678-1', '718-77', ''])
    assert.ok(!isLoinc(code), code);
});

test('of the ten check digits of a number exactly one is right', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (number) => {
      assert.equal(Array.from({ length: 10 }, (_, digit) => isLoinc(`${number}-${digit}`)).filter(Boolean).length, 1);
    }),
  );
});

const catalogue = indexCatalogue([
  { code: 'HGB', loinc: '718-7', aliases: ['HB', 'HEMOGLOBIN'] },
  { code: 'HCT', loinc: '4544-3', aliases: ['PCV', '20570-8'] },
  { code: 'GLU', loinc: '2345-7', aliases: ['SUGAR'] },
  { code: 'GLU_F', loinc: '1558-6', aliases: ['SUGAR'] },
  { code: 'PCV', loinc: null, aliases: [] },
]);
const plain = (...codes: readonly string[]) => codes.map((code) => ({ code, isLoinc: false }));

test('the mapping of the instrument goes before that of any, and both before the catalogue', () => {
  const book = createCodeBook(catalogue, [
    { instrument: 'XL', code: 'HGB', analyteCode: 'GLU' },
    { instrument: '', code: 'HGB', analyteCode: 'HCT' },
  ]);
  assert.equal(book.find('XL', plain('HGB')), 'GLU');
  assert.equal(book.find('OTHER', plain('HGB')), 'HCT');
  assert.equal(createCodeBook(catalogue, []).find('XL', plain('HGB')), 'HGB');
});

test('LOINC by the word of the message or by check digit, then code, then alias; case does not matter there', () => {
  const book = createCodeBook(catalogue, []);
  assert.equal(book.find('X', [{ code: '718-7', isLoinc: true }]), 'HGB');
  assert.equal(book.find('X', plain('4544-3')), 'HCT');
  assert.equal(book.find('X', plain('20570-8')), 'HCT', 'another LOINC that the catalogue takes for the same');
  assert.equal(book.find('X', plain('hb')), 'HGB');
  assert.equal(book.find('X', plain('PCV')), 'PCV', 'an analyte of that code, not the one with that alias');
  assert.equal(book.find('X', [{ code: 'HGB', isLoinc: true }]), 'HGB', 'a label of LOINC on a name is no harm');
});

test('alternates are tried after the first; what two could claim, or nobody knows, stays unknown', () => {
  const book = createCodeBook(catalogue, []);
  assert.equal(book.find('X', plain('20340', '2345-7')), 'GLU');
  assert.equal(book.find('X', plain('SUGAR')), undefined);
  assert.equal(book.find('X', plain('NIX')), undefined);
  assert.equal(book.find('X', []), undefined);
  assert.equal(book.find('X', plain('__proto__')), undefined);
});

test('texts become safe for the database and keep their order', () => {
  fc.assert(
    fc.property(fc.uint16Array({ maxLength: 80 }), fc.integer({ min: 1, max: 50 }), (units, length) => {
      // Code units at random: NUL and halves of surrogate pairs among them.
      const text = units.reduce((so, unit) => so + String.fromCharCode(unit), '\u0000');
      const safe = safeText(text, length);
      assert.ok(safe.isWellFormed() && !safe.includes('\u0000') && safe.length <= length);
    }),
  );
});

test('bytes are shown with their control characters, whatever they are', () => {
  assert.equal(printableText(Buffer.from('\u000bMSH|\rOBX\r\u001c\r'), 100), '␋MSH|␍\nOBX␍\n␜␍\n');
  assert.equal(printableText(Buffer.from([0xb5, 0x67]), 100), 'µg');
  assert.equal(printableText(Buffer.from('abcdef'), 3), 'abc␊\n… 3 characters more');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(printableText(bytes, 1000), /[\u0000-\u0009\u000B-\u001F\u007F]/);
    }),
  );
});

test('a message is tried a few times, each later than the one before', () => {
  const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => nextTryMs(index + 1, false) ?? 0);
  assert.deepEqual(waits, [100, 200, 400, 800]);
  assert.equal(nextTryMs(MAX_ATTEMPTS, false), undefined);
  assert.equal(nextTryMs(MAX_ATTEMPTS, true), 1600);
  assert.equal(problemOf([]), null);
  assert.equal(
    problemOf([{ reason: 'unknown_code' }, { reason: 'not_ordered' }, { reason: 'unknown_code' }]),
    'Waits in the inbox: 2 unknown_code, 1 not_ordered.',
  );
});

test('one message fills the inbox to its share and says what it left out; a value after signing is among those shown', () => {
  const held = Array.from({ length: MAX_ITEMS + 20 }, (_, index) => heldPlace(`OBX[${index}]`, 'unknown_code'));
  assert.deepEqual(itemsOf(held.slice(0, MAX_ITEMS)), held.slice(0, MAX_ITEMS));
  const items = itemsOf([...held, heldPlace('OBX[9999]', 'after_authorised')]);
  assert.equal(items.length, MAX_ITEMS + 1);
  assert.equal(items[0]?.location, 'OBX[9999]');
  assert.match(items.at(-1)?.codeText ?? '', /^21 places more/);
  assert.deepEqual(
    itemsOf([heldPlace('R[1]', 'not_ordered'), heldPlace('R[1]', 'unknown_code')]).map(({ reason }) => reason),
    ['unknown_code'],
  );
});
