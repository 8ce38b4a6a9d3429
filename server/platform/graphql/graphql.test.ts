// GraphQL over HTTP: what may be asked, what may leave, how errors look, and how often a call is made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import type { FastifyInstance } from 'fastify';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';

import type { Actor } from '../actor.ts';
import { anonymous } from '../actor.ts';
import { createHttpApp } from '../http/app.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import { SECRET } from '../testing/calls.ts';
import { createTeller, tell } from '../testing/pair.ts';
import { asSystem, startPair, userWith } from '../testing/start-pair.ts';
import { registerGraphql } from './http.ts';
import { buildSchema } from './schema.ts';

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Record<string, unknown>;
  }[];
  readonly error?: { readonly code: string };
}

interface Asker {
  readonly app: FastifyInstance;
  /** Names of the calls made since the last look. */
  calls(): readonly string[];
  ask(query: string, actor?: Actor, variables?: object): Promise<Reply>;
  readonly entityIds: readonly string[];
}

async function start(t: TestContext): Promise<Asker> {
  const pair = await startPair(t);
  const runtime = pair.makeRuntime();
  const entityIds = [newId(), newId(), newId()];
  for (const entityId of entityIds) await runtime.dispatcher.call(tell, { entityId }, asSystem(runtime));
  const made: string[] = [];
  const dispatcher: Dispatcher = {
    bindings: runtime.dispatcher.bindings,
    call: (call, input, scope) => {
      made.push(call.name);
      return runtime.dispatcher.call(call, input, scope);
    },
  };
  let current: Actor = anonymous;
  const app = await createHttpApp({
    log: silentLog,
    metrics: createMetrics(),
    trustProxy: false,
    authenticate: async () => current,
    ready: async () => {},
    facts: () => ({}),
  });
  const { graphql } = createTeller();
  assert.ok(graphql);
  await registerGraphql(app, { schema: buildSchema([graphql]), dispatcher, log: silentLog });
  t.after(() => app.close());
  return {
    app,
    entityIds,
    calls: () => made.splice(0),
    ask: async (query, actor = anonymous, variables = {}) => {
      current = actor;
      const reply = await app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'x-request-id': 'request-abc' },
        payload: { query, variables },
      });
      const body = reply.json();
      return {
        ...body,
        status: reply.statusCode,
        text: reply.payload,
        data: body.data ?? null,
        errors: body.errors ?? [],
      };
    },
  };
}

const person = userWith([]);
const entities = 'query ($ids: [ID!]!) { entities(ids: $ids) { id n self { n } alike { n } } }';
/** The third time a query runs compiled; what is refused must stay refused. */
const interpretedAndCompiled = [1, 2, 3, 4];

test('a list and its links are one call each, however many rows', async (t) => {
  const { ask, calls, entityIds } = await start(t);
  for (const turn of interpretedAndCompiled) {
    calls();
    const reply = await ask(entities, person, { ids: entityIds });
    assert.deepEqual(reply.errors, []);
    assert.equal(Reflect.get(Object(reply.data), 'entities').length, 3);
    assert.deepEqual(
      calls(),
      ['teller.getEntities', 'teller.getEntities', 'teller.getEntities'],
      `turn ${turn}: the list, byId, listOf`,
    );
  }
});

test('an answer that checked nothing is withheld, query or mutation, under any name and beside any error', async (t) => {
  const { ask } = await start(t);
  const bare = [
    '{ secretField }',
    'mutation { unchecked }',
    '{ __typename: secretField }',
    '{ __schema: secretField }',
    '{ __typename __type: secretField }',
    '{ ...F } fragment F on Query { ... on Query { __typename: secretField } }',
    '{ page { pageInfo { hasNextPage } } }',
  ];
  for (const query of bare) {
    for (const turn of interpretedAndCompiled) {
      const reply = await ask(query, person);
      assert.ok(!reply.text.includes('nobody asked'), `${query}, turn ${turn}`);
      assert.deepEqual([reply.status, reply.error?.code], [500, 'platform.permission_not_checked'], query);
    }
  }
  for (const turn of interpretedAndCompiled) {
    const mixed = await ask('{ maybeSecret signedIn }');
    assert.ok(!mixed.text.includes('nobody asked'), `turn ${turn}`);
    assert.equal(mixed.errors[0]?.extensions['code'], 'platform.unauthenticated');
    const nullable = await ask('{ maybeSecret a: crash(text: "x") }');
    assert.equal(nullable.errors[0]?.extensions['code'], 'platform.internal');
  }
});

test('the chosen operation of several decides, not the harmless one beside it', async (t) => {
  const { app } = await start(t);
  const reply = await app.inject({
    method: 'POST',
    url: '/graphql',
    payload: { query: 'query A { __typename } query B { secretField }', operationName: 'B' },
  });
  assert.ok(!reply.payload.includes('nobody asked'));
});

test('a refusal keeps its code and form, whoever asks', async (t) => {
  const { ask, entityIds } = await start(t);
  for (const turn of interpretedAndCompiled) {
    const out = await ask('{ signedIn }');
    assert.equal(out.status, 200, `turn ${turn}: ${out.text}`);
    assert.deepEqual(out.errors[0]?.extensions, {
      code: 'platform.unauthenticated',
      status: 401,
      details: {},
      retry: 'permanent',
      requestId: 'request-abc',
    });
    const denied = await ask('mutation ($id: ID!) { tell(entityId: $id) }', person, { id: entityIds[0] });
    assert.deepEqual(denied.errors[0]?.extensions['details'], { permission: 'teller.tell' });
    const refused = await ask('{ refuse }', person);
    assert.deepEqual(
      {
        message: refused.errors[0]?.message,
        path: refused.errors[0]?.path,
        extensions: refused.errors[0]?.extensions,
        data: refused.data,
      },
      {
        message: 'Refused: too many, at most 3.',
        path: ['refuse'],
        data: { refuse: null },
        extensions: {
          code: 'teller.refused',
          status: 422,
          details: { reason: 'too many', limit: 3 },
          retry: 'ambiguous',
          requestId: 'request-abc',
        },
      },
    );
    const fault = await ask('query ($text: String!) { crash(text: $text) }', person, { text: SECRET });
    assert.equal(fault.errors[0]?.extensions['code'], 'platform.internal');
    assert.ok(!fault.text.includes('Asha'));
  }
});

test('a query that is not one is answered 400 with a code of its own', async (t) => {
  const { ask } = await start(t);
  for (const query of ['{', '{ absent }', '{ entities }', 'query ($x: Strange) { __typename }', '']) {
    const reply = await ask(query, person);
    assert.equal(reply.status, 400, query);
    assert.match(
      JSON.stringify([reply.errors[0]?.extensions['code'], reply.error?.code]),
      /"(graphql\.invalid|http\.)/,
      query,
    );
  }
});

const nested = (levels: number) => `{ entities(ids: []) ${'{ self '.repeat(levels)} { n } ${'}'.repeat(levels)} }`;

test('a query too deep, of too many names or too dear is refused before anything runs', async (t) => {
  const { ask, calls, entityIds } = await start(t);
  const ids = JSON.stringify(entityIds);
  const wide = (count: number, field: string) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
  const hostile: Readonly<Record<string, string>> = {
    'fifty levels': nested(50),
    'fifty levels through fragments': `{ entities(ids: ${ids}) { ...F0 } } ${Array.from({ length: 50 }, (_, level) => `fragment F${level} on Entity { self { ${level === 49 ? 'n' : `...F${level + 1}`} } }`).join(' ')}`,
    'a thousand aliases': `{ ${wide(1000, 'signedIn')} }`,
    'aliases in fragments': `{ ${Array.from({ length: 30 }, () => '...F').join(' ')} } fragment F on Query { ${wide(40, 'signedIn')} }`,
    'wide at every level': `{ entities(ids: ${ids}) { ${Array.from({ length: 9 }).reduce<string>((inner) => `${wide(2, `self { ${inner} }`)} alike { ${inner} }`, 'n')} } }`,
    'fragments that multiply': `{ ${'...A '.repeat(20)} } fragment A on Query { ${'...B '.repeat(20)} } fragment B on Query { ${'...C '.repeat(20)} } fragment C on Query { entities(ids: ${ids}) { id n } signedIn }`,
    'a circle': '{ entities(ids: []) { ...F } } fragment F on Entity { self { ...F } }',
    'the schema, over and over': `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`,
  };
  for (const [what, query] of Object.entries(hostile)) {
    const startedAt = performance.now();
    const reply = await ask(query, person);
    assert.equal(reply.status, 400, `${what}: ${reply.text.slice(0, 300)}`);
    assert.equal(reply.errors[0]?.extensions['code'], 'graphql.invalid', what);
    assert.equal(reply.data, null, what);
    assert.ok(performance.now() - startedAt < 5000, `${what} took long to refuse`);
  }
  assert.deepEqual(calls(), []);
  assert.equal((await ask(nested(8), person)).status, 200);
});

test('the schema may be read by anyone; a batch of queries in one request may not be sent', async (t) => {
  const { ask, app } = await start(t);
  const reply = await ask(getIntrospectionQuery());
  assert.equal(reply.status, 200, reply.text.slice(0, 300));
  assert.deepEqual(reply.errors, []);
  const schema = buildClientSchema(JSON.parse(JSON.stringify(reply.data)));
  assert.ok(schema.getQueryType()?.getFields()['entities']);
  assert.equal((await ask('{ __typename }')).data?.['__typename'], 'Query');
  const batch = await app.inject({
    method: 'POST',
    url: '/graphql',
    payload: [{ query: '{ __typename }' }, { query: '{ __typename }' }],
  });
  assert.equal(batch.statusCode, 400);
  const byGet = await app.inject({ url: `/graphql?query=${encodeURIComponent('mutation { unchecked }')}` });
  assert.ok(byGet.statusCode >= 400, 'a link cannot change anything');
});

test('an instant or a day that is none is refused, written in the query or beside it', async (t) => {
  const { ask } = await start(t);
  const byVariable = 'query ($since: DateTime, $on: Date) { signedIn page(since: $since, on: $on) { nodes { id } } }';
  const fine = await ask(byVariable, person, { since: '2026-11-25T09:30:00.5Z', on: '1990-02-28' });
  assert.deepEqual(fine.errors, []);
  for (const variables of [
    { since: '2026-11-25' },
    { since: '2026-11-25T09:30:00+05:30' },
    { since: 7 },
    { on: '28/02/1990' },
    { on: '1990-02-28T00:00:00Z' },
  ]) {
    const reply = await ask(byVariable, person, variables);
    assert.deepEqual(
      [reply.status, reply.errors[0]?.extensions['code']],
      [400, 'graphql.invalid'],
      JSON.stringify(variables),
    );
  }
  for (const args of ['since: "yesterday"', 'since: 5', 'on: "1990-2-28"', 'on: true']) {
    assert.equal((await ask(`{ signedIn page(${args}) { nodes { id } } }`, person)).status, 400, args);
  }
});
