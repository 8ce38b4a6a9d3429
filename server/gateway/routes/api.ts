// The calls as plain HTTP (POST /api/<service>/<verb>), described by OpenAPI, for integrators who do not want GraphQL.
import { dirname } from 'node:path';
import { createRequire } from 'node:module';

import fastifyStatic from '@fastify/static';
import type { ORPCError } from '@orpc/client';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import type { FastifyInstance } from 'fastify';

import { ServiceError } from '#platform/errors.ts';
import { errorBody } from '#platform/http/app.ts';
import type { RpcContext } from '#platform/rpc/server.ts';
import { createRouter, WireData } from '#platform/rpc/server.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import type { CallBinding } from '#platform/service.ts';

import { html, page } from '../html.ts';
import { plainRoutes } from './plain-routes.ts';

export interface ApiOptions {
  readonly bindings: readonly CallBinding[];
  readonly dispatcher: Dispatcher;
  readonly publicUrl: string;
}

/** Refusals of calls in the same form as every other error of ours. */
function toErrorBody({ code, message, data }: ORPCError<string, unknown>): unknown {
  const known = WireData.safeParse(data);
  const { details, retry, requestId } = known.success ? known.data : { details: {}, retry: 'permanent', requestId: '' };
  return { error: { code, message, details, retry, requestId } };
}

export async function apiRoutes(app: FastifyInstance, options: ApiOptions): Promise<void> {
  const offered = options.bindings.filter((binding) => binding.may !== 'system');
  const router = createRouter(offered, options.dispatcher);
  const handler = new OpenAPIHandler<RpcContext>(router, { customErrorResponseBodyEncoder: toErrorBody });

  await app.register(async (scoped) => {
    // JSON is read by fastify, within its limit: oRPC's own reader has none. Other kinds are refused.
    scoped.all('/api/*', async (request, reply) => {
      const { matched } = await handler.handle(request, reply, { prefix: '/api', context: { scope: request.scope } });
      if (!matched) {
        const refusal = new ServiceError('http.not_found', 404, 'There is no such call; see /docs.', {}, 'permanent');
        reply.code(404).send(errorBody(refusal, request.id));
      }
      return reply;
    });
  });

  let description: Promise<unknown> | undefined;
  const open = { config: { isOpen: true } };
  app.get('/openapi.json', open, async () => {
    description ??= describe(router, options.publicUrl);
    return description;
  });

  const swaggerFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  await app.register(async (scoped) => {
    scoped.addHook('onRoute', (route) => {
      route.config = { ...route.config, isOpen: true, isUncounted: true };
    });
    await scoped.register(fastifyStatic, {
      root: swaggerFolder,
      prefix: '/docs/assets/',
      allowedPath: (path) => ['/swagger-ui.css', '/swagger-ui-bundle.js'].includes(path),
    });
    scoped.get('/docs/assets/open.js', open, async (_request, reply) =>
      reply
        .type('text/javascript')
        .send("SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true });"),
    );
  });
  app.get('/docs', open, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(
      page(
        'Nidaan HTTP API',
        html`<link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
          <div id="api"></div>
          <script src="/docs/assets/swagger-ui-bundle.js"></script>
          <script src="/docs/assets/open.js"></script>`,
      ),
    ),
  );
}

async function describe(router: ReturnType<typeof createRouter>, publicUrl: string): Promise<unknown> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const calls = await generator.generate(router, {
    info: {
      title: 'Nidaan HTTP API',
      version: '0.1.0',
      description:
        'Every call of the laboratory over plain HTTP. Sign in with /api/user/login and send the access token as a bearer token.',
    },
    servers: [{ url: `${publicUrl}/api`, description: 'calls' }],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  });
  return { ...calls, paths: { ...calls.paths, ...plainRoutes(publicUrl) } };
}
