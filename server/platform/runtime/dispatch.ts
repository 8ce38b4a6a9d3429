// Every call passes here, whoever makes it and whichever process answers: permission, input, run, output.
import type * as z from 'zod';

import type { Actor } from '../actor.ts';
import { holds } from '../actor.ts';
import type { Call, CallInput, CallOutput, Schema } from '../contract.ts';
import {
  forbidden,
  internalFault,
  invalidInput,
  permissionNotChecked,
  ServiceError,
  unauthenticated,
  unknownCall,
} from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Scope } from '../scope.ts';
import type { CallBinding, Ctx, Permission } from '../service.ts';
import { inSpan } from '../trace.ts';

/** Answers for services that live in another process. */
export interface RemoteCaller {
  call(call: Call, input: unknown, scope: Scope): Promise<unknown>;
}

export interface Dispatcher {
  call<C extends Call>(call: C, input: CallInput<C>, scope: Scope): Promise<CallOutput<C>>;
  /** The bindings that live in this process. */
  readonly bindings: ReadonlyMap<string, CallBinding>;
}

export interface DispatcherOptions {
  readonly bindings: ReadonlyMap<string, CallBinding>;
  readonly isLocal: (service: string) => boolean;
  readonly ctxFor: (service: string, scope: Scope) => Ctx;
  readonly remote: RemoteCaller;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** @throws platform.unauthenticated | platform.forbidden */
export function checkPermission(actor: Actor, may: Permission): void {
  if (may === 'public') return;
  if (actor.kind === 'anonymous') throw unauthenticated({});
  if (may === 'signed-in' || actor.kind === 'system') return;
  if (may === 'system' || !holds(actor, may)) throw forbidden({ permission: may });
}

/** Names the field and what was expected; the value itself is never repeated. */
export function parseInput<S extends Schema>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput({
    issues: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), expected: issue.message })),
  });
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  async function answerHere(binding: CallBinding, input: unknown, scope: Scope): Promise<unknown> {
    // A binding made without `may` can only come from code that went round the types.
    if (!binding.may) throw permissionNotChecked({ operation: binding.call.name });
    checkPermission(scope.actor, binding.may);
    scope.permissionChecked = true;
    const parsed = parseInput(binding.call.input, input);
    const output = await binding.run(options.ctxFor(binding.call.service, scope), parsed as never);
    return binding.call.output.parse(output);
  }

  async function route(call: Call, input: unknown, scope: Scope): Promise<unknown> {
    if (!options.isLocal(call.service)) {
      const output = await options.remote.call(call, input, scope);
      scope.permissionChecked = true;
      return call.output.parse(output);
    }
    const binding = options.bindings.get(call.name);
    if (!binding) throw unknownCall({ call: call.name });
    return answerHere(binding, input, scope);
  }

  return {
    bindings: options.bindings,
    call: async <C extends Call>(call: C, input: CallInput<C>, scope: Scope): Promise<CallOutput<C>> => {
      const startedAt = performance.now();
      let code = 'ok';
      try {
        return (await inSpan(call.name, { 'nidaan.request_id': scope.requestId }, () =>
          route(call, input, scope),
        )) as CallOutput<C>;
      } catch (error) {
        if (error instanceof ServiceError) {
          code = error.code;
          throw error;
        }
        code = 'platform.internal';
        options.log.error('call.fault', { call: call.name, requestId: scope.requestId }, error);
        throw internalFault({ requestId: scope.requestId });
      } finally {
        options.metrics.callDone(call.name, code, (performance.now() - startedAt) / 1000);
      }
    },
  };
}
