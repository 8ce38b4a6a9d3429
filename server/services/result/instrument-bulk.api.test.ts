// A morning's work of a large analyzer in one call: specs/result.md RES-19.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';

import { getTests, orderPlaced } from '#contract/order.ts';
import { sampleCollected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { InstrumentObservation } from './contract.ts';
import { enterFromInstrument, listWorklist, resultsOfOrders, resultTrail } from './contract.ts';
import { entriesTold, plainLine, startBench } from './testing.ts';

test('RES-19 five thousand observations of 250 tubes take as many statements as twenty of one', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');
  const send = (...observations: InstrumentObservation[]) => lab.system.call(enterFromInstrument, { observations });
  const [cbc] = await lab.system.call(getTests, { codes: ['CBC3'] });
  assert.ok(cbc);
  const { section, specimen, method, analytes } = cbc;
  assert.equal(analytes.length, 20);
  const orders: { readonly orderId: string; readonly barcode: string }[] = [];
  for (let n = 0; n < 250; n += 1) {
    const [orderId, lineId, patientId, barcode] = [
      newId(),
      newId(),
      await bench.patient({ sex: n % 2 ? 'male' : 'female', ageDays: 7000 + n }),
      `MANY-${n}`,
    ];
    await bench.deliver(orderPlaced, orderId, {
      orderId,
      number: `261125-${n}`,
      patientId,
      priority: 'routine',
      placedAt: '2026-11-25T03:00:00Z',
      gestationWeeks: null,
      isFasting: null,
      lines: [
        {
          id: lineId,
          testCode: 'CBC3',
          testName: 'CBC',
          section,
          specimen,
          containerCode: 'EDTA',
          ...plainLine,
          promisedAt: '2026-11-26T00:00:00Z',
          method,
          analytes,
        },
      ],
    });
    await bench.deliver(sampleCollected, orderId, {
      tubeId: newId(),
      orderId,
      patientId,
      barcode,
      lineIds: [lineId],
      at: '2026-11-25T03:30:00Z',
      by: 'phlebo',
    });
    orders.push({ orderId, barcode });
  }
  await lab.settle();
  const many = orders.flatMap(({ barcode }) =>
    analytes.map((analyte, at): InstrumentObservation => ({
      key: newId(),
      messageId: newId(),
      instrument: 'XN-550',
      barcode,
      analyteCode: analyte.code,
      value: String(at + 4),
      unit: analyte.unitDisplay,
      doubts: [],
      isPreliminary: false,
      note: null,
      indices: null,
      dilution: null,
      reagentLot: null,
    })),
  );
  assert.equal(many.length, 5000);
  const few = many.slice(0, 20);
  const rest = many.slice(20);
  const [ofFew, fatesOfFew] = await countStatements(() => send(...few));
  // Others hear of the few, and may ask about them: that is not counted.
  await lab.settle();
  const startedAt = performance.now();
  const [ofMany, fatesOfMany] = await countStatements(() => send(...few, ...rest));
  const tookMs = Math.round(performance.now() - startedAt);
  t.diagnostic(`statements of this service: ${ofFew} for 20 observations, ${ofMany} for 5,000 (${tookMs} ms)`);
  assert.equal(ofMany, ofFew);
  assert.ok(ofFew <= 10, `${ofFew} statements`);
  assert.deepEqual(fatesOfMany.slice(0, 20), fatesOfFew);
  assert.deepEqual(new Set(fatesOfMany.map((fate) => fate.outcome)), new Set(['entered']));
  const some = await lab.system.call(resultsOfOrders, { ids: orders.slice(-50).map((order) => order.orderId) });
  assert.equal(some.length, 1000);
  for (const result of some)
    assert.deepEqual([result.status, result.source, result.range !== null], ['entered', 'XN-550', true]);
  const trail = await lab.system.call(resultTrail, { caseIds: [orders.at(-1)?.orderId ?? ''] });
  assert.equal(trail.filter(({ act }) => act === 'result.enter').length, 20);
  assert.equal((await entriesTold(bench, orders.at(-1)?.orderId ?? '')).length, 1);
  assert.deepEqual((await technician.call(listWorklist, { status: 'entered', first: 1 })).hasNextPage, true);
});

/** How many statements on this service's tables a piece of work makes, the relay's and the inbox's own polling left out. */
async function countStatements<T>(work: () => Promise<T>): Promise<readonly [number, T]> {
  const original = pg.Client.prototype.query;
  let count = 0;
  const textOf = (query: unknown): string => {
    if (typeof query === 'string') return query;
    const text: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'text') : '';
    return typeof text === 'string' ? text : '';
  };
  const counting = function (this: pg.Client, ...given: unknown[]): unknown {
    const text = textOf(given[0]);
    const isOurs =
      /lis_result\.(result|observation)\b/.test(text) || /insert into\s+lis_result\.(audit|outbox)\b/.test(text);
    if (isOurs) count += 1;
    return Reflect.apply(original, this, given);
  };
  Object.assign(pg.Client.prototype, { query: counting });
  try {
    const value = await work();
    return [count, value];
  } finally {
    Object.assign(pg.Client.prototype, { query: original });
  }
}
