// Puts services to work: their databases, calls, events and jobs, in whatever shape the configuration says. Nothing in
// a service knows whether its neighbours live in this process.
import type { CallBinding, Ctx, Ports, Running, ServiceDefinition } from '../service.ts';
import type { Actor } from '../actor.ts';
import { anonymous, systemActor } from '../actor.ts';
import { createViewAudit } from '../audit/view-audit.ts';
import { sealBatch } from '../audit/seal.ts';
import { platformCalls } from '../audit/trail.ts';
import type { Envelope, Transport } from '../bus/envelope.ts';
import { startInbox, storeEnvelopes } from '../bus/inbox.ts';
import { pruneBatch } from '../bus/prune.ts';
import type { InboxEvent, InboxOptions } from '../bus/inbox.ts';
import type { JobEnvelope } from '../bus/outbox.ts';
import { startRelay } from '../bus/relay.ts';
import type { Subscription } from '../bus/relay.ts';
import { createTicker } from '../bus/ticker.ts';
import type { Ticker } from '../bus/ticker.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../../config.ts';
import type { Database, DatabaseUrls } from '../database/database.ts';
import { openDatabase } from '../database/database.ts';
import { schemaOf } from '../database/migrate.ts';
import { ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import { startJobs } from '../jobs.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { newScope } from '../scope.ts';
import type { Scope } from '../scope.ts';
import { contextOf, inSpan } from '../trace.ts';
import { AlreadyDone, createCtx } from './context.ts';
import type { ContextParts, HandledEvent } from './context.ts';
import { createDispatcher } from './dispatch.ts';
import type { Dispatcher, RemoteCaller } from './dispatch.ts';

export interface RuntimeOptions {
  readonly config: Config;
  /** Services that live in this process. */
  readonly services: readonly ServiceDefinition[];
  /** All services of the installation; tells who subscribes to whom. */
  readonly everyService: readonly ServiceDefinition[];
  readonly urlsOf: (service: string) => DatabaseUrls;
  readonly remote: RemoteCaller & Transport;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pollMs?: number;
  /** When outbox and inbox are first pruned, milliseconds after the start. */
  readonly pruneFirstMs?: number;
  /** Tries of an event before it is parked. */
  readonly maxAttempts?: number;
}

export interface Runtime {
  readonly dispatcher: Dispatcher;
  readonly services: readonly ServiceDefinition[];
  /** Starts relays, inboxes, jobs and the services' own listeners. */
  start(): Promise<void>;
  /** What the services' listeners say of themselves, by service. */
  facts(): Readonly<Record<string, Running['facts']>>;
  /** Stores events that another process's relay brought. */
  receive(subscriber: string, envelopes: readonly Envelope[]): Promise<void>;
  /** A context of the system for one service; for seeds, tests and command-line work. */
  systemCtx(service: string, labId: string | null, name?: string): Ctx;
  scopeOf(actor: Actor, requestId?: string): Scope;
  /** Resolves when all databases answer. @throws platform.database_unavailable */
  ready(): Promise<void>;
  databaseOf(service: string): Database;
  /** Resolves when nothing is on its way: every outbox told, every inbox handled. For tests and orderly stops. */
  flushViews(): Promise<void>;
  stop(): Promise<void>;
}

interface Housed {
  readonly service: ServiceDefinition;
  readonly schema: string;
  readonly database: Database;
  readonly parts: ContextParts;
  readonly inboxOptions: InboxOptions;
  relay: Ticker;
  inbox: Ticker;
  seal: Ticker;
  prune: Ticker;
}

const SEAL_MS = 1000;
const PRUNE_MS = 3_600_000;
/** The relays catch up before the first pruning; the services' prunings are spread over as long again. */
const PRUNE_FIRST_MS = 600_000;
const idle: Ticker = { wake: () => {}, stop: async () => {} };

/** Who must be told what by one service. */
export function subscriptionsTo(teller: string, everyService: readonly ServiceDefinition[]): readonly Subscription[] {
  return everyService.flatMap((service) => {
    const types = service.consumers.map((consumer) => consumer.event).filter((event) => event.service === teller);
    return types.length > 0 ? [{ subscriber: service.name, types: [...new Set(types.map((type) => type.name))] }] : [];
  });
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { config, clock, log, metrics } = options;
  const pollMs = options.pollMs ?? 500;
  const viewAudit = createViewAudit(log);
  const databases = new Map<string, Database>();
  const houses = new Map<string, Housed>();
  const bindings = new Map<string, CallBinding>();
  const running = new Map<string, Running>();
  const jobRunners: { stop(): Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;

  // Services that share a database share its connections.
  function openOnce(urls: DatabaseUrls): Database {
    let database = databases.get(urls.app);
    if (!database) {
      database = openDatabase(urls, { maxConnections: config.databaseConnections });
      databases.set(urls.app, database);
    }
    return database;
  }

  const isLocal = (service: string) => houses.has(service);
  const houseOf = (service: string): Housed => {
    const house = houses.get(service);
    if (!house) throw new Error(`The ${service} service does not live in this process`);
    return house;
  };

  const transport: Transport = {
    deliver: async (subscriber, envelopes) => {
      if (isLocal(subscriber)) await receive(subscriber, envelopes);
      else await options.remote.deliver(subscriber, envelopes);
    },
  };

  async function receive(subscriber: string, envelopes: readonly Envelope[]): Promise<void> {
    const house = houseOf(subscriber);
    await storeEnvelopes(house.inboxOptions, envelopes);
    house.inbox.wake();
  }

  async function handleEvent(
    service: string,
    consumer: ServiceDefinition['consumers'][number],
    event: InboxEvent,
  ): Promise<void> {
    const { parts } = houseOf(service);
    const handled: HandledEvent = { eventId: event.eventId, consumer: consumer.name, isDone: false };
    const scope = newScope(systemActor(event.labId, `${service}.${consumer.name}`), event.requestId);
    let code = 'ok';
    try {
      await inSpan(
        `${service}.${consumer.name}`,
        { 'nidaan.event_id': event.eventId },
        async () => {
          const payload = consumer.event.schema.parse(event.payload);
          const ctx = createCtx(parts, scope, handled);
          await consumer.run(ctx, payload as never);
          // A consumer that wrote nothing still must not see the event again.
          if (!handled.isDone) await ctx.transaction(async () => {});
        },
        contextOf(event.trace),
      );
    } catch (error) {
      if (error instanceof AlreadyDone) return;
      code = error instanceof ServiceError ? error.code : 'unexpected';
      throw error;
    } finally {
      metrics.eventDone(`${service}.${consumer.name}`, code);
    }
  }

  for (const service of options.services) {
    const schema = schemaOf(service.name);
    const database = openOnce(options.urlsOf(service.name));
    const parts: ContextParts = {
      service,
      database,
      dispatcher: () => dispatcher,
      clock,
      log: log.child({ service: service.name }),
      config,
      ports: options.ports,
      metrics,
      viewAudit,
      onTold: () => houses.get(service.name)?.relay.wake(),
    };
    const inboxOptions: InboxOptions = {
      schema,
      database,
      consumers: service.consumers,
      log: parts.log,
      pollMs,
      handle: (consumer, event) => handleEvent(service.name, consumer, event),
      now: () => clock.now(),
      ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    };
    houses.set(service.name, {
      service,
      schema,
      database,
      parts,
      inboxOptions,
      relay: idle,
      inbox: idle,
      seal: idle,
      prune: idle,
    });
    for (const binding of [
      ...service.calls,
      ...platformCalls(service.name, schema, () => houses.get(service.name)?.inbox.wake()),
    ]) {
      bindings.set(binding.call.name, binding);
    }
  }

  const dispatcher = createDispatcher({
    bindings,
    isLocal,
    ctxFor: (service, scope) => createCtx(houseOf(service).parts, scope),
    remote: options.remote,
    metrics,
    log,
  });

  async function startJobRunners(): Promise<void> {
    const byOwner = Map.groupBy(houses.values(), (house) => options.urlsOf(house.service.name).owner);
    for (const [ownerUrl, group] of byOwner) {
      const jobs = group.flatMap((house) => house.service.jobs.map((job) => ({ house, job })));
      const runner = await startJobs({
        ownerUrl,
        log,
        jobs: jobs.map(({ job }) => job),
        handle: async (job, envelope: JobEnvelope) => {
          const house = jobs.find((candidate) => candidate.job === job)?.house;
          if (!house) throw new Error(`No service runs ${job.job.name}`);
          const scope = newScope(systemActor(envelope.labId, job.job.name), envelope.requestId);
          try {
            await inSpan(
              job.job.name,
              {},
              () => job.run(createCtx(house.parts, scope), envelope.payload as never),
              contextOf(envelope.trace),
            );
          } catch (error) {
            const code = error instanceof ServiceError ? error.code : 'unexpected';
            house.parts.log.warn('job.failed', { job: job.job.name, code, requestId: envelope.requestId });
            if (code === 'unexpected') house.parts.log.error('job.fault', { job: job.job.name }, error);
            throw error;
          }
        },
      });
      jobRunners.push(runner);
    }
  }

  return {
    dispatcher,
    services: options.services,
    receive,
    facts: () => Object.fromEntries([...running].map(([name, service]) => [name, service.facts])),
    systemCtx: (service, labId, name) => createCtx(houseOf(service).parts, newScope(systemActor(labId, name), newId())),
    scopeOf: (actor, requestId) => newScope(actor, requestId ?? newId()),
    databaseOf: (service) => houseOf(service).database,
    ready: async () => {
      await Promise.all([...databases.values()].map((database) => database.ping()));
    },
    flushViews: () => viewAudit.flush(),
    start: async () => {
      await startJobRunners();
      for (const house of houses.values()) {
        const { service, schema, database } = house;
        house.inbox = startInbox(house.inboxOptions);
        const subscriptions = subscriptionsTo(service.name, options.everyService);
        house.relay = await startRelay({
          service: service.name,
          schema,
          database,
          subscriptions,
          transport,
          log: house.parts.log,
          pollMs,
        });
        house.seal = createTicker({
          name: `seal ${schema}`,
          everyMs: SEAL_MS,
          log: house.parts.log,
          work: async () => (await sealBatch(database, schema)) > 0,
        });
        house.prune = createTicker({
          name: `prune ${schema}`,
          everyMs: PRUNE_MS,
          firstAfterMs: options.pruneFirstMs ?? PRUNE_FIRST_MS * (1 + Math.random()),
          log: house.parts.log,
          work: () =>
            pruneBatch({
              schema,
              database,
              subscribers: subscriptions.map(({ subscriber }) => subscriber),
              outboxKeepDays: config.outboxKeepDays,
              inboxKeepDays: config.inboxKeepDays,
              nowMs: () => clock.nowMs(),
            }),
        });
      }
      for (const { service, parts } of houses.values()) {
        if (service.start)
          running.set(service.name, await service.start(createCtx(parts, newScope(anonymous, newId()))));
      }
    },
    stop: () => (stopping ??= stopAll()),
  };

  /** Outside first, so that nothing new comes in; then what is in hand; the databases last, whatever went wrong before. */
  async function stopAll(): Promise<void> {
    const faults: unknown[] = [];
    const stopEach = async (steps: readonly (() => Promise<unknown>)[]) => {
      const ends = await Promise.allSettled(steps.map((step) => step()));
      for (const end of ends) if (end.status === 'rejected') faults.push(end.reason);
    };
    await stopEach([...running.values()].map((service) => () => service.stop()));
    await stopEach(jobRunners.map((runner) => () => runner.stop()));
    await stopEach(
      [...houses.values()]
        .flatMap((house) => [house.relay, house.inbox, house.seal, house.prune])
        .map((ticker) => () => ticker.stop()),
    );
    await stopEach([() => viewAudit.stop()]);
    await stopEach([...databases.values()].map((database) => () => database.close()));
    for (const fault of faults) log.error('stop.fault', {}, fault);
  }
}
