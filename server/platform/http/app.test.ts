import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import type { FastifyInstance } from 'fastify';

import { anonymous } from '../actor.ts';
import { databaseUnavailable, ServiceError, tooManyRequests, unauthenticated } from '../errors.ts';
import type { Log } from '../log.ts';
import { silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { SECRET } from '../testing/calls.ts';
import { getEntity, tell } from '../testing/pair.ts';
import { startPair, userWith } from '../testing/start-pair.ts';
import type { HttpAppOptions } from './app.ts';
import { createHttpApp } from './app.ts';

async function makeApp(
  t: TestContext,
  over: Partial<HttpAppOptions> = {},
): Promise<{ app: FastifyInstance; logged: string[] }> {
  const logged: string[] = [];
  const log: Log = { ...silentLog, error: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`) };
  const app = await createHttpApp({
    log,
    metrics: createMetrics(),
    trustProxy: false,
    ready: async () => {},
    facts: () => ({ services: 2 }),
    authenticate: async (request) => {
      if (request.headers.authorization === 'Bearer bad') throw unauthenticated({});
      return request.headers.authorization === undefined ? anonymous : userWith([]);
    },
    ...over,
  });
  app.get('/checked', async (request) => {
    request.scope.permissionChecked = true;
    return { hello: request.scope.actor.name };
  });
  app.get('/unchecked', async () => ({ name: SECRET }));
  app.get('/unchecked-text', async (_request, reply) =>
    reply.header('content-length', SECRET.length).type('text/plain').send(SECRET),
  );
  app.get('/open', { config: { isOpen: true } }, async (request) => ({ kind: request.scope.actor.kind }));
  app.get('/from', { config: { isOpen: true } }, async (request) => ({ from: request.scope.clientAddress }));
  app.get('/fault', async () => Promise.reject(new Error(SECRET)));
  app.get('/busy', async () => Promise.reject(tooManyRequests({ retryAfterSeconds: 7 })));
  app.get('/moved', async (_request, reply) => reply.redirect('/checked'));
  app.post('/json', async (request) => {
    request.scope.permissionChecked = true;
    return { got: request.body };
  });
  t.after(() => app.close());
  return { app, logged };
}

test('where a request comes from is what the edge saw, whatever a client writes into its headers', async (t) => {
  const ask = async (trustProxy: boolean, forwarded: string | undefined) => {
    const { app } = await makeApp(t, { trustProxy });
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return (await app.inject({ url: '/from', headers, remoteAddress: '10.0.0.9' })).json().from;
  };
  assert.equal(await ask(false, '6.6.6.6'), '10.0.0.9');
  // Behind a proxy of our own the client is what that proxy saw, the last entry; those before it came with the request.
  assert.equal(await ask(true, '203.0.113.5'), '203.0.113.5');
  assert.equal(await ask(true, '6.6.6.6, 203.0.113.5'), '203.0.113.5');
  assert.equal(await ask(true, undefined), '10.0.0.9');
});

test('an answer for which nothing was checked does not leave, whatever its form', async (t) => {
  const { app, logged } = await makeApp(t);
  for (const url of ['/unchecked', '/unchecked-text']) {
    const reply = await app.inject({ url });
    assert.equal(reply.statusCode, 500, url);
    assert.equal(reply.json().error.code, 'platform.permission_not_checked');
    assert.ok(!reply.payload.includes('Asha'));
  }
  assert.equal((await app.inject({ url: '/moved' })).statusCode, 500);
  assert.equal((await app.inject({ method: 'HEAD', url: '/unchecked' })).statusCode, 500);
  assert.equal((await app.inject({ url: '/checked' })).statusCode, 200);
  assert.deepEqual((await app.inject({ url: '/open', headers: { authorization: 'Bearer bad' } })).json(), {
    kind: 'anonymous',
  });
  assert.match(logged[0] ?? '', /^http\.permission_not_checked \{"route":"\/unchecked"/);
});

test('every error has one form, with its code, whether trying again helps, and the request to quote', async (t) => {
  const { app, logged } = await makeApp(t);
  const headers = { 'x-request-id': 'request-123' };
  const refused = await app.inject({ url: '/checked', headers: { ...headers, authorization: 'Bearer bad' } });
  assert.equal(refused.statusCode, 401);
  assert.deepEqual(refused.json(), {
    error: {
      code: 'platform.unauthenticated',
      message: 'Sign in first: this request carries no valid access token.',
      details: {},
      retry: 'permanent',
      requestId: 'request-123',
    },
  });
  const fault = await app.inject({ url: '/fault', headers });
  assert.equal(fault.statusCode, 500);
  assert.equal(fault.json().error.code, 'platform.internal');
  assert.ok(!fault.payload.includes('Asha') && !logged.join().includes('Asha'));
  const busy = await app.inject({ url: '/busy' });
  assert.deepEqual([busy.statusCode, busy.headers['retry-after'], busy.json().error.retry], [429, '7', 'transient']);
  const absent = await app.inject({ url: '/nothing/here' });
  assert.deepEqual([absent.statusCode, absent.json().error.code], [404, 'http.not_found']);
  assert.equal((await app.inject({ url: '/%zz' })).statusCode, 400);
  assert.equal((await app.inject({ method: 'DELETE', url: '/checked' })).statusCode, 404);
});

test('an address that no route can take is refused in the same form, and not repeated', async (t) => {
  const { app } = await makeApp(t);
  app.get('/part/:part', { config: { isOpen: true } }, async () => ({}));
  const headers = { 'x-request-id': 'request-123' };
  for (const [url, status, code] of [
    [`/part/${'Asha'.repeat(300)}`, 414, 'http.fst_err_max_param_length'],
    ['/part/Asha%zz', 400, 'http.fst_err_bad_url'],
    ['/%zz', 400, 'http.fst_err_bad_url'],
  ] as const) {
    const reply = await app.inject({ url, headers });
    assert.deepEqual(
      [reply.statusCode, reply.json().error?.code, reply.json().error?.requestId, reply.headers['x-request-id']],
      [status, code, 'request-123', 'request-123'],
      url.slice(0, 20),
    );
    assert.deepEqual(Object.keys(reply.json().error), ['code', 'message', 'details', 'retry', 'requestId']);
    assert.ok(!reply.payload.includes('Asha'));
  }
});

test('a request keeps the id it came with when that is harmless, and gets one otherwise', async (t) => {
  const { app } = await makeApp(t);
  const idFor = async (given?: string) =>
    String(
      (await app.inject({ url: '/checked', headers: given === undefined ? {} : { 'x-request-id': given } })).headers[
        'x-request-id'
      ],
    );
  assert.equal(await idFor('screen-7_2026'), 'screen-7_2026');
  for (const odd of [undefined, 'short', 'x'.repeat(65), 'has space in it', 'ünïcödé-id', '"><script>']) {
    assert.match(await idFor(odd), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  }
  assert.notEqual(await idFor(), await idFor());
});

test('a body that is too large, not JSON, empty or of another kind is refused without repeating it', async (t) => {
  const { app } = await makeApp(t);
  const send = async (payload: string | Buffer, type = 'application/json') => {
    const reply = await app.inject({ method: 'POST', url: '/json', headers: { 'content-type': type }, payload });
    assert.ok(!reply.payload.includes('Asha') || reply.statusCode === 200);
    return [reply.statusCode, reply.json().error?.code];
  };
  assert.deepEqual(await send('{"a":1}'), [200, undefined]);
  assert.deepEqual(await send(`{"a":"${SECRET}`), [400, 'http.fst_err_ctp_invalid_json_body']);
  assert.deepEqual(await send(''), [400, 'http.fst_err_ctp_empty_json_body']);
  assert.deepEqual(await send(`{"a":"${'x'.repeat(2_100_000)}"}`), [413, 'http.fst_err_ctp_body_too_large']);
  assert.deepEqual(await send(SECRET, 'application/xml'), [415, 'http.fst_err_ctp_invalid_media_type']);
  assert.equal((await send('{"__proto__":{"kind":"system"}}'))[0], 400);
});

test('/health lives without the database; /ready says 503 while it is away, and why', async (t) => {
  let isAway = true;
  const { app } = await makeApp(t, {
    ready: async () => {
      if (isAway) throw databaseUnavailable({});
    },
  });
  assert.deepEqual((await app.inject({ url: '/health' })).json(), { status: 'ok' });
  const notReady = await app.inject({ url: '/ready' });
  assert.deepEqual(
    [notReady.statusCode, notReady.json()],
    [503, { status: 'not ready', reason: 'platform.database_unavailable' }],
  );
  isAway = false;
  const ready = await app.inject({ url: '/ready' });
  assert.deepEqual([ready.statusCode, ready.json()], [200, { status: 'ready', services: 2 }]);
});

test('metrics name calls, consumers and codes, and nobody', async (t) => {
  const pair = await startPair(t);
  const metrics = createMetrics();
  const runtime = pair.makeRuntime({ metrics });
  const entityId = '0199c000-0000-7000-8000-00000000abcd';
  const scope = runtime.scopeOf(userWith(['teller.tell']), 'request-secret');
  await runtime.dispatcher.call(tell, { entityId }, scope);
  await assert.rejects(
    runtime.dispatcher.call(getEntity, { id: '0199c000-0000-7000-8000-00000000dcba' }, scope),
    ServiceError,
  );
  const { app } = await makeApp(t, { metrics });
  const reply = await app.inject({ url: '/metrics' });
  assert.match(String(reply.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(reply.payload, /nidaan_call_seconds_count\{call="teller\.tell",code="ok"\} 1/);
  assert.match(reply.payload, /nidaan_call_seconds_count\{call="teller\.getEntity",code="teller\.not_found"\} 1/);
  assert.doesNotMatch(reply.payload, /[0-9a-f]{8}-[0-9a-f]{4}-|request-secret|somebody/);
});

test('what comes before authentication is on its refusals too', async (t) => {
  const { app } = await makeApp(t, {
    edge: async (edge) => {
      edge.addHook('onRequest', async (_request, reply) => void reply.header('x-edge', 'yes'));
    },
  });
  const refused = await app.inject({ url: '/checked', headers: { authorization: 'Bearer bad' } });
  assert.deepEqual([refused.statusCode, refused.headers['x-edge']], [401, 'yes']);
});
