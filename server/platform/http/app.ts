// What every HTTP server of ours has: request ids, one error writer, health, readiness, metrics, and the rule that an
// answer for which no permission was checked does not leave.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';

import type { Actor } from '../actor.ts';
import { anonymous } from '../actor.ts';
import { internalFault, permissionNotChecked, ServiceError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Scope } from '../scope.ts';
import { newScope } from '../scope.ts';

declare module 'fastify' {
  interface FastifyRequest {
    scope: Scope;
  }
  interface FastifyContextConfig {
    /** The route shows nothing of any lab, or checks in its own way; the reason is beside it. */
    isOpen?: boolean;
    /** The route is not counted by the rate limit. */
    isUncounted?: boolean;
  }
}

export interface HttpAppOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trustProxy: boolean;
  /** Hooks that come before authentication, so that a refused request gets their headers too. */
  readonly edge?: (app: FastifyInstance) => Promise<void>;
  /** Who asks. @throws platform.unauthenticated for a token that is not valid */
  readonly authenticate: (request: FastifyRequest) => Promise<Actor>;
  /** Resolves when this process can do its work. */
  readonly ready: () => Promise<void>;
  /** Facts for `/ready`. */
  readonly facts: () => object;
}

/** GraphQL and calls are JSON of moderate size; files have a route of their own. */
const BODY_LIMIT_BYTES = 2_097_152;
const REQUEST_ID = /^[\w-]{8,64}$/;

interface HttpFault {
  readonly statusCode: number;
  readonly code: string;
}

function isHttpFault(error: unknown): error is HttpFault {
  if (typeof error !== 'object' || error === null || !('statusCode' in error) || !('code' in error)) return false;
  return typeof error.statusCode === 'number' && typeof error.code === 'string';
}

const FAULT_SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The request body is too large.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content type is not understood; expected application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The request body is empty; expected JSON.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The request body is not JSON.',
  FST_ERR_BAD_URL: 'The address is not valid: a percent sign in it is not followed by two hexadecimal digits of UTF-8.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
};

/** Any error as one of ours: what fastify refuses keeps its status, anything else is an inner fault. */
export function toServiceError(error: unknown, scope: Scope, log: Log): ServiceError {
  if (error instanceof ServiceError) return error;
  if (isHttpFault(error) && error.statusCode < 500) {
    const sentence = FAULT_SENTENCES[error.code] ?? 'The request is not valid HTTP for this route.';
    return new ServiceError(`http.${error.code.toLowerCase()}`, error.statusCode, sentence, {}, 'permanent');
  }
  log.error('http.fault', { requestId: scope.requestId }, error);
  return internalFault({ requestId: scope.requestId });
}

/**
 * For answers that are data for programs. The policy for pages, a kilobyte made anew for each reply, protects nothing here
 * and cost a twentieth of a read (bench/order-reads.ts).
 */
export const DATA_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

/** The one shape of an error over HTTP. */
export function errorBody(error: ServiceError, requestId: string): object {
  return { error: { code: error.code, message: error.message, details: error.details, retry: error.retry, requestId } };
}

function sendRefusal(reply: FastifyReply, refusal: ServiceError, requestId: string): FastifyReply {
  return reply.code(refusal.status).send(errorBody(refusal, requestId));
}

export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const { log, metrics } = options;
  const app = fastify({
    logger: false,
    // One proxy, our own: the address it saw is the last of X-Forwarded-For. What a client wrote there stands before it, and
    // trusting the whole list would believe that.
    trustProxy: options.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 120_000,
    routerOptions: { maxParamLength: 1000 },
    // For an address that no route can take, before any hook: fastify's own answer would have another form.
    frameworkErrors: (error, request, reply) => {
      const refusal = toServiceError(error, newScope(anonymous, request.id), log);
      reply.header('x-request-id', request.id);
      sendRefusal(reply, refusal, request.id);
    },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    },
  });

  app.decorateRequest('scope', null as unknown as Scope);
  app.addHook('onRequest', async (request, reply) => {
    request.scope = newScope(anonymous, request.id, request.ip);
    reply.header('x-request-id', request.id);
  });
  await options.edge?.(app);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.isOpen) return;
    request.scope = newScope(await options.authenticate(request), request.id, request.ip);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const mayLeave = request.routeOptions.config.isOpen || request.scope.permissionChecked || reply.statusCode >= 400;
    if (mayLeave || reply.statusCode === 304) return payload;
    log.error('http.permission_not_checked', { route: request.routeOptions.url, requestId: request.id });
    const refusal = permissionNotChecked({ operation: `${request.method} ${request.routeOptions.url ?? ''}` });
    reply.code(refusal.status).type('application/json');
    return JSON.stringify(errorBody(refusal, request.id));
  });
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = toServiceError(error, request.scope ?? newScope(anonymous, request.id), log);
    if (typeof refusal.details['retryAfterSeconds'] === 'number')
      reply.header('retry-after', refusal.details['retryAfterSeconds']);
    return reply.code(refusal.status).headers(DATA_HEADERS).send(errorBody(refusal, request.id));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const refusal = new ServiceError('http.not_found', 404, 'There is nothing at this address.', {}, 'permanent');
    return sendRefusal(reply, refusal, request.id);
  });

  const open = { config: { isOpen: true, isUncounted: true } };
  app.get('/health', open, async () => ({ status: 'ok' }));
  app.get('/ready', open, async (_request: FastifyRequest, reply: FastifyReply) => {
    try {
      await options.ready();
      return { status: 'ready', ...options.facts() };
    } catch (error) {
      const refusal = toServiceError(error, newScope(anonymous, 'ready'), log);
      return reply.code(503).send({ status: 'not ready', reason: refusal.code });
    }
  });
  app.get('/metrics', open, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  return app;
}
