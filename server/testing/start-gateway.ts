// The gateway over a test lab, listening on a port of its own.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import type { FastifyInstance } from 'fastify';

import { createMemoryCache } from '#platform/cache/memory.ts';
import { anonymous } from '#platform/actor.ts';
import { systemClock } from '#platform/clock.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { login } from '#contract/user.ts';

import { DEMO_PASSWORD } from '../boot/seed-demo.ts';
import type { Config } from '../config.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { TestLab } from './start-lab.ts';

export interface TestGateway {
  readonly app: FastifyInstance;
  /** Address, for requests that must travel; `app.inject` is quicker where it does. */
  listen(): Promise<string>;
}

export async function startGateway(t: TestContext, lab: TestLab, over: Partial<Config> = {}): Promise<TestGateway> {
  const config: Config = { ...lab.config, rateLimitPerMinute: 100_000, ...over };
  const app = await createGateway({
    config,
    dispatcher: lab.runtime.dispatcher,
    everyService: lab.runtime.services,
    cache: createMemoryCache(systemClock),
    files: lab.runtime.systemCtx('file', lab.labId).ports.files,
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    ready: lab.runtime.ready,
    facts: () => ({}),
    startPageFacts: () => ({
      publicUrl: config.publicUrl,
      hl7Port: 6661,
      astmPort: 6662,
      demoLogins: [{ username: 'desk', roles: ['desk'], password: DEMO_PASSWORD }],
    }),
  });
  t.after(() => app.close());
  return {
    app,
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      const address = app.server.address();
      assert.ok(typeof address === 'object' && address !== null);
      return `http://127.0.0.1:${address.port}`;
    },
  };
}

/** A fresh session of a demo login, as the value of the authorization header. */
export async function bearer(lab: TestLab, username: string): Promise<string> {
  const tokens = await lab.runtime.dispatcher.call(
    login,
    { username, password: DEMO_PASSWORD },
    lab.runtime.scopeOf(anonymous),
  );
  return `Bearer ${tokens.accessToken}`;
}
