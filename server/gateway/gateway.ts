// The only HTTP edge: who asks, how often, what may leave; GraphQL over all services, the same calls over plain HTTP,
// files, the report check page.
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

import { platformCalls } from '#platform/audit/trail.ts';
import type { Cache } from '#platform/cache/port.ts';
import type { Clock } from '#platform/clock.ts';
import { schemaOf } from '#platform/database/migrate.ts';
import type { FileStore } from '#platform/files/port.ts';
import { registerGraphql } from '#platform/graphql/http.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { createHttpApp } from '#platform/http/app.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import type { ServiceDefinition } from '#platform/service.ts';

import type { Config } from '../config.ts';
import { createAuthenticate } from './authenticate.ts';
import { links } from './graphql/links.ts';
import { searchBox } from './graphql/search.ts';
import { trail } from './graphql/trail.ts';
import { countRefusedToken, limitRate } from './rate-limit.ts';
import { apiRoutes } from './routes/api.ts';
import { checkRoute } from './routes/check-page.ts';
import { fileRoutes } from './routes/files.ts';
import { startPage } from './routes/start-page.ts';
import type { StartPageFacts } from './routes/start-page.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly dispatcher: Dispatcher;
  /** All services of the installation, wherever they run. */
  readonly everyService: readonly ServiceDefinition[];
  readonly cache: Cache;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly ready: () => Promise<void>;
  readonly facts: () => object;
  readonly startPageFacts: () => StartPageFacts;
}

/** Swagger UI and GraphiQL bring inline styles; scripts come from this address alone. */
const contentSecurityPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    fontSrc: ["'self'", 'data:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    scriptSrc: ["'self'"],
    frameAncestors: ["'none'"],
    // The installation may be reached over plain HTTP inside the lab.
    upgradeInsecureRequests: null,
  },
};

export async function createGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { config, dispatcher, log } = options;
  const authenticate = createAuthenticate(config.authSecret, dispatcher, options.clock);
  const app = await createHttpApp({
    log,
    metrics: options.metrics,
    trustProxy: config.trustProxy,
    edge: async (edge) => {
      // Chromium complains of the opener policy on every page it is given over plain HTTP, and heeds it only over HTTPS.
      await edge.register(helmet, {
        contentSecurityPolicy,
        strictTransportSecurity: false,
        crossOriginOpenerPolicy: false,
      });
      await edge.register(cors, { origin: config.corsOrigins.length > 0 ? [...config.corsOrigins] : false });
    },
    authenticate: async (request) => {
      try {
        return await authenticate(request.headers.authorization, request.id);
      } catch (error) {
        await countRefusedToken(request, options.cache, config.rateLimitPerMinute);
        throw error;
      }
    },
    ready: options.ready,
    facts: options.facts,
  });
  limitRate(app, options.cache, config.rateLimitPerMinute);

  const modules = options.everyService.flatMap((service) => (service.graphql ? [service.graphql] : []));
  await registerGraphql(app, { schema: buildSchema([...modules, links, searchBox, trail]), dispatcher, log });
  const bindings = options.everyService.flatMap(({ name, calls }) => [
    ...calls,
    ...platformCalls(name, schemaOf(name), () => {}),
  ]);
  await apiRoutes(app, { bindings, dispatcher, publicUrl: config.publicUrl });
  await fileRoutes(app, { dispatcher, files: options.files, uploadMaxBytes: config.uploadMaxBytes });
  checkRoute(app, dispatcher);
  startPage(app, options.startPageFacts);
  return app;
}
