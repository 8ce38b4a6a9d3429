// The HTTP edge: who gets in, how often, and what every answer carries.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import { signAccessToken } from '#platform/access-token.ts';
import { systemActor } from '#platform/actor.ts';
import { newId } from '#platform/ids.ts';
import { createInternalIdentity } from '#platform/rpc/identity.ts';
import { newScope } from '#platform/scope.ts';
import { userTrail } from '#contract/user.ts';

import { TEST_SECRET } from '../testing/databases.ts';
import { bearer, startGateway } from '../testing/start-gateway.ts';
import { startLab } from '../testing/start-lab.ts';

const me = { method: 'POST', url: '/api/user/me', payload: {} } as const;
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('the gateway', async (t) => {
  const lab = await startLab(t);
  const desk = await bearer(lab, 'desk');
  const tech = await bearer(lab, 'tech');

  await t.test('a token that is forged, expired, malformed or of another kind opens nothing', async (part) => {
    const { app } = await startGateway(part, lab);
    const good = desk.slice('Bearer '.length);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const byHmac = (head: object, body: object, secret = TEST_SECRET) => {
      const text = `${base64(head)}.${base64(body)}`;
      return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const unknown = { userId: newId(), sessionId: newId(), labId: lab.labId };
    const refused: Readonly<Record<string, string>> = {
      'no scheme': good,
      'another scheme': `Basic ${good}`,
      empty: '',
      'no token': 'Bearer ',
      'two tokens': `${desk} ${good}`,
      'not a token': 'Bearer a.b.c',
      'no signature': `Bearer ${header}.${payload}.`,
      'alg none': `Bearer ${base64({ alg: 'none' })}.${payload}.`,
      'alg none, signed': `Bearer ${base64({ alg: 'none' })}.${payload}.${signature}`,
      'another algorithm': byHmac({ alg: 'HS512' }, claims),
      'another secret': byHmac({ alg: 'HS256' }, claims, 'another secret of thirty-two letters'),
      'another lab in the payload': `Bearer ${header}.${base64({ ...claims, lab: newId() })}.${signature}`,
      'another audience': byHmac({ alg: 'HS256' }, { ...claims, aud: 'nidaan-internal' }),
      'without an end': byHmac({ alg: 'HS256' }, { ...claims, exp: undefined }),
      expired: `Bearer ${await signAccessToken(TEST_SECRET, unknown, -1)}`,
      'a session nobody has': `Bearer ${await signAccessToken(TEST_SECRET, unknown, 60)}`,
      'the identity between processes': `Bearer ${await createInternalIdentity(TEST_SECRET).sign(newScope(systemActor(lab.labId), 'request-1'))}`,
    };
    for (const [what, authorization] of Object.entries(refused)) {
      for (const request of [me, { method: 'POST', url: '/graphql', payload: { query: '{ __typename }' } }] as const) {
        const reply = await app.inject({ ...request, headers: { authorization } });
        assert.equal(reply.statusCode, 401, `${what}: ${reply.payload}`);
      }
    }
    assert.equal((await app.inject({ ...me, headers: { authorization: desk } })).statusCode, 200);
    assert.equal(
      (await app.inject({ ...me, headers: { authorization: desk.replace('Bearer', 'bearer') } })).statusCode,
      200,
    );
    assert.equal((await app.inject(me)).json().error.code, 'platform.unauthenticated');
  });

  await t.test(
    'the 101st request of a minute is refused with the time to wait: each session, each address for itself',
    async (part) => {
      const { app } = await startGateway(part, lab, { rateLimitPerMinute: 100 });
      const ask = (authorization: string | undefined, remoteAddress = '10.0.0.1') =>
        app.inject({ ...me, headers: authorization === undefined ? {} : { authorization }, remoteAddress });
      for (let n = 1; n <= 100; n += 1) {
        const reply = await ask(desk, `10.0.1.${n}`);
        assert.equal(reply.statusCode, 200, `request ${n}`);
        assert.equal(reply.headers['ratelimit-remaining'], String(100 - n));
      }
      const refused = await ask(desk);
      assert.equal(refused.statusCode, 429);
      const seconds = Number(refused.headers['retry-after']);
      assert.ok(seconds >= 1 && seconds <= 60);
      assert.deepEqual(refused.json().error.code, 'platform.too_many_requests');
      assert.equal(refused.json().error.details.retryAfterSeconds, seconds);
      assert.equal((await ask(tech)).statusCode, 200, 'another session at the same address');
      assert.equal((await app.inject({ url: '/health' })).statusCode, 200, 'health is not counted');

      for (let n = 1; n <= 100; n += 1) assert.equal((await ask(undefined, '10.0.0.2')).statusCode, 401);
      assert.equal((await ask(undefined, '10.0.0.2')).statusCode, 429);
      assert.equal((await ask(undefined, '10.0.0.3')).statusCode, 401, 'another address');
      for (let n = 1; n <= 100; n += 1) assert.equal((await ask('Bearer a.b.c', '10.0.0.4')).statusCode, 401);
      const guesser = await ask('Bearer a.b.c', '10.0.0.4');
      assert.equal(guesser.statusCode, 429, 'who tries tokens is counted too');
      assert.ok(Number(guesser.headers['retry-after']) >= 1);
      assert.equal(
        (await app.inject({ ...me, headers: { 'x-forwarded-for': '1.2.3.4' }, remoteAddress: '10.0.0.2' })).statusCode,
        429,
        'a header changes no address',
      );
    },
  );

  await t.test('the trail of logins names the address the gateway saw, never one a client sends', async (part) => {
    const { app } = await startGateway(part, lab);
    const input = { username: 'desk', password: 'wrong', clientAddress: '6.6.6.6' };
    const headers = { 'x-forwarded-for': '6.6.6.6' };
    await app.inject({ method: 'POST', url: '/api/user/login', payload: input, headers, remoteAddress: '10.0.0.9' });
    const query = 'mutation { login(username: "desk", password: "wrong") { accessToken } }';
    await app.inject({ method: 'POST', url: '/graphql', payload: { query }, headers, remoteAddress: '10.0.0.10' });
    const { payload } = await app.inject({ ...me, headers: { authorization: desk } });
    const trail = await lab.system.call(userTrail, { caseIds: [JSON.parse(payload).id] });
    assert.deepEqual(
      trail.filter((entry) => entry.act === 'user.login_failed').map((entry) => entry.facts['from']),
      ['10.0.0.9', '10.0.0.10'],
    );
    // GraphQL has no such field to begin with.
    const asked = 'mutation { login(username: "desk", password: "wrong", clientAddress: "6.6.6.6") { accessToken } }';
    const refused = await app.inject({ method: 'POST', url: '/graphql', payload: { query: asked } });
    assert.equal(refused.statusCode, 400);
  });

  await t.test('no other origin may call unless it is named, and a refusal tells it so as well', async (part) => {
    const origin = 'https://lab.example';
    const preflight = {
      method: 'OPTIONS',
      url: '/graphql',
      headers: { origin, 'access-control-request-method': 'POST' },
    } as const;
    const shut = await startGateway(part, lab);
    for (const request of [
      preflight,
      { ...me, headers: { origin, authorization: desk } },
      { url: '/health', headers: { origin } },
    ] as const) {
      assert.equal((await shut.app.inject(request)).headers['access-control-allow-origin'], undefined);
    }
    const named = await startGateway(part, lab, { corsOrigins: [origin] });
    assert.equal((await named.app.inject(preflight)).headers['access-control-allow-origin'], origin);
    assert.equal(
      (await named.app.inject({ ...me, headers: { origin, authorization: desk } })).headers[
        'access-control-allow-origin'
      ],
      origin,
    );
    const refused = await named.app.inject({ ...me, headers: { origin, authorization: 'Bearer a.b.c' } });
    assert.deepEqual([refused.statusCode, refused.headers['access-control-allow-origin']], [401, origin]);
    assert.equal(
      (await named.app.inject({ ...preflight, headers: { ...preflight.headers, origin: 'https://evil.example' } }))
        .headers['access-control-allow-origin'],
      undefined,
    );
  });

  await t.test(
    'pages carry the headers that keep a browser careful, and data those that matter for data, refusals too',
    async (part) => {
      const { app } = await startGateway(part, lab);
      for (const request of [{ url: '/' }, { url: '/nothing' }, { url: '/docs' }] as const) {
        const { headers } = await app.inject(request);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
        assert.match(
          String(headers['content-security-policy']),
          /^default-src 'self';.*frame-ancestors 'none';.*script-src 'self';/,
        );
        assert.doesNotMatch(String(headers['content-security-policy']), /https?:|\*|unsafe-eval/);
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.equal(headers['x-powered-by'], undefined);
        assert.equal(headers['strict-transport-security'], undefined, 'a lab on plain HTTP must stay reachable');
      }
      const graphql = { method: 'POST', url: '/graphql', payload: { query: '{ __typename }' } } as const;
      for (const request of [me, graphql]) {
        for (const authorization of [undefined, 'Bearer a.b.c']) {
          const { headers } = await app.inject({
            ...request,
            headers: authorization === undefined ? {} : { authorization },
          });
          assert.equal(headers['x-content-type-options'], 'nosniff');
          assert.equal(headers['cache-control'], 'no-store');
        }
      }
    },
  );

  await t.test(
    'plain HTTP calls: the same refusals in the same form, a limit on the body, nothing for the system',
    async (part) => {
      const { app } = await startGateway(part, lab);
      const send = async (url: string, payload: unknown, authorization?: string, type = 'application/json') => {
        const reply = await app.inject({
          method: 'POST',
          url,
          payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
          headers: {
            'content-type': type,
            'x-request-id': 'request-5',
            ...(authorization === undefined ? {} : { authorization }),
          },
        });
        return { status: reply.statusCode, error: reply.json().error, text: reply.payload };
      };
      const bad = await send('/api/user/login', { username: 7, password: 'Asha Kulkarni' });
      assert.deepEqual(
        [bad.status, bad.error.code, bad.error.requestId, bad.error.details.issues[0].field],
        [400, 'platform.invalid_input', 'request-5', 'username'],
      );
      assert.ok(!bad.text.includes('Asha'));
      assert.deepEqual(Object.keys(bad.error).toSorted(), ['code', 'details', 'message', 'requestId', 'retry']);
      assert.equal((await send('/api/user/createUser', {}, desk)).error.code, 'platform.forbidden');
      for (const url of [
        '/api/user/sessionActor',
        '/api/file/adopt',
        '/api/no/such',
        '/api/user',
        '/api/__proto__/x',
      ]) {
        assert.equal((await send(url, {}, desk)).status, 404, url);
      }
      assert.equal((await send('/api/user/login', `{"username":"${'x'.repeat(2_200_000)}"}`)).status, 413);
      assert.equal((await send('/api/user/login', '{"username":')).status, 400);
      assert.equal(
        (await send('/api/user/login', 'username=desk', undefined, 'application/x-www-form-urlencoded')).status,
        415,
      );
      assert.equal(
        (await app.inject({ url: '/api/user/login?username=desk&password=x' })).statusCode >= 400,
        true,
        'no password in an address',
      );
      const dead = await send('/api/result/deadLetters', {}, await bearer(lab, 'admin'));
      assert.ok(dead.status === 200 || dead.error?.code === 'platform.forbidden', dead.text);
      assert.equal((await send('/api/result/deadLetters', {}, desk)).status, 403);
    },
  );
});
