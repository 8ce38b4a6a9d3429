// Reads: a GraphQL order with its results against the same SQL behind a bare route (goal 0.4) and against Mercurius over
// static objects (B11, goal 0.3); last results over plain HTTP with tenant, permission and view audit against a bare
// Fastify and pg read (B10, goal 0.5).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

import { DEMO_LAB } from '../server/boot/seed-demo.ts';
import { cbcMessage, sendHl7 } from '../server/e2e/story.ts';
import { eventually } from '../server/testing/graphql-client.ts';
import type { Outcome } from './harness.ts';
import { compare } from './harness.ts';
import { freePort, placeOrder, startBenchLab } from './lab.ts';
import { requestsPerSecond } from './load.ts';

const SECONDS = 3;
const CONNECTIONS = 16;
const QUERY = `query ($id: ID!) { order(id: $id) { id number priority placedAt lines { testCode testName } results { analyteCode analyteName value unit flags status range { low high } } } }`;

interface OrderResults {
  readonly order: {
    readonly results: readonly {
      readonly id: string;
      readonly value: string | null;
      readonly version: number;
      readonly holds: readonly string[];
    }[];
  };
}

export async function bench(): Promise<readonly Outcome[]> {
  const lab = await startBenchLab();
  const port = await freePort();
  const order = await placeOrder(lab.admin, ['CBC'], 1);
  await sendHl7(lab.hl7Port, cbcMessage(order.barcode, 'bench-read'));
  await eventually('the values', async () => {
    const found = await lab.admin.ask<OrderResults>(
      `query ($id: ID!) { order(id: $id) { results { id value version holds } } }`,
      { id: order.orderId },
    );
    return found.order.results.some((result) => result.value !== null) ? found : undefined;
  });
  const bare = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'peers', 'bare-reads.ts'),
      String(port),
      lab.ownerUrl,
      order.orderId,
      order.patientId,
      DEMO_LAB.id,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    await once(bare.stdout, 'data');
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${lab.admin.token ?? ''}` };
    const load = { connections: CONNECTIONS, seconds: SECONDS };
    const graphqlOrder = {
      name: 'GraphQL order with its results',
      round: () =>
        requestsPerSecond({
          ...load,
          url: `${lab.url}/graphql`,
          method: 'POST',
          headers,
          body: JSON.stringify({ query: QUERY, variables: { id: order.orderId } }),
        }),
    };
    return [
      await compare({
        name: 'Order read',
        unit: 'requests/s',
        ours: graphqlOrder,
        peer: {
          name: 'same SQL, bare route',
          round: () => requestsPerSecond({ ...load, url: `http://127.0.0.1:${port}/order` }),
        },
        goal: 0.4,
      }),
      await compare({
        name: 'B11',
        unit: 'requests/s',
        ours: graphqlOrder,
        peer: {
          name: 'Mercurius + JIT, 50 static objects',
          round: () =>
            requestsPerSecond({
              ...load,
              url: `http://127.0.0.1:${port}/graphql`,
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ query: '{ things { id name value } }' }),
            }),
        },
        goal: 0.3,
      }),
      await compare({
        name: 'B10 last results',
        unit: 'requests/s',
        ours: {
          name: 'POST /api/result/last',
          round: () =>
            requestsPerSecond({
              ...load,
              url: `${lab.url}/api/result/last`,
              method: 'POST',
              headers,
              body: JSON.stringify({ patientId: order.patientId, analyteCode: 'HGB' }),
            }),
        },
        peer: {
          name: 'bare Fastify + pg',
          round: () => requestsPerSecond({ ...load, url: `http://127.0.0.1:${port}/last` }),
        },
        goal: 0.5,
      }),
    ];
  } finally {
    bare.kill();
    await lab.stop();
  }
}
