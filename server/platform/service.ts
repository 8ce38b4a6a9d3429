// The service kit: a service is data (calls, consumers, jobs, fields) that the runtime puts to work, in one process
// with the others or alone.
import type { Sql } from 'sql-template-tag';
import type * as z from 'zod';

import type { Actor } from './actor.ts';
import type { Call, CallInput, CallOutput, EventPayload, EventType, ParsedInput } from './contract.ts';
import type { ErrorDefinition } from './errors.ts';
import type { Cache } from './cache/port.ts';
import type { FileStore } from './files/port.ts';
import type { GraphqlModule } from './graphql/module.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PdfRenderer } from './pdf/renderer.ts';
import type { Config } from '../config.ts';

/** Reads rows. Column names arrive in camelCase; instants as ISO text with `Z`, days and numerics as text. */
export interface Db {
  rows<Row extends object>(query: Sql): Promise<readonly Row[]>;
  maybe<Row extends object>(query: Sql): Promise<Row | undefined>;
  /** Exactly one row; none or several is a broken invariant. */
  one<Row extends object>(query: Sql): Promise<Row>;
}

export interface AuditFacts {
  readonly [fact: string]: unknown;
}

/** One transaction: what it writes, audits, tells and schedules commits together or not at all. */
export interface Tx extends Db {
  /** Adds an audit row in this commit. Facts hold ids, codes and before/after states; `caseId` ties it to a case. */
  audit(act: string, entityId: string, facts: AuditFacts, caseId?: string): void;
  /** Adds an event to the outbox in this commit. Events of one `entityId` arrive in the order of their commits. */
  emit<E extends EventType>(event: E, entityId: string, payload: EventPayload<E>): void;
  /** Schedules a job in this commit. `key` makes it one job however often it is asked for. */
  schedule<P extends object>(
    job: JobType<P>,
    payload: P,
    options?: { readonly key?: string; readonly runAt?: string },
  ): void;
}

export interface Ports {
  readonly cache: Cache;
  readonly files: FileStore;
  readonly pdf: PdfRenderer;
}

/** What a command, query, consumer or job works with. */
export interface Ctx {
  readonly actor: Actor;
  readonly requestId: string;
  /** IP address the request came from, as the gateway saw it; empty for events, jobs and other work of the house. */
  readonly clientAddress: string;
  readonly log: Log;
  readonly config: Config;
  readonly ports: Ports;
  /** Counts for Prometheus; labels are names of kinds, never ids. */
  readonly metrics: Pick<Metrics, 'count'>;
  /** The lab of the actor. @throws platform.unauthenticated when there is none */
  labId(): string;
  /** Now, ISO 8601 UTC. */
  now(): string;
  newId(): string;
  /** Reads outside a transaction, as the actor's lab. */
  readonly db: Db;
  /** Runs `work` in one transaction as the actor's lab. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls this or another service as the same actor. */
  call<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** The same, as the system acting for this lab: for facts the actor need not be allowed to see. */
  callAsSystem<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** @throws platform.forbidden */
  require(permission: string): void;
  /** A context of the system for one lab; for work that begins outside any lab (a login, a port, a timer). */
  asLab(labId: string, actorName?: string): Ctx;
  /** Notes that someone looked at records; written in the background within a second, in batches. */
  auditView(act: string, entityId: string, caseId?: string): void;
}

export type Permission =
  /** Anyone, signed in or not. */
  | 'public'
  /** Any signed-in user of the lab. */
  | 'signed-in'
  /** Only the system itself: other services, jobs, the seed. */
  | 'system'
  /** A named permission, written like the call: `result.verify`. */
  | `${string}.${string}`;

export interface CallBinding {
  readonly call: Call;
  readonly may: Permission;
  readonly run: (ctx: Ctx, input: never) => Promise<unknown>;
  readonly summary?: string;
}

export interface ConsumerBinding {
  readonly name: string;
  readonly event: EventType;
  readonly run: (ctx: Ctx, payload: never) => Promise<void>;
}

export interface JobType<P extends object> {
  readonly name: string;
  /** Never read; ties the payload's type to the name. */
  readonly payload?: P;
}

export interface JobBinding {
  readonly job: JobType<object>;
  readonly run: (ctx: Ctx, payload: never) => Promise<void>;
}

/** Something with a life beside calls and events: a listener, a ticker. */
export interface Running {
  /** Facts for `/ready` and the start banner. */
  readonly facts: Readonly<Record<string, string | number>>;
  stop(): Promise<void>;
}

export interface ServiceDefinition {
  readonly name: string;
  /** Its own port when it runs alone. */
  readonly port: number;
  /** The calls others may make; each says who may. */
  readonly calls: readonly CallBinding[];
  readonly consumers: readonly ConsumerBinding[];
  readonly jobs: readonly JobBinding[];
  readonly graphql?: GraphqlModule;
  /** Folder of numbered SQL files. */
  readonly migrations: URL;
  /** Named database constraints and the refusal each stands for. */
  readonly constraints: Readonly<Record<string, ErrorDefinition<Record<string, never>>>>;
  readonly start?: (ctx: Ctx) => Promise<Running>;
}

/** Binds a call to its handler; the types of both are held together here. */
export function answer<C extends Call>(
  call: C,
  may: Permission,
  run: (ctx: Ctx, input: ParsedInput<C>) => Promise<Answer<C>>,
): CallBinding {
  return { call, may, run };
}
/** What a handler returns: the output before its schema has filled and trimmed it. */
export type Answer<C extends Call> = DeepReadonly<z.input<C['output']>>;

type DeepReadonly<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer E)[]
      ? readonly DeepReadonly<E>[]
      : { readonly [K in keyof T]: DeepReadonly<T[K]> };

export function consume<E extends EventType>(
  name: string,
  event: E,
  run: (ctx: Ctx, payload: EventPayload<E>) => Promise<void>,
): ConsumerBinding {
  return { name, event, run };
}

export function defineJob<P extends object>(name: string): JobType<P> {
  return { name };
}

export function work<P extends object>(job: JobType<P>, run: (ctx: Ctx, payload: P) => Promise<void>): JobBinding {
  return { job, run };
}

export function defineService(service: ServiceDefinition): ServiceDefinition {
  for (const { call } of service.calls) {
    if (call.service !== service.name) throw new Error(`${service.name} cannot answer ${call.name}`);
  }
  return service;
}
