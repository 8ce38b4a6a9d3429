// Two small services that exist to try the platform: the teller counts entities up and tells it, the listener writes down
// what it heard. They know no lab word; every path of the platform has a call here.
import { setTimeout as sleep } from 'node:timers/promises';

import sql from 'sql-template-tag';
import * as z from 'zod';

import { currentTrace } from '../bus/outbox.ts';
import { defineCall, defineEvent, Id, shortText } from '../contract.ts';
import { defineError } from '../errors.ts';
import { connection, typeRef } from '../graphql/kit.ts';
import type { Builder } from '../graphql/module.ts';
import { answer, consume, defineJob, defineService, work } from '../service.ts';
import type { Ctx, ServiceDefinition } from '../service.ts';

const Counted = z.object({ entityId: Id, n: z.int() });
export type Counted = z.output<typeof Counted>;
export const counted = defineEvent('teller.counted', 1, Counted);
export const closed = defineEvent('teller.closed', 1, Counted);

export const entityNotFound = defineError('teller.not_found', 404, () => 'There is no such entity.');
export const codeTaken = defineError('teller.code_taken', 409, () => 'That code is in use.');
export const refused = defineError<{ readonly reason: string; readonly limit: number }>(
  'teller.refused',
  422,
  ({ reason, limit }) => `Refused: ${reason}, at most ${limit}.`,
  'ambiguous',
);

export const tell = defineCall(
  'teller.tell',
  z.object({
    entityId: Id,
    /** Takes its transaction number before it waits, as a consumer that marks its event does. */
    isEarly: z.boolean().default(false),
    holdMs: z.int().min(0).default(0),
    closes: z.boolean().default(false),
    code: shortText(40).optional(),
  }),
  z.object({ n: z.int() }),
);
const Entity = z.object({ id: Id, n: z.int() });
export type Entity = z.output<typeof Entity>;
export const getEntity = defineCall('teller.getEntity', z.object({ id: Id }), Entity);
export const getEntities = defineCall('teller.getEntities', z.object({ ids: z.array(Id).max(200) }), z.array(Entity));
/** Its input is no longer the same after it was read once: shows a call that is read twice. */
export const split = defineCall(
  'teller.split',
  z.object({ words: z.string().transform((words) => words.split(' ')), times: z.int().default(2) }),
  z.object({ words: z.array(z.string()), times: z.int() }),
);
export const register = defineCall(
  'teller.register',
  z.object({ name: shortText(10), contact: z.object({ mobile: z.string().regex(/^\d{10}$/, 'ten digits') }) }),
  z.object({ ok: z.boolean() }),
);
export const refuse = defineCall('teller.refuse', z.object({ reason: z.string() }), z.object({}));
export const crash = defineCall('teller.crash', z.object({ text: z.string() }), z.object({}));
export const slow = defineCall('teller.slow', z.object({ ms: z.int() }), z.object({}));
export const trimmed = defineCall('teller.trimmed', z.object({}), z.object({ shown: z.string() }));
export const signedIn = defineCall('teller.signedIn', z.object({}), z.object({}));
export const sweep = defineCall('teller.sweep', z.object({}), z.object({ by: z.string() }));
export const whoAmI = defineCall(
  'teller.whoAmI',
  z.object({}),
  z.object({
    name: z.string(),
    labId: Id.nullable(),
    permissions: z.array(z.string()),
    requestId: z.string(),
    clientAddress: z.string(),
    trace: z.string().nullable(),
  }),
);
export const breakRule = defineCall('teller.breakRule', z.object({ entityId: Id }), z.object({}));
export const later = defineJob<{ readonly entityId: string }>('teller.later');
export const tellLater = defineCall('teller.tellLater', z.object({ entityId: Id }), z.object({}));

async function runTell(ctx: Ctx, input: z.output<typeof tell.input>): Promise<{ n: number }> {
  const labId = ctx.labId();
  return ctx.transaction(async (tx) => {
    if (input.isEarly) await tx.rows(sql`insert into lis_teller.scratch (lab_id, note) values (${labId}, 'early')`);
    if (input.holdMs > 0) await sleep(input.holdMs);
    const { n } = await tx.one<{ n: number }>(sql`
      insert into lis_teller.entity (id, lab_id, n, code) values (${input.entityId}, ${labId}, 1, ${input.code ?? null})
      on conflict on constraint entity_key do update set n = entity.n + 1
      returning n`);
    tx.audit('teller.tell', input.entityId, { n }, input.entityId);
    tx.emit(input.closes ? closed : counted, input.entityId, { entityId: input.entityId, n });
    return { n };
  });
}

async function listEntities(ctx: Ctx, ids: readonly string[]): Promise<readonly Entity[]> {
  return ctx.db.rows<Entity>(
    sql`select id, n from lis_teller.entity where lab_id = ${ctx.labId()} and id = any(${ids}::uuid[])`,
  );
}

function graphql(b: Builder): void {
  const EntityType = typeRef<Entity>(b, 'Entity');
  EntityType.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      n: t.exposeInt('n'),
      self: t.field({
        type: EntityType,
        resolve: async (entity, _args, ctx) =>
          (await ctx.byId(getEntities, entity.id)) ?? Promise.reject(entityNotFound({})),
      }),
      alike: t.field({
        type: [EntityType],
        resolve: async (entity, _args, ctx) => [...(await ctx.listOf(getEntities, entity.id, (row) => row.id))],
      }),
    }),
  });
  b.queryFields((t) => ({
    entities: t.field({
      type: [EntityType],
      args: { ids: t.arg.idList({ required: true }) },
      resolve: async (_, { ids }, ctx) => [...(await ctx.call(getEntities, { ids }))],
    }),
    page: t.field({
      type: connection(b, EntityType),
      args: { since: t.arg({ type: 'DateTime' }), on: t.arg({ type: 'Date' }) },
      resolve: () => ({ edges: [], endCursor: null, hasNextPage: false }),
    }),
    // Says what it should not: a resolver that makes no call, so that nothing was checked.
    secretField: t.string({ resolve: () => 'nobody asked who you are' }),
    maybeSecret: t.string({ nullable: true, resolve: () => 'nobody asked who you are' }),
    crash: t.string({
      nullable: true,
      args: { text: t.arg.string({ required: true }) },
      resolve: async (_, { text }, ctx) => JSON.stringify(await ctx.call(crash, { text })),
    }),
    refuse: t.string({
      nullable: true,
      resolve: async (_, _args, ctx) => JSON.stringify(await ctx.call(refuse, { reason: 'too many' })),
    }),
    signedIn: t.boolean({ resolve: async (_, _args, ctx) => (await ctx.call(signedIn, {})) !== null }),
  }));
  b.mutationFields((t) => ({
    tell: t.int({
      args: { entityId: t.arg.id({ required: true }) },
      resolve: async (_, { entityId }, ctx) => (await ctx.call(tell, { entityId })).n,
    }),
    unchecked: t.string({ resolve: () => 'done, and nobody asked who you are' }),
  }));
}

const migrations = (name: string) => new URL(`./pair-migrations/${name}/`, import.meta.url);

/** @param port of the service host, when it listens */
export function createTeller(port = 0): ServiceDefinition {
  return defineService({
    name: 'teller',
    port,
    calls: [
      answer(tell, 'teller.tell', runTell),
      answer(
        getEntity,
        'signed-in',
        async (ctx, { id }) => (await listEntities(ctx, [id]))[0] ?? Promise.reject(entityNotFound({})),
      ),
      answer(getEntities, 'signed-in', (ctx, { ids }) => listEntities(ctx, ids)),
      answer(split, 'public', async (_ctx, input) => input),
      answer(register, 'public', async () => ({ ok: true })),
      answer(refuse, 'public', async (_ctx, { reason }) => Promise.reject(refused({ reason, limit: 3 }))),
      answer(crash, 'public', async (_ctx, { text }) => Promise.reject(new Error(text))),
      answer(slow, 'public', async (_ctx, { ms }) => sleep(ms, {})),
      answer(trimmed, 'public', async () => ({ shown: 'yes', hidden: 'a password hash' })),
      answer(signedIn, 'signed-in', async () => ({})),
      answer(sweep, 'system', async (ctx) => ({ by: ctx.actor.name })),
      answer(whoAmI, 'public', async ({ actor, requestId, clientAddress }) => ({
        name: actor.name,
        labId: actor.labId,
        permissions: actor.permissions,
        requestId,
        clientAddress,
        trace: currentTrace(),
      })),
      answer(breakRule, 'system', async (ctx, { entityId }) =>
        ctx.transaction(async (tx) => {
          await tx.rows(sql`insert into lis_teller.entity (id, lab_id, n) values (${entityId}, ${ctx.labId()}, 0)`);
          return {};
        }),
      ),
      answer(tellLater, 'system', async (ctx, { entityId }) =>
        ctx.transaction(async (tx) => {
          tx.schedule(later, { entityId }, { key: entityId });
          return {};
        }),
      ),
    ],
    consumers: [],
    jobs: [work(later, async (ctx, { entityId }) => void (await ctx.call(tell, { entityId })))],
    graphql,
    migrations: migrations('teller'),
    constraints: { entity_code_taken: codeTaken },
  });
}

export interface ListenerOptions {
  /** Runs before the consumer writes; whatever it throws fails this try. */
  readonly before?: (consumer: string, payload: Counted) => Promise<void> | void;
  readonly name?: string;
}

export function createListener(options: ListenerOptions = {}): ServiceDefinition {
  const hear = (consumer: string) => async (ctx: Ctx, payload: Counted) => {
    await options.before?.(consumer, payload);
    await ctx.transaction(async (tx) => {
      await tx.rows(sql`
        insert into lis_listener.heard (lab_id, consumer, entity_id, n) values (${ctx.labId()}, ${consumer}, ${payload.entityId}, ${payload.n})`);
    });
  };
  return defineService({
    name: 'listener',
    port: 0,
    calls: [],
    consumers: [consume('on-counted', counted, hear('on-counted')), consume('on-closed', closed, hear('on-closed'))],
    jobs: [],
    migrations: migrations('listener'),
    constraints: {},
  });
}
