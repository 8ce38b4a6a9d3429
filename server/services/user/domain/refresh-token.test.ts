import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { judgeRefresh, makeRefreshToken, readRefreshToken } from './refresh-token.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('the text of a token leads to the same row, and does not hold what is stored', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), secret, (labId, sessionId, bytes) => {
      const { text, token } = makeRefreshToken(labId, sessionId, bytes);
      assert.deepEqual(readRefreshToken(text), token);
      assert.ok(!text.includes(token.secretSha256));
    }),
  );
});

test('a text that is not of our making is not read', () => {
  const { text } = makeRefreshToken(
    '0199a000-0000-7000-8000-00000000000c',
    '0199a000-0000-7000-8000-00000000000b',
    new Uint8Array(32),
  );
  assert.ok(readRefreshToken(text));
  const bad = [
    '',
    'a.b.c',
    text.toUpperCase(),
    `${text}A`,
    text.slice(0, -1),
    `${text}\n`,
    ` ${text}`,
    text.replace('.', "'."),
    `${text}.x`,
  ];
  for (const other of bad) assert.equal(readRefreshToken(other), undefined, other);
  fc.assert(fc.property(fc.string(), (other) => assert.equal(readRefreshToken(other), undefined)));
});

// SHA-256 of 43 times "A" in base64url, from coreutils: printf 'A%.0s' {1..43} | sha256sum.
test('what is stored is the SHA-256 of the secret as written', () => {
  const { token } = makeRefreshToken(
    '0199a000-0000-7000-8000-00000000000c',
    '0199a000-0000-7000-8000-00000000000b',
    new Uint8Array(32),
  );
  assert.equal(
    Buffer.from(token.secretSha256, 'base64url').toString('hex'),
    '0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a',
  );
});

const open = { endedAt: null, expiresAt: '2026-11-25T09:00:00.000Z' };

test('a session that ended, ran out or never had the token gives nothing', () => {
  const before = '2026-11-25T08:59:59.999Z';
  assert.equal(judgeRefresh(open, { usedAt: null }, before), 'rotate');
  assert.equal(judgeRefresh(open, { usedAt: null }, open.expiresAt), 'over');
  assert.equal(judgeRefresh(open, undefined, before), 'over');
  assert.equal(judgeRefresh(open, { usedAt: before }, before), 'reused');
  assert.equal(judgeRefresh({ ...open, endedAt: before }, { usedAt: null }, before), 'over');
  assert.equal(judgeRefresh({ ...open, endedAt: before }, { usedAt: before }, before), 'over');
});

type Step =
  | { readonly do: 'present'; readonly token: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'end' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('present' as const), token: fc.nat(12) }),
  fc.record({ do: fc.constant('wait' as const), hours: fc.nat(30) }),
  fc.record({ do: fc.constant('end' as const) }),
);

test('whatever is presented in whatever order, a token works once, only the newest works, and a reuse ends it all', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const HOUR_MS = 3_600_000;
      let nowMs = 0;
      const text = (ms: number) => new Date(ms).toISOString();
      let session: { endedAt: string | null; expiresAt: string } = { endedAt: null, expiresAt: text(24 * HOUR_MS) };
      const tokens: { usedAt: string | null }[] = [{ usedAt: null }];
      let isBroken = false;
      for (const each of steps) {
        if (each.do === 'wait') nowMs += each.hours * HOUR_MS;
        if (each.do === 'end') session = { ...session, endedAt: text(nowMs) };
        if (each.do !== 'present') continue;
        const token = tokens[each.token];
        const wasUsed = token !== undefined && token.usedAt !== null;
        const verdict = judgeRefresh(session, token, text(nowMs));
        if (verdict === 'rotate') {
          assert.ok(token && !wasUsed && !isBroken && each.token === tokens.length - 1);
          token.usedAt = text(nowMs);
          tokens.push({ usedAt: null });
          session = { ...session, expiresAt: text(nowMs + 24 * HOUR_MS) };
        }
        if (verdict === 'reused') {
          assert.ok(wasUsed);
          isBroken = true;
          session = { ...session, endedAt: text(nowMs) };
        }
      }
    }),
  );
});
