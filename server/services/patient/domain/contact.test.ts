import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verhoeffDigit } from '@nidaan/values';
import * as fc from 'fast-check';

import { cleanContact, holdsAadhaar } from './contact.ts';

const none = { name: 'Asha Rao', mobile: null, email: null, address: null };
/** Made from the rule itself: eleven digits that begin with 2 to 9, and their Verhoeff digit. */
const aadhaar = fc.stringMatching(/^[2-9]\d{10}$/).map((body) => body + verhoeffDigit(body));
const separator = fc.constantFrom('', ' ', '-', '.', '  ', ' - ', '\u2013', '\u00a0', '_', '/', '\u200b');
/** Zeros of the scripts a number may be typed in: ASCII, Devanagari, Bengali, Gujarati, Tamil, Kannada, Urdu, full width. */
const zero = fc.constantFrom(0x30, 0x966, 0x9e6, 0xae6, 0xbe6, 0xce6, 0x6f0, 0xff10);

test('an Aadhaar number is refused in every field, in any script and grouping, and is not in the refusal', () => {
  fc.assert(
    fc.property(
      aadhaar,
      separator,
      zero,
      fc.constantFrom('name', 'email', 'address' as const),
      (digits, between, start, field) => {
        const grouped = [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8)].join(between);
        const typed = grouped.replace(/\d/g, (digit) => String.fromCodePoint(start + Number(digit)));
        assert.ok(holdsAadhaar(`UID ${typed}, Pune`));
        assert.throws(
          () => cleanContact({ ...none, [field]: `x ${typed} y` }),
          (error: unknown) =>
            error instanceof Error &&
            Reflect.get(error, 'code') === 'patient.aadhaar_refused' &&
            !JSON.stringify(error).includes(typed) &&
            !error.message.includes(typed),
        );
      },
    ),
  );
});

test('in the mobile field, what is no mobile and looks like Aadhaar is refused as Aadhaar', () => {
  const notMobile = aadhaar.filter((digits) => !/^91[6-9]/.test(digits));
  fc.assert(
    fc.property(notMobile, (digits) =>
      assert.throws(() => cleanContact({ ...none, mobile: digits }), { code: 'patient.aadhaar_refused' }),
    ),
  );
  for (const bad of ['12345', '5876543210', '98765432101', 'none'])
    assert.throws(() => cleanContact({ ...none, mobile: bad }), { code: 'patient.bad_mobile' }, bad);
});

test('a mobile has one form; blank is none; usual addresses pass', () => {
  for (const typed of ['98765 43210', '09876543210', '+91-98765-43210', '९८७६५४३२१०'])
    assert.equal(cleanContact({ ...none, mobile: typed }).mobile, '+919876543210');
  assert.equal(cleanContact({ ...none, mobile: ' ' }).mobile, null);
  const kept = {
    ...none,
    email: 'asha.1994@example.in',
    address: 'Flat 12, 2nd floor, 411 001 Pune, tel 020 2612 3456',
  };
  assert.deepEqual(cleanContact(kept), kept);
});
