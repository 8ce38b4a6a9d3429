import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { dammDigit, isDammValid, isVerhoeffValid, verhoeffDigit } from './check-digit.ts';
import { accessionNumber, isAccession, isMrn, isUuid, looksLikeAadhaar, mrn, normaliseMobile } from './identifiers.ts';

const digits = fc.stringMatching(/^\d{1,14}$/);
const prefix = fc.stringMatching(/^[A-Z]{1,4}$/);
const accession = fc
  .record({
    branchPrefix: prefix,
    day: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
    serial: fc.integer({ min: 1, max: 99_999 }),
  })
  .map(({ day, ...rest }) => accessionNumber({ ...rest, day: day.toISOString().slice(0, 10) }));
const number = fc.record({ prefix, serial: fc.integer({ min: 1, max: 999_999_999 }) }).map(mrn);

/** Every text that differs from the given one by one wrong digit, or by two swapped neighbours. */
function mistypings(text: string): string[] {
  const wrong: string[] = [];
  for (const [i, character] of [...text].entries()) {
    if (/\d/.test(character)) {
      for (const digit of '0123456789') wrong.push(text.slice(0, i) + digit + text.slice(i + 1));
    }
    const next = text.charAt(i + 1);
    // Two swapped letters of the branch are outside the promise: see accessionNumber.
    if (/\d/.test(character + next)) wrong.push(text.slice(0, i) + next + character + text.slice(i + 2));
  }
  return wrong.filter((other) => other !== text);
}

// Published examples: Damm 572 → 4, Verhoeff 236 → 3 (the worked examples of both methods in general references).
test('check digits of published examples', () => {
  assert.equal(dammDigit('572'), '4');
  assert.equal(verhoeffDigit('236'), '3');
  assert.equal(verhoeffDigit('12345'), '1');
  assert.throws(() => dammDigit('12A'), RangeError);
  assert.throws(() => verhoeffDigit('१'), RangeError);
});

test('no wrong digit and no swap of neighbours passes Damm or Verhoeff', () => {
  fc.assert(
    fc.property(digits, (body) => {
      assert.ok(isDammValid(body + dammDigit(body)));
      assert.ok(isVerhoeffValid(body + verhoeffDigit(body)));
      assert.deepEqual(mistypings(body + dammDigit(body)).filter(isDammValid), []);
      assert.deepEqual(mistypings(body + verhoeffDigit(body)).filter(isVerhoeffValid), []);
    }),
  );
});

test('no wrong digit and no swap of neighbours passes as an accession or a record number', () => {
  fc.assert(fc.property(accession, (text) => assert.deepEqual(mistypings(text).filter(isAccession), [])));
  fc.assert(fc.property(number, (text) => assert.deepEqual(mistypings(text).filter(isMrn), [])));
});

test('what is made is recognised, and the two kinds are never mistaken for each other', () => {
  fc.assert(fc.property(accession, (text) => isAccession(text) && !isMrn(text) && !looksLikeAadhaar(text)));
  fc.assert(fc.property(number, (text) => isMrn(text) && !isAccession(text) && !looksLikeAadhaar(text)));
});

test('an accession and a record number in full', () => {
  // PUN = 25 30 23, NID = 23 18 13. Check digits from a separate few-line script over the same Damm table: 9 and 8.
  assert.equal(accessionNumber({ branchPrefix: 'PUN', day: '2026-11-25', serial: 42 }), 'PUN261125000429');
  assert.equal(mrn({ prefix: 'NID', serial: 42 }), 'NID00000428');
});

test('parts out of bounds are refused', () => {
  const good = { branchPrefix: 'PUN', day: '2026-11-25', serial: 1 };
  for (const bad of [
    { branchPrefix: '' },
    { branchPrefix: 'pun' },
    { branchPrefix: 'P1' },
    { branchPrefix: 'PUNES' },
    { day: '2026-02-30' },
    { day: '26-11-25' },
    { day: '1999-12-31' },
    { serial: 0 },
    { serial: 100_000 },
    { serial: 1.5 },
  ]) {
    assert.throws(() => accessionNumber({ ...good, ...bad }), RangeError);
  }
  assert.throws(() => mrn({ prefix: 'NID', serial: 1_000_000_000 }), RangeError);
  for (const text of ['', 'PUN261125000420', 'pun261125000429', ' PUN261125000429', 'PUN261325000429']) {
    assert.equal(isAccession(text), false, text);
  }
});

test('an Indian mobile has one form', () => {
  for (const text of [
    '9876543210',
    '09876543210',
    '919876543210',
    '+91 98765-43210',
    '0091 (98765) 43210',
    '98765.43210',
  ]) {
    assert.equal(normaliseMobile(text), '+919876543210', text);
  }
  for (const text of [
    '',
    '5876543210',
    '987654321',
    '98765432101',
    '+44 9876543210',
    '98765x43210',
    '+91+919876543210',
  ]) {
    assert.equal(normaliseMobile(text), undefined, text);
  }
  // A number that itself begins with 91.
  assert.equal(normaliseMobile('9198765432'), '+919198765432');
});

test('an Aadhaar number is seen in any writing; others pass', () => {
  // Built here from the rule itself: no real number is written down.
  const body = '23412341234';
  const aadhaar = body + verhoeffDigit(body);
  const grouped = aadhaar.replace(/(\d{4})(?=\d)/g, '$1 ');
  const devanagari = aadhaar.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit)));
  for (const text of [
    aadhaar,
    grouped,
    grouped.replaceAll(' ', '-'),
    `UID: ${grouped}.`,
    `UID${aadhaar}`,
    devanagari,
  ]) {
    assert.equal(looksLikeAadhaar(text), true, text);
  }
  assert.equal(looksLikeAadhaar(`0${aadhaar}`), false); // thirteen digits
  const wrongCheck = body + String((Number(aadhaar.at(-1)) + 1) % 10);
  assert.equal(looksLikeAadhaar(wrongCheck), false);
  const lowBody = '13412341234';
  assert.equal(looksLikeAadhaar(lowBody + verhoeffDigit(lowBody)), false); // never begins with 0 or 1
  assert.equal(looksLikeAadhaar('9876543210'), false);
});

test('a UUID is recognised by its form', () => {
  assert.equal(isUuid('0198f3a2-7c1e-7d53-9b1a-2f4f5c6d7e8f'), true);
  assert.equal(isUuid('0198F3A2-7C1E-7D53-9B1A-2F4F5C6D7E8F'), true);
  for (const text of [
    '',
    '0198f3a27c1e7d539b1a2f4f5c6d7e8f',
    '0198f3a2-7c1e-7d53-9b1a-2f4f5c6d7e8',
    '{0198f3a2-7c1e-7d53-9b1a-2f4f5c6d7e8f}',
  ]) {
    assert.equal(isUuid(text), false, text);
  }
});
