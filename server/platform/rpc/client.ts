// Calls a service in another process over HTTP, with a time limit, the trace and the caller's identity.
import { context, propagation } from '@opentelemetry/api';
import { ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import * as z from 'zod';

import type { Envelope, Transport } from '../bus/envelope.ts';
import { outcomeUnknown, ServiceError, serviceUnreachable } from '../errors.ts';
import type { RemoteCaller } from '../runtime/dispatch.ts';
import type { Scope } from '../scope.ts';
import { newScope } from '../scope.ts';
import { systemActor } from '../actor.ts';
import type { InternalIdentity } from './identity.ts';

export interface RpcClientOptions {
  readonly identity: InternalIdentity;
  /** Base URL of a service, for example `http://127.0.0.1:8084`. */
  readonly urlOf: (service: string) => string;
  readonly timeoutMs: number;
}

const ErrorData = z.object({
  details: z.record(z.string(), z.unknown()),
  retry: z.enum(['permanent', 'transient', 'ambiguous']),
});
/** Path of the procedure that stores events in a subscriber's inbox. */
export const DELIVER_PATH = ['platform', 'deliver'] as const;

interface LinkContext {
  readonly scope: Scope;
}

/** Faults of a connection that was never made: the request cannot have been heard. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function wasNeverSent(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && NEVER_SENT.has(String(cause.code));
}

/** The refusal of the other side, or what its silence means; an answer that is none of ours is a fault and stays one. */
function translate(error: unknown, service: string): unknown {
  if (error instanceof ORPCError) {
    const known = ErrorData.safeParse(error.data);
    if (known.success)
      return new ServiceError(error.code, error.status, error.message, known.data.details, known.data.retry);
    if (error.status === 503) return serviceUnreachable({ service });
    if (error.status < 500) return error;
  }
  // A connection that broke later, like a time-out, leaves open whether the other side acted.
  return wasNeverSent(error) ? serviceUnreachable({ service }) : outcomeUnknown({ service });
}

export function createRpcClient(options: RpcClientOptions): RemoteCaller & Transport {
  const links = new Map<string, RPCLink<LinkContext>>();
  const linkTo = (service: string): RPCLink<LinkContext> => {
    let link = links.get(service);
    if (!link) {
      link = new RPCLink<LinkContext>({
        url: `${options.urlOf(service)}/rpc`,
        headers: async ({ context: { scope } }) => {
          const headers: Record<string, string> = { authorization: `Bearer ${await options.identity.sign(scope)}` };
          propagation.inject(context.active(), headers);
          return headers;
        },
      });
      links.set(service, link);
    }
    return link;
  };

  const send = async (service: string, path: readonly string[], input: unknown, scope: Scope): Promise<unknown> => {
    const signal = AbortSignal.timeout(options.timeoutMs);
    try {
      return await linkTo(service).call(path, input, { context: { scope }, signal });
    } catch (error) {
      throw translate(error, service);
    }
  };

  return {
    call: (call, input, scope) => send(call.service, [call.service, call.verb], input, scope),
    deliver: async (subscriber: string, envelopes: readonly Envelope[]) => {
      const requestId = envelopes[0]?.requestid ?? 'relay';
      await send(subscriber, DELIVER_PATH, { subscriber, envelopes }, newScope(systemActor(null, 'relay'), requestId));
    },
  };
}
