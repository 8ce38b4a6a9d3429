// A GraphQL client as a screen would be: signs in, sends queries, shows refusals by their code.
import assert from 'node:assert/strict';

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly details?: Record<string, unknown> };
}

export interface GraphqlReply<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly GraphqlError[];
}

export interface GraphqlClient {
  readonly token: string | undefined;
  send<T>(query: string, variables?: object): Promise<GraphqlReply<T>>;
  /** The data; any error fails the test. */
  ask<T>(query: string, variables?: object): Promise<T>;
  /** Expects this error code first. */
  refused(query: string, variables: object, code: string): Promise<GraphqlError>;
}

export function createClient(url: string, token?: string): GraphqlClient {
  const send = async <T>(query: string, variables: object = {}): Promise<GraphqlReply<T>> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as {
      data?: T | null;
      errors?: readonly GraphqlError[];
      error?: { code: string; message: string };
    };
    const httpErrors = body.error ? [{ message: body.error.message, extensions: { code: body.error.code } }] : [];
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? httpErrors };
  };
  return {
    token,
    send,
    ask: async <T>(query: string, variables?: object) => {
      const reply = await send<T>(query, variables);
      assert.deepEqual(
        reply.errors.map((error) => `${error.extensions?.code}: ${error.message}`),
        [],
      );
      assert.ok(reply.data);
      return reply.data;
    },
    refused: async (query, variables, code) => {
      const reply = await send(query, variables);
      const [first] = reply.errors;
      assert.equal(first?.extensions?.code, code);
      assert.ok(first);
      return first;
    },
  };
}

const LOGIN = `mutation ($username: String!, $password: String!, $lab: String) {
  login(username: $username, password: $password, lab: $lab) { accessToken refreshToken }
}`;

/** @param password that of the demo lab unless given */
export async function signIn(url: string, username: string, password = 'nidaan-demo'): Promise<GraphqlClient> {
  const { login } = await createClient(url).ask<{ login: { accessToken: string } }>(LOGIN, { username, password });
  return createClient(url, login.accessToken);
}

/** Asks again and again until the answer will do; fails after ten seconds. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < giveUpAt, `${what} did not happen within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
