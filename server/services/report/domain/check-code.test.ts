import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { CHECK_CODE_BYTES, checkCodeOf, printedCheckCode, readCheckCode } from './check-code.ts';

const randoms = fc.uint8Array({ minLength: CHECK_CODE_BYTES, maxLength: CHECK_CODE_BYTES });

test('codes by hand: all zeros, all ones, and five bits a letter from the left', () => {
  assert.equal(checkCodeOf(new Uint8Array(15)), '0'.repeat(24));
  assert.equal(checkCodeOf(new Uint8Array(15).fill(255)), 'Z'.repeat(24));
  // 00001 00010 00011 00100 00101 00110 00111 01000 = 08 86 42 98 e8, three times
  const bytes = Buffer.from('08864298e808864298e808864298e8', 'hex');
  assert.equal(checkCodeOf(bytes), '123456781234567812345678');
  assert.equal(printedCheckCode('123456781234567812345678'), '1234-5678-1234-5678-1234-5678');
});

test('different bytes make different codes, each of 24 letters that cannot be misread', () => {
  fc.assert(
    fc.property(randoms, randoms, (a, b) => {
      assert.match(checkCodeOf(a), /^[0-9A-HJKMNP-TV-Z]{24}$/);
      assert.equal(checkCodeOf(a) === checkCodeOf(b), Buffer.compare(a, b) === 0);
    }),
  );
});

test('a code is read as printed, in any case, with O for 0 and I or L for 1', () => {
  fc.assert(
    fc.property(randoms, (random) => {
      const code = checkCodeOf(random);
      assert.equal(readCheckCode(printedCheckCode(code)), code);
      assert.equal(readCheckCode(` ${printedCheckCode(code).toLowerCase()}\n`), code);
      assert.equal(readCheckCode(code.replaceAll('0', 'o').replaceAll('1', 'l')), code);
      assert.equal(readCheckCode(code.slice(1)), undefined);
      assert.equal(readCheckCode(`${code}0`), undefined);
    }),
  );
  for (const typed of ['', 'U'.repeat(24), '!'.repeat(24), '०'.repeat(24)])
    assert.equal(readCheckCode(typed), undefined);
});
