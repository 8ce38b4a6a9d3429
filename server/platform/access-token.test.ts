import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import { signAccessToken, verifyAccessToken } from './access-token.ts';

const SECRET = 'a secret of this test, of no use elsewhere';
const claims = {
  userId: '0199a000-0000-7000-8000-00000000000a',
  sessionId: '0199a000-0000-7000-8000-00000000000b',
  labId: '0199a000-0000-7000-8000-00000000000c',
};
const payload = { sid: claims.sessionId, lab: claims.labId, sub: claims.userId, aud: 'nidaan', iat: 1_800_000_000 };
const AT_MS = 1_800_000_000_000;
const refused = { code: 'platform.unauthenticated' };

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT made from RFC 7515 by hand, so that our own signer is not what the verifier is measured by. */
function handMade(header: object, body: object, secret = SECRET): string {
  const signed = `${part(header)}.${part(body)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('a token made by hand from the standard is accepted until it expires, and not at that second', async () => {
  const token = handMade({ alg: 'HS256' }, { ...payload, exp: 1_800_000_900 });
  assert.deepEqual(await verifyAccessToken(SECRET, token, AT_MS + 899_000), claims);
  await assert.rejects(verifyAccessToken(SECRET, token, AT_MS + 900_000), refused);
});

test('what we sign is what we verify', async () => {
  const token = await signAccessToken(SECRET, claims, 900, AT_MS);
  assert.deepEqual(await verifyAccessToken(SECRET, token, AT_MS), claims);
  const [head = '', body = ''] = token.split('.');
  assert.equal(
    handMade(
      JSON.parse(Buffer.from(head, 'base64url').toString()),
      JSON.parse(Buffer.from(body, 'base64url').toString()),
    ),
    token,
  );
});

test('a token of another secret, algorithm, audience or shape is refused', async () => {
  const good = { ...payload, exp: 1_800_000_900 };
  const { lab: _lab, ...labless } = good;
  const forged = [
    handMade({ alg: 'HS256' }, good, 'another secret'),
    `${part({ alg: 'none' })}.${part(good)}.`,
    handMade({ alg: 'HS512' }, good),
    handMade({ alg: 'HS256' }, { ...good, aud: 'elsewhere' }),
    handMade({ alg: 'HS256' }, payload),
    handMade({ alg: 'HS256' }, labless),
    handMade({ alg: 'HS256' }, { ...good, lab: `${claims.labId}' or 1` }),
    handMade({ alg: 'HS256' }, { ...good, lab: claims.labId.toUpperCase() }),
    'rubbish',
    '',
  ];
  for (const token of forged) await assert.rejects(verifyAccessToken(SECRET, token, AT_MS), refused);
});
