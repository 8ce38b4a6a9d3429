import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseLabValue } from './lab-value.ts';

// Texts seen on the wire under OBX-2 NM; the comma ones mean different things on different instruments.
const plain: readonly (readonly [string, string | undefined])[] = [
  ['7.1', '7.1'],
  ['7.10', '7.10'],
  [' 142 ', '142'],
  ['+3', '3'],
  ['-3.2', '-3.2'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['007', '7'],
  ['0.00', '0.00'],
  ['-0.0', '0.0'],
  ['1.25E+04', '12500'],
  ['1.250E+01', '12.50'],
  ['1.5e-02', '0.015'],
  ['1E30', `1${'0'.repeat(30)}`],
  ['1E31', undefined],
  ['1E999', undefined],
  ['7,1', undefined],
  ['161,152', undefined],
  ['3.26E+05 cp/mL', undefined],
  ['----', undefined],
  ['-----', undefined],
  ['++++', undefined],
  ['*', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['0x10', undefined],
  ['.', undefined],
  ['-', undefined],
  ['1.2.3', undefined],
  ['1 000', undefined],
  ['1:128', undefined],
  ['10-20', undefined],
  ['NEGATIVE', undefined],
  ['१२', undefined],
  ['<', undefined],
  ['< NEGATIVE', undefined],
  ['<>5', undefined],
  ['<<5', undefined],
];

for (const [text, number] of plain) {
  test(`${JSON.stringify(text)} reads as ${number ?? 'text'}`, () => {
    const expected = number === undefined ? { text, kind: 'text' } : { text, kind: 'number', number };
    assert.deepEqual(parseLabValue(text), expected);
  });
}

test('a value beyond the measuring range keeps its comparator', () => {
  assert.deepEqual(parseLabValue('<2.00'), { text: '<2.00', kind: 'bounded', comparator: '<', number: '2.00' });
  assert.deepEqual(parseLabValue('> 15000.00'), {
    text: '> 15000.00',
    kind: 'bounded',
    comparator: '>',
    number: '15000.00',
  });
  assert.deepEqual(parseLabValue('>=1E3'), { text: '>=1E3', kind: 'bounded', comparator: '>=', number: '1000' });
  assert.deepEqual(parseLabValue('≤ 3'), { text: '≤ 3', kind: 'bounded', comparator: '<=', number: '3' });
});

test('blanks are an empty value, their text kept', () => {
  assert.deepEqual(parseLabValue(''), { text: '', kind: 'empty' });
  assert.deepEqual(parseLabValue('  '), { text: '  ', kind: 'empty' });
});

test('the meaning of a comma comes from the interface', () => {
  assert.equal(parseLabValue('7,1', { decimalComma: true }).number, '7.1');
  assert.equal(parseLabValue('<7,10', { decimalComma: true }).number, '7.10');
  assert.equal(parseLabValue('161,152', { decimalComma: true }).number, '161.152');
  assert.equal(parseLabValue('161,152', { thousandsComma: true }).number, '161152');
  assert.equal(parseLabValue('1,161,152.5', { thousandsComma: true }).number, '1161152.5');
  assert.equal(parseLabValue('42.5', { thousandsComma: true }).number, '42.5');
});

test('a separator that contradicts the setting is text, not a guess', () => {
  assert.equal(parseLabValue('1.234', { decimalComma: true }).kind, 'text');
  assert.equal(parseLabValue('1,2,3', { decimalComma: true }).kind, 'text');
  assert.equal(parseLabValue('7,1', { thousandsComma: true }).kind, 'text');
  assert.equal(parseLabValue('1611,152', { thousandsComma: true }).kind, 'text');
  assert.throws(() => parseLabValue('1', { decimalComma: true, thousandsComma: true }), RangeError);
});

test('whatever the text, it is kept and a number is plain decimal', () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^[<>=+\-0-9.,eE ]{0,12}$/));
  fc.assert(
    fc.property(anything, fc.boolean(), (text, decimalComma) => {
      const value = parseLabValue(text, { decimalComma });
      assert.equal(value.text, text);
      assert.equal(value.number !== undefined, value.kind === 'number' || value.kind === 'bounded');
      if (value.number !== undefined) assert.match(value.number, /^-?(0|[1-9]\d*)(\.\d+)?$/);
    }),
    { numRuns: 2000 },
  );
});

test('a scaled number has the digits it was written with', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: 20 }), (mantissa, exponent) => {
      assert.equal(parseLabValue(`${mantissa}E${exponent}`).number, (mantissa * 10n ** BigInt(exponent)).toString());
    }),
  );
});
