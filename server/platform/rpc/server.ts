// Answers calls from our other processes, and describes the same calls as OpenAPI for those outside.
import { ORPCError, os } from '@orpc/server';
import * as z from 'zod';

import { Envelope } from '../bus/envelope.ts';
import { ServiceError, unauthenticated } from '../errors.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import type { Scope } from '../scope.ts';
import type { CallBinding } from '../service.ts';

export interface RpcContext {
  readonly scope: Scope;
}

const base = os.$context<RpcContext>();

/** The wire form of a refusal; rpc/client.ts turns it back. */
function toWire(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  return new ORPCError(error.code, {
    status: error.status,
    message: error.message,
    data: { details: error.details, retry: error.retry },
  });
}

function procedure(binding: CallBinding, dispatcher: Dispatcher) {
  const { call } = binding;
  return base
    .route({ method: 'POST', path: `/${call.service}/${call.verb}`, summary: binding.summary ?? call.name, tags: [call.service] })
    .input(call.input)
    .output(call.output)
    .handler(async ({ input, context }) => {
      try {
        return await dispatcher.call(call, input, context.scope);
      } catch (error) {
        throw toWire(error);
      }
    });
}

type Procedures = Record<string, Record<string, ReturnType<typeof procedure>>>;

/** Procedures as `<service>.<verb>`. */
export function createRouter(bindings: Iterable<CallBinding>, dispatcher: Dispatcher): Procedures {
  const router: Procedures = {};
  for (const binding of bindings) {
    const service = (router[binding.call.service] ??= {});
    service[binding.call.verb] = procedure(binding, dispatcher);
  }
  return router;
}

/** The procedure by which another process's relay stores events here. */
export function deliverProcedure(store: (subscriber: string, envelopes: readonly Envelope[]) => Promise<void>) {
  return base
    .input(z.object({ subscriber: z.string(), envelopes: z.array(Envelope).max(1000) }))
    .handler(async ({ input, context }) => {
      if (context.scope.actor.kind !== 'system') throw toWire(unauthenticated({}));
      await store(input.subscriber, input.envelopes);
    });
}
