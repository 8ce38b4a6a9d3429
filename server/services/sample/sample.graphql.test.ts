import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { startLab } from '../../testing/start-lab.ts';
import { tubesOfOrders } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { placed } from './tubes.testing.ts';

test('SAM-13 a screen plans, collects, receives and prints by GraphQL', async (t) => {
  const lab = await startLab(t);
  const order = await placed(lab, ['CBC']);
  const schema = buildSchema([graphqlModule]);
  const ask = async (role: string, source: string, variableValues: Readonly<Record<string, unknown>>) => {
    const scope = lab.runtime.scopeOf(lab.as(role).actor);
    const reply = await graphql({
      schema,
      source,
      variableValues,
      contextValue: createGraphqlContext(lab.runtime.dispatcher, scope),
    });
    assert.equal(reply.errors, undefined);
    return reply.data;
  };
  const plan = await ask('desk', 'mutation ($id: ID!) { planTubes(orderId: $id) { barcode } }', { id: order.id });
  const [tube] = await lab.as('desk').call(tubesOfOrders, { ids: [order.id] });
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), { planTubes: [{ barcode: tube?.barcode }] });
  const barcode = tube?.barcode;
  const collected = await ask(
    'phlebotomist',
    'mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status collectedBy isPreprinted draw } }',
    { input: { barcode, preprintedBarcode: null } },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(collected)), {
    collectTube: { status: 'collected', collectedBy: 'phlebotomist', isPreprinted: false, draw: null },
  });
  const received = await ask(
    'technician',
    'mutation ($barcodes: [String!]!) { receiveTubes(barcodes: $barcodes) { received { status } refused { barcode code } } }',
    { barcodes: [barcode, 'N000'] },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(received)), {
    receiveTubes: { received: [{ status: 'received' }], refused: [{ barcode: 'N000', code: 'sample.tube_not_found' }] },
  });
  const labels = await ask(
    'technician',
    'mutation ($id: ID!) { printLabels(orderId: $id, format: zpl) { format pdf tubes { labelsPrinted } } }',
    {
      id: order.id,
    },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(labels)), {
    printLabels: { format: 'zpl', pdf: null, tubes: [{ labelsPrinted: 1 }] },
  });
  const waiting = await ask('technician', '{ tubes(status: received) { nodes { barcode } } }', {});
  assert.deepEqual(JSON.parse(JSON.stringify(waiting)), { tubes: { nodes: [{ barcode }] } });
});
