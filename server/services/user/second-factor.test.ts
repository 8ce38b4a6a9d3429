import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cleanCode, codeAt, newSecret, RECOVERY_CODES, recoveryCodes, secretUri, stepOfCode } from './second-factor.ts';

// Src: RFC 6238 appendix B, SHA-1: the secret is the ASCII text 12345678901234567890; the last six of the eight digits.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
] as const;

test('codes are those of RFC 6238, good for the step before and after as well and no longer', () => {
  for (const [seconds, code] of VECTORS) {
    const step = Math.floor(seconds / 30);
    assert.equal(codeAt(SECRET, seconds * 1000), code);
    for (const around of [-1, 0, 1]) assert.equal(stepOfCode(SECRET, code, (step + around) * 30_000), step, code);
    for (const far of [-2, 2]) assert.equal(stepOfCode(SECRET, code, (step + far) * 30_000), undefined, code);
  }
  for (const bad of ['', '28708', '2870822', 'abcdef', '２８７０８２'])
    assert.equal(stepOfCode(SECRET, bad, 59_000), undefined, bad);
});

test('each secret is another, of 160 bits, and its address names user and lab system', () => {
  const secret = newSecret();
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.notEqual(newSecret(), secret);
  const uri = new URL(secretUri(secret, 'asha'));
  assert.equal(uri.protocol, 'otpauth:');
  assert.ok(uri.pathname.endsWith('asha'));
  assert.deepEqual(
    ['secret', 'issuer', 'digits', 'period'].map((name) => uri.searchParams.get(name)),
    [secret, 'Nidaan', '6', '30'],
  );
});

test('recovery codes are of letters that cannot be taken for another, and are read however they are typed', () => {
  const codes = recoveryCodes(Uint8Array.from({ length: 100 }, (_, i) => i));
  assert.equal(codes.length, RECOVERY_CODES);
  assert.equal(codes[0], '0123456789');
  assert.equal(codes[1], 'abcdefghjk');
  assert.equal(new Set(codes).size, RECOVERY_CODES);
  assert.equal(cleanCode(' AbC-dO Il5 '), 'abcd0115');
});
