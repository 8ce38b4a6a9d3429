// Talks to a running lab over its plain HTTP routes, typed by the contracts, as an integrator's program would.
import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod';

import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { login } from '#contract/user.ts';

export interface ApiClient {
  call<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  /** Sends a GraphQL request; any error is thrown. */
  graphql(query: string, variables: object): Promise<unknown>;
}

const Refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
    retry: z.enum(['permanent', 'transient', 'ambiguous']),
  }),
});

const GraphqlReply = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).optional() })).default([]),
});

async function post(url: string, token: string | undefined, path: string, input: unknown): Promise<Response> {
  for (;;) {
    const reply = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(30_000),
    });
    if (reply.status !== 429) return reply;
    // The lab counts requests a minute; a polite client waits as long as it is told.
    await sleep(Number(reply.headers.get('retry-after') ?? 1) * 1000);
  }
}

function createClient(url: string, token?: string): ApiClient {
  return {
    call: async <C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>> => {
      const reply = await post(url, token, `/api/${call.service}/${call.verb}`, input);
      const body: unknown = await reply.json();
      if (reply.ok) return call.output.parse(body) as CallOutput<C>;
      const refusal = Refusal.safeParse(body).data?.error;
      throw new ServiceError(
        refusal?.code ?? 'http.fault',
        reply.status,
        refusal?.message ?? `${call.name} was answered with HTTP ${reply.status}`,
        refusal?.details ?? {},
        refusal?.retry ?? 'permanent',
      );
    },
    graphql: async (query, variables) => {
      const reply = await post(url, token, '/graphql', { query, variables });
      const { data, errors } = GraphqlReply.parse(await reply.json());
      const [first] = errors;
      if (first)
        throw new ServiceError(first.extensions?.code ?? 'graphql.fault', reply.status, first.message, {}, 'permanent');
      return data;
    },
  };
}

export async function signIn(url: string, username: string, password: string): Promise<ApiClient> {
  const { accessToken } = await createClient(url).call(login, { username, password });
  return createClient(url, accessToken);
}
