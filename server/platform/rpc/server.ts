// Answers calls from our other processes, and describes the same calls as OpenAPI for those outside.
import { ORPCError, os } from '@orpc/server';
import * as z from 'zod';

import { Envelope } from '../bus/envelope.ts';
import { ServiceError } from '../errors.ts';
import { checkPermission, parseInput } from '../runtime/dispatch.ts';
import type { Dispatcher } from '../runtime/dispatch.ts';
import type { Scope } from '../scope.ts';
import type { CallBinding } from '../service.ts';

export interface RpcContext {
  readonly scope: Scope;
}

// The schemas describe; the dispatcher reads input and output, once. Read here too, a value that its schema changes would
// be read twice, and a refusal would come before the permission was looked at and in another form than in one process.
const base = os
  .$context<RpcContext>()
  .$config({ initialInputValidationIndex: Number.NaN, initialOutputValidationIndex: Number.NaN });

/** The wire form of a refusal; rpc/client.ts turns it back. */
function toWire(error: unknown, requestId: string): unknown {
  if (!(error instanceof ServiceError)) return error;
  return new ORPCError(error.code, {
    status: error.status,
    message: error.message,
    data: { details: error.details, retry: error.retry, requestId },
  });
}

/** Body of a refusal that is written before or without a procedure, as rpc/client.ts reads it. */
export function wireBody(error: ServiceError, requestId: string): object {
  const { code, status, message, details, retry } = error;
  return { json: { defined: false, code, status, message, data: { details, retry, requestId } } };
}

function procedure(binding: CallBinding, dispatcher: Dispatcher) {
  const { call } = binding;
  return base
    .route({
      method: 'POST',
      path: `/${call.service}/${call.verb}`,
      summary: binding.summary ?? call.name,
      tags: [call.service],
    })
    .input(call.input)
    .output(call.output)
    .handler(async ({ input, context }) => {
      try {
        return await dispatcher.call(call, input, context.scope);
      } catch (error) {
        throw toWire(error, context.scope.requestId);
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

const Delivery = z.object({ subscriber: z.string(), envelopes: z.array(Envelope).max(1000) });

/** The procedure by which another process's relay stores events here. */
export function deliverProcedure(store: (subscriber: string, envelopes: readonly Envelope[]) => Promise<void>) {
  return base.input(Delivery).handler(async ({ input, context }) => {
    const { scope } = context;
    try {
      checkPermission(scope.actor, 'system');
      scope.permissionChecked = true;
      const { subscriber, envelopes } = parseInput(Delivery, input);
      await store(subscriber, envelopes);
    } catch (error) {
      throw toWire(error, scope.requestId);
    }
  });
}
