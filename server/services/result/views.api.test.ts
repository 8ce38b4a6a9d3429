import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startBench } from './testing.ts';
import { resultsOfOrders } from './contract.ts';

test('RES-27 who looked at the results of an order is in its trail, once a minute; a service that reads is not', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const orderId = await bench.order(['HGB']);
  await lab.system.call(resultsOfOrders, { ids: [orderId] });
  assert.deepEqual(await lab.audit('result', orderId), []);
  const pathologist = lab.as('pathologist');
  await pathologist.call(resultsOfOrders, { ids: [orderId] });
  await pathologist.call(resultsOfOrders, { ids: [orderId] });
  await lab.as('technician').call(resultsOfOrders, { ids: [orderId] });
  assert.deepEqual(await lab.audit('result', orderId), ['result.view', 'result.view'], 'one a person');
});
