// A whole lab for a test: the real services on a real PostgreSQL, with actors of fixed roles. Stopped by itself when
// the test that started it ends.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import pg from 'pg';

import type { Actor } from '#platform/actor.ts';
import { systemActor } from '#platform/actor.ts';
import { createMemoryCache } from '#platform/cache/memory.ts';
import type { Clock } from '#platform/clock.ts';
import { systemClock } from '#platform/clock.ts';
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { trailCall } from '#platform/contract.ts';
import type { DatabaseUrls } from '#platform/database/database.ts';
import { schemaOf } from '#platform/database/migrate.ts';
import { ServiceError, serviceUnreachable } from '#platform/errors.ts';
import { createFolderStore } from '#platform/files/folder.ts';
import { newId } from '#platform/ids.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { createRuntime } from '#platform/runtime/runtime.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';
import type { ServiceDefinition } from '#platform/service.ts';
import { setPolicies } from '#contract/organization.ts';

import { DEMO_LAB, seedDemo } from '../boot/seed-demo.ts';
import { loadServices } from '../boot/services.ts';
import type { ServiceName } from '../boot/services.ts';
import type { Config } from '../config.ts';
import { settings } from '../config.ts';
import { readSettings } from '#platform/settings.ts';
import { starterRoles } from '../services/user/domain/permissions.ts';
import { copyTemplate, TEST_SECRET } from './databases.ts';

const LOOK = /\.(view|link|open)/;

export interface TestActor {
  readonly actor: Actor;
  call<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** Expects the refusal with this code, and returns it. */
  refused<C extends Call>(call: C, input: CallInput<C>, code: string): Promise<ServiceError>;
}

export interface TestLab {
  readonly labId: string;
  readonly runtime: Runtime;
  readonly config: Config;
  /** An actor who holds the starter role, in the demo lab or another. */
  as(role: string, labId?: string): TestActor;
  readonly system: TestActor;
  /** Acts of a case in one service's audit trail, in order: their names. */
  audit(service: ServiceName, caseId: string): Promise<readonly string[]>;
  /** The same without looks (`result.view` …): what changed something. */
  changes(service: ServiceName, caseId: string): Promise<readonly string[]>;
  /** Waits until nothing is on its way any more: outboxes told, inboxes handled, jobs done. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartLabOptions {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  /** Services to load; all by default. */
  readonly services?: readonly ServiceName[];
  /** Policies of the lab that differ from the usual ones: a test about something else may sign with the session alone. */
  readonly policies?: CallInput<typeof setPolicies>;
}

export function testConfig(env: Readonly<Record<string, string>>, dataDir: string): Config {
  const read = readSettings(settings, { HTTP_PORT: '0', HL7_PORT: '0', ASTM_PORT: '0', DATA_DIR: dataDir, ...env });
  return {
    ...read,
    publicUrl: read.publicUrl ?? 'http://localhost:8000',
    logFile: '-',
    authSecret: TEST_SECRET,
    internalSecret: TEST_SECRET,
    linkSecret: TEST_SECRET,
    databaseSecret: TEST_SECRET,
  };
}

const noRemote = {
  call: async (call: Call) => {
    throw serviceUnreachable({ service: call.service });
  },
  deliver: async () => {},
};

/** Services in this process over the databases given, not started, everything about it made for tests. */
export function makeRuntime(
  services: readonly ServiceDefinition[],
  urls: DatabaseUrls,
  config: Config,
  clock: Clock,
  dataDir: string,
): Runtime {
  return createRuntime({
    config,
    services,
    everyService: services,
    urlsOf: () => urls,
    remote: noRemote,
    ports: {
      cache: createMemoryCache(clock),
      files: createFolderStore(join(dataDir, 'files')),
      pdf: createPdfRenderer({ workers: 1 }),
    },
    clock,
    log: silentLog,
    metrics: createMetrics(),
    pollMs: 100,
  });
}

/**
 * All services and the job queue in one statement, hence one snapshot: asked one by one, an event that moves on meanwhile to
 * a service already asked would be missed, and so would what a job tells that ends in between.
 */
function openWork(services: readonly ServiceDefinition[]): string {
  const open = services
    .map((service) => schemaOf(service.name))
    .flatMap((schema) => [
      `exists (select from ${schema}.inbox where state = 'waiting')`,
      `exists (select from ${schema}.outbox_cursor as c join ${schema}.outbox as o on (o.xid, o.seq) > (c.xid, c.seq))`,
    ]);
  // In hand, or due and not given up.
  const jobs = `exists (
    select from graphile_worker._private_jobs
    where locked_at is not null or (attempts < max_attempts and run_at <= now()))`;
  return `select ${[...open, jobs].join(' or ')} as is_open`;
}

export async function startLab(t: TestContext, options: StartLabOptions = {}): Promise<TestLab> {
  const clock = options.clock ?? systemClock;
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-test-lab-'));
  const config = testConfig(options.env ?? {}, dataDir);
  const services = await loadServices(options.services);
  const database = await copyTemplate('demo', services, async (urls) => {
    const runtime = makeRuntime(services, urls, config, systemClock, dataDir);
    if (!options.services) await seedDemo(runtime.dispatcher);
    await runtime.stop();
  });
  const runtime = makeRuntime(services, database.urls, config, clock, dataDir);
  await runtime.start();

  const actorOf = (actor: Actor): TestActor => ({
    actor,
    call: (call, input) => runtime.dispatcher.call(call, input, runtime.scopeOf(actor)),
    refused: async (call, input, code) => {
      const outcome = await runtime.dispatcher.call(call, input, runtime.scopeOf(actor)).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(outcome instanceof ServiceError, `${call.name} should have been refused with ${code}`);
      assert.equal(outcome.code, code);
      return outcome;
    },
  });

  const question = openWork(services);
  // As the owner: no role of the application sees both the queue and every lab's events. With row security off a role
  // that is bound by it is refused, where it would otherwise see nothing and call that quiet.
  const observer = new pg.Pool({ connectionString: database.urls.owner, max: 1, options: '-c row_security=off' });
  observer.on('error', () => {});
  const isOpen = async (): Promise<boolean> => {
    const answer = await observer.query<{ is_open: boolean }>(question);
    return answer.rows[0]?.is_open ?? true;
  };

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await runtime.stop();
      await observer.end();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    })());
  t.after(stop);

  const system = actorOf(systemActor(DEMO_LAB.id, 'test'));
  if (options.policies) await system.call(setPolicies, options.policies);
  const audit: TestLab['audit'] = async (service, caseId) => {
    await runtime.flushViews();
    return (await system.call(trailCall(service), { caseIds: [caseId] })).map((entry) => entry.act);
  };
  return {
    labId: DEMO_LAB.id,
    runtime,
    config,
    as: (role, labId = DEMO_LAB.id) =>
      actorOf({
        kind: 'user',
        userId: newId(),
        name: role,
        labId,
        permissions: starterRoles[role] ?? [],
        sessionId: newId(),
      }),
    system,
    audit,
    changes: async (service, caseId) => (await audit(service, caseId)).filter((act) => !LOOK.test(act)),
    settle: async () => {
      for (let turn = 0; turn < 400; turn += 1) {
        if (!(await isOpen())) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      assert.fail('the lab did not come to rest within 10 s');
    },
    stop,
  };
}
