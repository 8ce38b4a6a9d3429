// The calls as plain HTTP (POST /api/<service>/<verb>), described by OpenAPI, for integrators who do not want GraphQL.
import { dirname } from 'node:path';
import { createRequire } from 'node:module';

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

import { ServiceError } from '#platform/errors.ts';
import { DATA_HEADERS } from '#platform/http/app.ts';
import { createRouter } from '#platform/rpc/server.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import type { CallBinding } from '#platform/service.ts';

import { html, page } from '../html.ts';
import { plainRoutes } from './plain-routes.ts';

export interface ApiOptions {
  readonly bindings: readonly CallBinding[];
  readonly dispatcher: Dispatcher;
  readonly publicUrl: string;
}

export async function apiRoutes(app: FastifyInstance, options: ApiOptions): Promise<void> {
  const { dispatcher } = options;
  const offered = options.bindings.filter((binding) => binding.may !== 'system');
  const calls = new Map(offered.map(({ call }) => [call.name, call]));
  // Straight to the dispatcher, which checks, parses and answers; oRPC only describes. Through its handler a read cost half
  // as much again (bench/order-reads.ts).
  app.post<{ Params: { service: string; verb: string } }>(
    '/api/:service/:verb',
    { helmet: false },
    async (request, reply) => {
      reply.headers(DATA_HEADERS);
      const { service, verb } = request.params;
      const call = calls.get(`${service}.${verb}`);
      if (!call) throw new ServiceError('http.not_found', 404, 'There is no such call; see /docs.', {}, 'permanent');
      return dispatcher.call(call, request.body ?? {}, request.scope);
    },
  );

  let description: Promise<unknown> | undefined;
  const open = { config: { isOpen: true } };
  app.get('/openapi.json', open, async () => {
    description ??= describe(createRouter(offered, dispatcher), options.publicUrl);
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
    scoped.get('/docs/assets/open.js', open, async (_request, reply) => reply.type('text/javascript').send(OPEN_DOCS));
  });
  app.get('/docs', open, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(
      page(
        'Nidaan HTTP API',
        html`<link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
          <style>
            html.dark-mode body {
              background: inherit;
            }
          </style>
          <div id="api"></div>
          <script src="/docs/assets/swagger-ui-bundle.js"></script>
          <script src="/docs/assets/open.js"></script>`,
      ),
    ),
  );
}

/** The dark colours of Swagger UI hang on a class that its own start page sets, which we do not use. */
const OPEN_DOCS = `
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true });
`;

async function describe(router: ReturnType<typeof createRouter>, publicUrl: string): Promise<unknown> {
  // Loaded by the first who asks: few labs ever read the description.
  const [{ OpenAPIGenerator }, { ZodToJsonSchemaConverter }] = await Promise.all([
    import('@orpc/openapi'),
    import('@orpc/zod/zod4'),
  ]);
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const calls = await generator.generate(router, {
    info: {
      title: 'Nidaan HTTP API',
      version: '0.1.0',
      description:
        'Every call of the laboratory over plain HTTP. Sign in with /api/user/login and send the access token as a bearer token.',
    },
    servers: [
      // First, for the page at /docs: it may call no other address than the one it was opened at.
      { url: '/api', description: 'at the address of this description' },
      { url: `${publicUrl}/api`, description: 'at the address the lab gives out' },
    ],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  });
  return { ...calls, paths: { ...calls.paths, ...plainRoutes() } };
}
