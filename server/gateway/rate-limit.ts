// Requests a minute a client: a session once signed in, an address before that.
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Cache } from '#platform/cache/port.ts';
import { tooManyRequests } from '#platform/errors.ts';

const WINDOW_MS = 60_000;

/** Counts one request of a client and tells how its minute stands. */
async function countRequest(
  cache: Cache,
  client: string,
): Promise<{ readonly count: number; readonly resetSeconds: number }> {
  const { count, resetInMs } = await cache.count(`rate ${client}`, WINDOW_MS);
  return { count, resetSeconds: Math.max(1, Math.ceil(resetInMs / 1000)) };
}

export function limitRate(app: FastifyInstance, cache: Cache, perMinute: number): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.isUncounted) return;
    const { count, resetSeconds } = await countRequest(cache, request.scope.actor.sessionId ?? request.ip);
    // Header names of the IETF draft that most gateways send.
    reply
      .header('ratelimit-limit', perMinute)
      .header('ratelimit-remaining', Math.max(0, perMinute - count))
      .header('ratelimit-reset', resetSeconds);
    if (count > perMinute) throw tooManyRequests({ retryAfterSeconds: resetSeconds });
  });
}

/**
 * A request whose token is refused never comes as far as the hook above; it counts for its address here, so that nobody
 * tries tokens without end.
 */
export async function countRefusedToken(request: FastifyRequest, cache: Cache, perMinute: number): Promise<void> {
  const { count, resetSeconds } = await countRequest(cache, request.ip);
  if (count > perMinute) throw tooManyRequests({ retryAfterSeconds: resetSeconds });
}
