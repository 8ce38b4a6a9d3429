// A runtime, or several over one database, with the teller and the listener in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import type { Config } from '../../config.ts';
import { settings } from '../../config.ts';
import { copyTemplate, TEST_SECRET } from '../../testing/databases.ts';
import type { TestDatabase } from '../../testing/databases.ts';
import type { Actor } from '../actor.ts';
import { systemActor } from '../actor.ts';
import type { Transport } from '../bus/envelope.ts';
import { createMemoryCache } from '../cache/memory.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { serviceUnreachable } from '../errors.ts';
import { createFolderStore } from '../files/folder.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import type { Log } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { createPdfRenderer } from '../pdf/renderer.ts';
import type { RemoteCaller } from '../runtime/dispatch.ts';
import { createRuntime } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServiceDefinition } from '../service.ts';
import { readSettings } from '../settings.ts';
import { createListener, createTeller } from './pair.ts';

export const LAB = '0199b000-0000-7000-8000-000000000001';
export const OTHER_LAB = '0199b000-0000-7000-8000-000000000002';

export function userWith(permissions: readonly string[], labId = LAB): Actor {
  return { kind: 'user', userId: newId(), name: 'somebody', labId, permissions, sessionId: newId() };
}

export function pairConfig(dataDir: string, env: Readonly<Record<string, string>> = {}): Config {
  const read = readSettings(settings, { HTTP_PORT: '0', HL7_PORT: '0', ASTM_PORT: '0', DATA_DIR: dataDir, ...env });
  const secret = TEST_SECRET;
  return {
    ...read,
    publicUrl: 'http://localhost:8000',
    logFile: '-',
    authSecret: secret,
    internalSecret: secret,
    linkSecret: secret,
    databaseSecret: secret,
  };
}

const nobody: RemoteCaller & Transport = {
  call: async (call) => Promise.reject(serviceUnreachable({ service: call.service })),
  deliver: async (service) => Promise.reject(serviceUnreachable({ service })),
};

export interface RuntimeChoice {
  readonly services?: readonly ServiceDefinition[];
  readonly everyService?: readonly ServiceDefinition[];
  readonly remote?: RemoteCaller & Transport;
  readonly pollMs?: number;
  readonly maxAttempts?: number;
  readonly pruneFirstMs?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly metrics?: Metrics;
}

export interface Pair {
  readonly database: TestDatabase;
  readonly config: Config;
  /** One more runtime over the same database, not started; stopped by itself when the test ends. */
  makeRuntime(choice?: RuntimeChoice): Runtime;
}

export async function startPair(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Pair> {
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-pair-'));
  const pair = [createTeller(), createListener()];
  const database = await copyTemplate('empty', pair, async () => {});
  const config = pairConfig(dataDir, env);
  const runtimes: Runtime[] = [];
  t.after(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    database,
    config,
    makeRuntime: (choice = {}) => {
      const services = choice.services ?? pair;
      const runtime = createRuntime({
        config,
        services,
        everyService: choice.everyService ?? services,
        urlsOf: () => database.urls,
        remote: choice.remote ?? nobody,
        ports: {
          cache: createMemoryCache(systemClock),
          files: createFolderStore(join(dataDir, 'files')),
          pdf: createPdfRenderer({ workers: 1 }),
        },
        clock: choice.clock ?? systemClock,
        log: choice.log ?? silentLog,
        metrics: choice.metrics ?? createMetrics(),
        pollMs: choice.pollMs ?? 50,
        ...(choice.pruneFirstMs === undefined ? {} : { pruneFirstMs: choice.pruneFirstMs }),
        ...(choice.maxAttempts === undefined ? {} : { maxAttempts: choice.maxAttempts }),
      });
      runtimes.push(runtime);
      return runtime;
    },
  };
}

export const asSystem = (runtime: Runtime, labId = LAB) => runtime.scopeOf(systemActor(labId, 'test'));

export interface Heard {
  readonly consumer: string;
  readonly entityId: string;
  readonly n: number;
}

/** What the listener wrote down, in the order of its handling. */
export function heard(runtime: Runtime, labId = LAB): Promise<readonly Heard[]> {
  return runtime
    .systemCtx('listener', labId)
    .db.rows<Heard>(sql`select consumer, entity_id, n from lis_listener.heard order by position`);
}

/** Asks again and again until the answer will do. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 15_000,
): Promise<T> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
