// The HTTP server of one service that runs apart from the others: calls from our own processes, health, metrics, and its
// own part of the GraphQL schema.
import { RPCHandler } from '@orpc/server/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Actor } from '../actor.ts';
import { anonymous } from '../actor.ts';
import type { Envelope } from '../bus/envelope.ts';
import { ServiceError, unknownCall } from '../errors.ts';
import { registerGraphql } from '../graphql/http.ts';
import { buildSchema } from '../graphql/schema.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { DELIVER_PATH } from '../rpc/client.ts';
import type { InternalIdentity } from '../rpc/identity.ts';
import { createRouter, deliverProcedure, wireBody } from '../rpc/server.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import type { ServiceDefinition } from '../service.ts';
import { contextOf } from '../trace.ts';
import { context } from '@opentelemetry/api';
import { createHttpApp } from './app.ts';

export interface ServiceHostOptions {
  readonly service: ServiceDefinition;
  readonly dispatcher: Dispatcher;
  readonly receive: (subscriber: string, envelopes: readonly Envelope[]) => Promise<void>;
  readonly identity: InternalIdentity;
  /** For GraphQL asked here directly: from an access token to an actor. */
  readonly authenticate: (authorization: string | undefined, requestId: string) => Promise<Actor>;
  readonly ready: () => Promise<void>;
  readonly facts: () => object;
  readonly log: Log;
  readonly metrics: Metrics;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

export async function createServiceHost(options: ServiceHostOptions): Promise<FastifyInstance> {
  const { service, dispatcher, log } = options;
  const isRpc = (request: FastifyRequest) => request.routeOptions.url === '/rpc/*';
  const app = await createHttpApp({
    ...options,
    trustProxy: false,
    authenticate: async (request) =>
      isRpc(request) ? anonymous : options.authenticate(header(request, 'authorization'), request.id),
  });

  const own = [...dispatcher.bindings.values()].filter((binding) => binding.call.service === service.name);
  const handler = new RPCHandler({
    ...createRouter(own, dispatcher),
    [DELIVER_PATH[0]]: { [DELIVER_PATH[1]]: deliverProcedure(options.receive) },
  });
  await app.register(async (scoped) => {
    scoped.all<{ Params: { '*': string } }>('/rpc/*', { bodyLimit: 64 * 1024 * 1024 }, async (request, reply) => {
      try {
        const scope = await options.identity.verify(header(request, 'authorization')?.replace(/^Bearer /, ''));
        scope.permissionChecked = false;
        request.scope = scope;
        const parent = contextOf(header(request, 'traceparent'));
        const { matched } = await context.with(parent, () =>
          handler.handle(request, reply, { prefix: '/rpc', context: { scope } }),
        );
        if (!matched) throw unknownCall({ call: request.params['*'].replace('/', '.') });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        reply.code(error.status).send(wireBody(error, request.id));
      }
      return reply;
    });
  });

  if (service.graphql) await registerGraphql(app, { schema: buildSchema([service.graphql]), dispatcher, log });
  return app;
}
