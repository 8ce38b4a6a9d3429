import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { makeLinkToken, readLinkToken } from './link-token.ts';

const SECRET = 'a secret of the tests, of no use elsewhere';
const claims = fc.record({
  labId: fc.uuid(),
  fileId: fc.uuid(),
  expiresAtSeconds: fc.integer({ min: 0, max: 2 ** 40 }),
});

test('a token by hand: version, lab, file, expiry, then the signature of those with their purpose', () => {
  const claim = {
    labId: '0199a000-0000-7000-8000-000000000001',
    fileId: '0199a000-0000-7000-8000-0000000000ff',
    expiresAtSeconds: 1_795_564_800,
  };
  const body = Buffer.from('010199a0000000700080000000000000010199a0000000700080000000000000ff00006b062500', 'hex');
  const signature = createHmac('sha256', SECRET)
    .update(Buffer.concat([Buffer.from('nidaan file link 1:'), body]))
    .digest();
  assert.equal(makeLinkToken(claim, SECRET), Buffer.concat([body, signature]).toString('base64url'));
});

test('what was signed is read back', () => {
  fc.assert(
    fc.property(claims, (claim) => assert.deepEqual(readLinkToken(makeLinkToken(claim, SECRET), SECRET), { ...claim })),
  );
});

test('another secret, or any one character changed, added or taken, makes it invalid', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ';
  fc.assert(
    fc.property(claims, fc.nat(), fc.constantFrom(...alphabet), (claim, at, letter) => {
      const token = makeLinkToken(claim, SECRET);
      const index = at % token.length;
      const changed = token.slice(0, index) + letter + token.slice(index + 1);
      if (changed !== token) assert.equal(readLinkToken(changed, SECRET), undefined);
      assert.equal(readLinkToken(token.slice(0, index), SECRET), undefined);
      assert.equal(readLinkToken(token + letter, SECRET), undefined);
      assert.equal(readLinkToken(token, `${SECRET}.`), undefined);
    }),
  );
});

test('rubbish is invalid and nothing worse', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) =>
      assert.equal(readLinkToken(text, SECRET), undefined),
    ),
  );
});
