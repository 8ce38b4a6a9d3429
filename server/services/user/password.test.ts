import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { checkPassword, hashPassword } from './password.ts';
import { currentCost, formatPasswordHash, isOutdated, parsePasswordHash } from './domain/password-hash.ts';

// Src: test.c of the Argon2 reference implementation: argon2id, v=19, t=2, m=2^16 KiB, p=1, "password", "somesalt".
const REFERENCE = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

test('a hash of the reference implementation is accepted, for its password only', async () => {
  assert.deepEqual(await checkPassword('password', REFERENCE), { isRight: true, needsNewHash: false });
  assert.equal((await checkPassword('differentpassword', REFERENCE)).isRight, false);
});

test('a new password is hashed with the work OWASP asks for and a salt of its own', async () => {
  const [a, b] = await Promise.all([hashPassword('नमस्ते 123'), hashPassword('नमस्ते 123')]);
  assert.match(a, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(a, b);
  assert.deepEqual(await checkPassword('नमस्ते 123', a), { isRight: true, needsNewHash: false });
});

test('a password typed in composed or decomposed letters is the same password', async () => {
  const stored = await hashPassword('caf\u00e9-lab', { memoryKib: 64, passes: 1, lanes: 1 });
  assert.deepEqual(await checkPassword('cafe\u0301-lab', stored), { isRight: true, needsNewHash: true });
  assert.equal((await checkPassword('cafe-lab', stored)).needsNewHash, false);
});

test('nobody has no password, and a hash that cannot be read is a fault and no wrong password', async () => {
  assert.equal((await checkPassword('', undefined)).isRight, false);
  await assert.rejects(checkPassword('x', '$2b$12$rubbish'), /not readable/);
});

const cost = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.integer({ min: 8 * 99, max: 9_999_999 }))
  .map(([lanes, passes, memoryKib]) => ({ lanes, passes, memoryKib }));
const hashed = fc.record({
  cost,
  salt: fc.uint8Array({ minLength: 9, maxLength: 64 }),
  hash: fc.uint8Array({ minLength: 17, maxLength: 64 }),
});

test('what is written is read back, and never outdated for its own cost', () => {
  fc.assert(
    fc.property(hashed, (hash) => {
      const read = parsePasswordHash(formatPasswordHash(hash));
      assert.ok(read);
      assert.deepEqual(read.cost, hash.cost);
      assert.deepEqual([...read.salt, -1, ...read.hash], [...hash.salt, -1, ...hash.hash]);
      assert.equal(isOutdated(read, hash.cost), false);
      assert.equal(isOutdated(read, { ...hash.cost, passes: hash.cost.passes + 1 }), true);
    }),
  );
});

test('other schemes, versions and costs that cannot be are not read', () => {
  const good = REFERENCE;
  const bad = [
    '',
    'password',
    good.replace('argon2id', 'argon2i'),
    good.replace('v=19', 'v=16'),
    good.replace('t=2', 't=0'),
    good.replace('p=1', 'p=0'),
    good.replace('m=65536', 'm=7'),
    good.replace('m=65536', 'm=99999999'),
    `${good}=`,
    `${good}\n`,
  ];
  for (const text of bad) assert.equal(parsePasswordHash(text), undefined, text);
  assert.deepEqual(parsePasswordHash(good)?.cost, { memoryKib: 65_536, passes: 2, lanes: 1 });
  assert.equal(currentCost.memoryKib, 19_456);
});
