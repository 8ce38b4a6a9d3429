import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as z from 'zod';

import { anonymous } from '../actor.ts';
import { defineCall } from '../contract.ts';
import type { Log } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { newScope } from '../scope.ts';
import type { CallBinding, Ctx } from '../service.ts';
import { runCases, SECRET } from '../testing/calls.ts';
import { crash } from '../testing/pair.ts';
import { startPair, userWith } from '../testing/start-pair.ts';
import { createDispatcher } from './dispatch.ts';

test('calls in one process: who may, what comes in, what goes out', async (t) => {
  const pair = await startPair(t);
  await runCases(pair.makeRuntime().dispatcher);
});

test('a binding that names no permission is refused, and what it does is not done', async () => {
  const call = defineCall('careless.show', z.object({}), z.object({}));
  let runs = 0;
  // As code that goes round the types would make it.
  const binding: CallBinding = JSON.parse('{}');
  Object.assign(binding, { call, run: async () => (runs += 1) });
  const dispatcher = createDispatcher({
    bindings: new Map([[call.name, binding]]),
    isLocal: () => true,
    ctxFor: (): Ctx => assert.fail('no context is made for it'),
    remote: { call: async () => ({}) },
    metrics: createMetrics(),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => assert.fail() },
  });
  const scope = newScope(userWith(['*']), 'request-1');
  await assert.rejects(dispatcher.call(call, {}, scope), { code: 'platform.permission_not_checked', status: 500 });
  assert.equal(runs, 0);
  assert.equal(scope.permissionChecked, false);
});

test('a fault is logged with its place and request, never with its message', async (t) => {
  const lines: string[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (event, facts) => lines.push(JSON.stringify([event, facts])),
    child: () => log,
  };
  const pair = await startPair(t);
  const runtime = pair.makeRuntime({ log });
  const fault = runtime.dispatcher.call(crash, { text: SECRET }, newScope(anonymous, 'request-9'));
  await assert.rejects(fault, {
    code: 'platform.internal',
    message: 'Something failed inside; quote request request-9 to support.',
  });
  assert.deepEqual(lines, ['["call.fault",{"call":"teller.crash","requestId":"request-9"}]']);
});
