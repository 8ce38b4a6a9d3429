import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isGtin, readGs1 } from './gs1.ts';
import type { Gs1Label } from './gs1.ts';

const TODAY = '2026-11-25';
const GS = '\u001d';
const nothing: Gs1Label = { gtin: null, lotNumber: null, expiresOn: null, producedOn: null, serialNumber: null };
const read = (text: string, today = TODAY): Gs1Label => {
  const reading = readGs1(text, today);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.label;
};

test('INV-12: a box as scanned, as a data matrix, and as printed', () => {
  // The check digit of 0950600013435: 3 x (0+5+6+0+1+4+5) + (9+0+0+0+3+3) = 63 + 15 = 78; 80 - 78 = 2.
  const label = { ...nothing, gtin: '09506000134352', expiresOn: '2028-12-31', lotNumber: 'ABC123' };
  assert.deepEqual(read('01095060001343521728123110ABC123'), label);
  assert.deepEqual(read(`]d2${GS}010950600013435210ABC123${GS}17281231\r\n`), label);
  assert.deepEqual(read('(01)09506000134352(17)281231(10)ABC123'), label);
  assert.deepEqual(read(`]C110A(1)B${GS}21SER/9${GS}11260105`), {
    ...nothing,
    lotNumber: 'A(1)B',
    serialNumber: 'SER/9',
    producedOn: '2026-01-05',
  });
  // Elements we do not need: a count (30, variable), a weight (3103, predefined), an internal one (91).
  assert.deepEqual(read(`3024${GS}31030015001727022891X${GS}10L1`), {
    ...nothing,
    expiresOn: '2027-02-28',
    lotNumber: 'L1',
  });
});

test('INV-12: day 00 is the last of the month; the century is the nearer one', () => {
  assert.equal(read('17280200').expiresOn, '2028-02-29');
  assert.equal(read('17270200').expiresOn, '2027-02-28');
  assert.equal(read('17760101').expiresOn, '2076-01-01');
  assert.equal(read('17770101').expiresOn, '1977-01-01');
  assert.equal(read('17000101', '2090-01-01').expiresOn, '2100-01-01');
});

test('INV-12: what cannot be read is refused with its place, and nothing is guessed', () => {
  const refusals: readonly (readonly [string, number])[] = [
    ['01095060001343531728123110A', 0],
    ['0109506000134352172813', 16],
    ['010950600013435217281331', 16],
    ['0109506000134352AB', 16],
    ['010950600013435210', 16],
    [`010950600013435${GS}17281231`, 0],
    [`10A${GS}10B`, 4],
    ['91only', 0],
    ['4711', 0],
    ['', 0],
    ['(01)09506000134352(17)2812', 18],
    ['(01)09506000134352x(10)A', 0],
  ];
  for (const [text, at] of refusals) {
    const reading = readGs1(text, TODAY);
    assert.deepEqual([reading.ok, reading.ok ? null : reading.at], [false, at], text);
  }
});

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const gtin = digits(13).map((body) => {
  const sum = [...body].reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
});
const day = fc
  .integer({ min: Date.parse('1980-01-01'), max: Date.parse('2070-12-31') })
  .map((ms) => new Date(ms).toISOString().slice(0, 10));
const yymmdd = (of: string): string => of.slice(2).replaceAll('-', '');
const name = fc.stringMatching(/^[!"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);

test('INV-12: whatever is written on a box is read back, in any order of its elements', () => {
  const box = fc.record({ gtin, lotNumber: name, serialNumber: name, expiresOn: day, producedOn: day });
  const order = fc.shuffledSubarray(['01', '10', '11', '17', '21'], { minLength: 5 });
  fc.assert(
    fc.property(box, order, (drawn, ais) => {
      const label = { ...drawn };
      const values = new Map([
        ['01', label.gtin],
        ['10', label.lotNumber],
        ['11', yymmdd(label.producedOn)],
        ['17', yymmdd(label.expiresOn)],
        ['21', label.serialNumber],
      ]);
      const scanned = ais.map((ai) => `${ai}${values.get(ai)}${ai === '10' || ai === '21' ? GS : ''}`).join('');
      assert.deepEqual(read(`]C1${scanned}`), label);
      assert.deepEqual(read(ais.map((ai) => `(${ai})${values.get(ai)}`).join('')), label);
    }),
  );
});

test('INV-12: no text makes the reader throw; one wrong digit of a GTIN is always found', () => {
  const text = fc.string({ unit: fc.constantFrom('0', '1', '7', 'A', '(', ')', GS, ']', 'd', '2'), maxLength: 40 });
  fc.assert(fc.property(fc.oneof(text, fc.string()), (any) => typeof readGs1(any, TODAY).ok === 'boolean'));
  fc.assert(
    fc.property(gtin, fc.nat(13), fc.integer({ min: 1, max: 9 }), (good, place, by) => {
      assert.ok(isGtin(good));
      const wrong = [...good].map((digit, n) => (n === place ? String((Number(digit) + by) % 10) : digit)).join('');
      assert.ok(!isGtin(wrong));
    }),
  );
});
