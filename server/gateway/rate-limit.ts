// Requests a minute a client: a session once signed in, an address before that.
import type { FastifyInstance } from 'fastify';

import type { Cache } from '#platform/cache/port.ts';
import { tooManyRequests } from '#platform/errors.ts';

const WINDOW_MS = 60_000;

export function limitRate(app: FastifyInstance, cache: Cache, perMinute: number): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.isUncounted) return;
    const client = request.scope.actor.sessionId ?? request.ip;
    const { count, resetInMs } = await cache.count(`rate ${client}`, WINDOW_MS);
    const resetSeconds = Math.max(1, Math.ceil(resetInMs / 1000));
    // Header names of the IETF draft that most gateways send.
    reply.header('ratelimit-limit', perMinute).header('ratelimit-remaining', Math.max(0, perMinute - count)).header('ratelimit-reset', resetSeconds);
    if (count > perMinute) throw tooManyRequests({ retryAfterSeconds: resetSeconds });
  });
}
