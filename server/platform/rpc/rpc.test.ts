// The same calls over real HTTP between two processes' worth of runtime: nothing may differ.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { SignJWT } from 'jose';
import sql from 'sql-template-tag';

import { signAccessToken, verifyAccessToken } from '../access-token.ts';
import { anonymous, systemActor } from '../actor.ts';
import { createServiceHost } from '../http/service-host.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { newScope } from '../scope.ts';
import type { ServiceDefinition } from '../service.ts';
import { runCases } from '../testing/calls.ts';
import { createListener, createTeller, signedIn, slow, split, sweep, tell, whoAmI } from '../testing/pair.ts';
import { asSystem, heard, LAB, startPair, until, userWith } from '../testing/start-pair.ts';
import type { RuntimeChoice } from '../testing/start-pair.ts';
import { TEST_SECRET } from '../../testing/databases.ts';
import { createRpcClient } from './client.ts';
import { createInternalIdentity } from './identity.ts';

const identity = createInternalIdentity(TEST_SECRET);

async function host(t: TestContext, service: ServiceDefinition, runtime: Runtime): Promise<string> {
  const app = await createServiceHost({
    service,
    dispatcher: runtime.dispatcher,
    receive: runtime.receive,
    identity,
    authenticate: async () => anonymous,
    ready: runtime.ready,
    facts: () => ({}),
    log: silentLog,
    metrics: createMetrics(),
  });
  t.after(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

interface Split {
  readonly tellerUrl: string;
  readonly teller: Runtime;
  readonly listener: Runtime;
}

/** The teller and the listener in a runtime each, as two processes have them. */
async function startApart(t: TestContext, timeoutMs = 5000): Promise<Split> {
  const pair = await startPair(t);
  const services = [createTeller(), createListener()] as const;
  const urls = new Map<string, string>();
  const remote = createRpcClient({
    identity,
    urlOf: (service) => urls.get(service) ?? 'http://127.0.0.1:1',
    timeoutMs,
  });
  const choice = (service: ServiceDefinition): RuntimeChoice => ({
    services: [service],
    everyService: services,
    remote,
  });
  const [teller, listener] = [pair.makeRuntime(choice(services[0])), pair.makeRuntime(choice(services[1]))];
  const tellerUrl = await host(t, services[0], teller);
  urls.set('teller', tellerUrl);
  urls.set('listener', await host(t, services[1], listener));
  return { tellerUrl, teller, listener };
}

test('calls to another process: who may, what comes in, what goes out, as in one process', async (t) => {
  const { listener } = await startApart(t);
  await runCases(listener.dispatcher);
});

test('events reach a subscriber in another process once and in order, and its cursor moves', async (t) => {
  const { teller, listener } = await startApart(t);
  await Promise.all([teller.start(), listener.start()]);
  const entityId = newId();
  for (let n = 0; n < 6; n += 1)
    await teller.dispatcher.call(tell, { entityId, closes: n % 2 === 1 }, asSystem(teller));
  await until('six events', async () => (await heard(listener)).length >= 6);
  assert.deepEqual(
    (await heard(listener)).map((row) => row.n),
    [1, 2, 3, 4, 5, 6],
  );
  await until('the cursor', async () => {
    const { untold } = await teller
      .databaseOf('teller')
      .platform((db) =>
        db.one<{ untold: number }>(
          sql`select count(*) as untold from lis_teller.outbox as o join lis_teller.outbox_cursor as c on (o.xid, o.seq) > (c.xid, c.seq)`,
        ),
      );
    return untold === 0;
  });
});

test('the caller, the request and the trace travel with the call', async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  t.after(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });
  const { teller, listener } = await startApart(t);
  const actor = userWith(['teller.tell', 'a.b']);
  const seen = await listener.dispatcher.call(whoAmI, {}, newScope(actor, 'request-42', '10.0.0.7'));
  assert.deepEqual(
    { ...seen, trace: '' },
    {
      name: 'somebody',
      labId: LAB,
      permissions: ['teller.tell', 'a.b'],
      requestId: 'request-42',
      clientAddress: '10.0.0.7',
      trace: '',
    },
  );
  const spans = exporter.getFinishedSpans().filter((span) => span.name === whoAmI.name);
  assert.equal(new Set(spans.map((span) => span.spanContext().traceId)).size, 1, 'one trace over both processes');
  assert.equal(spans.length, 2);
  assert.match(seen.trace ?? '', new RegExp(`^00-${spans[0]?.spanContext().traceId}-`));

  await Promise.all([teller.start(), listener.start()]);
  await listener.dispatcher.call(tell, { entityId: newId() }, newScope(actor, 'request-43'));
  const consumer = await until('the span of the consumer', () =>
    exporter.getFinishedSpans().find((span) => span.name === 'listener.on-counted'),
  );
  const command = exporter.getFinishedSpans().find((span) => span.name === tell.name);
  assert.equal(
    consumer.spanContext().traceId,
    command?.spanContext().traceId,
    'the event joins the trace of its command',
  );
  for (const span of exporter.getFinishedSpans()) assert.ok(!JSON.stringify(span.attributes).includes('somebody'));
});

async function post(
  url: string,
  token: string | undefined,
  path = '/rpc/teller/sweep',
  body: unknown = { json: {} },
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

test('only a token of our own processes opens the calls of a service, and it opens nothing else', async (t) => {
  const { tellerUrl } = await startApart(t);
  const scope = newScope(systemActor(LAB, 'other'), 'request-1');
  const good = await identity.sign(scope);
  assert.equal((await post(tellerUrl, good)).status, 200);

  const key = new TextEncoder().encode(TEST_SECRET);
  const claims = { actor: scope.actor, requestId: 'request-1' };
  const sign = (audience: string, seconds: number, secret = key) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(audience)
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(secret);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  const access = await signAccessToken(TEST_SECRET, { userId: newId(), sessionId: newId(), labId: LAB }, 60);
  const refused: Readonly<Record<string, string | undefined>> = {
    none: undefined,
    empty: '',
    'no token': 'x',
    expired: await sign('nidaan-internal', -1),
    'another audience': await sign('nidaan', 60),
    'another secret': await sign('nidaan-internal', 60, new TextEncoder().encode('x'.repeat(40))),
    'no signature': unsigned,
    'a signature cut short': `${header}.${payload}.${signature.slice(0, -2)}`,
    'an altered payload': `${header}.${Buffer.from(JSON.stringify({ ...claims, aud: 'nidaan-internal', exp: 9_999_999_999 })).toString('base64url')}.${signature}`,
    'an access token of a person': access,
    'without an end': await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('nidaan-internal')
      .sign(key),
  };
  for (const [what, token] of Object.entries(refused)) {
    const { status, text } = await post(tellerUrl, token);
    assert.equal(status, 401, what);
    assert.match(text, /platform\.unauthenticated/, what);
  }
  await assert.rejects(verifyAccessToken(TEST_SECRET, good), { code: 'platform.unauthenticated' });
});

test('events are taken from the system only', async (t) => {
  const { tellerUrl } = await startApart(t);
  const deliver = async (actor: Parameters<typeof newScope>[0], json: unknown) =>
    post(tellerUrl, await identity.sign(newScope(actor, 'request-1')), '/rpc/platform/deliver', { json });
  assert.equal((await deliver(userWith(['*']), { subscriber: 'teller', envelopes: [] })).status, 403);
  assert.equal((await deliver(systemActor(null, 'relay'), { subscriber: 'teller', envelopes: [] })).status, 200);
  assert.equal(
    (await deliver(systemActor(null, 'relay'), { subscriber: 'teller', envelopes: [{ id: 'x' }] })).status,
    400,
  );
});

test('a body that is not JSON, or too large, is refused by the host', async (t) => {
  const { tellerUrl } = await startApart(t);
  const token = await identity.sign(newScope(systemActor(LAB, 'other'), 'request-1'));
  const send = (body: string, type = 'application/json') =>
    fetch(`${tellerUrl}/rpc/teller/sweep`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${token}` },
      body,
    });
  assert.equal((await send('{"json":')).status, 400);
  assert.equal((await send('x', 'text/html')).status, 415);
});

test('another process that is not there, does not answer, or breaks off: each told as what it is', async (t) => {
  const pair = await startPair(t);
  const services = [createTeller(), createListener()];
  const quiet = createServer((socket) => socket.on('error', () => {}));
  const rude = createServer((socket) => socket.once('data', () => socket.destroy()));
  const portOf = async (server: typeof quiet) => {
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return address.port;
  };
  const absent = createServer();
  const absentPort = await portOf(absent);
  await new Promise((resolve) => absent.close(resolve));
  const ports = { absent: absentPort, quiet: await portOf(quiet), rude: await portOf(rude) };
  const open = new Set<{ destroy(): void }>();
  quiet.on('connection', (socket) => open.add(socket));
  t.after(() => {
    for (const socket of open) socket.destroy();
    quiet.close();
    rude.close();
  });
  const callAt = (port: number) => {
    const remote = createRpcClient({ identity, urlOf: () => `http://127.0.0.1:${port}`, timeoutMs: 150 });
    const runtime = pair.makeRuntime({ services: services.slice(1), everyService: services, remote });
    return runtime.dispatcher.call(split, { words: 'a' }, asSystem(runtime));
  };
  await assert.rejects(callAt(ports.absent), { code: 'platform.service_unreachable', retry: 'transient', status: 503 });
  await assert.rejects(callAt(ports.quiet), { code: 'platform.outcome_unknown', retry: 'ambiguous', status: 504 });
  await assert.rejects(callAt(ports.rude), { code: 'platform.outcome_unknown', retry: 'ambiguous' });
});

test('a service that takes too long leaves the outcome open', async (t) => {
  const { listener } = await startApart(t, 100);
  await assert.rejects(listener.dispatcher.call(slow, { ms: 400 }, asSystem(listener)), {
    code: 'platform.outcome_unknown',
    details: { service: 'teller' },
  });
  await listener.dispatcher.call(signedIn, {}, asSystem(listener));
  assert.equal((await listener.dispatcher.call(sweep, {}, asSystem(listener))).by, 'test');
});
