import assert from 'node:assert/strict';
import { test } from 'node:test';

import { saveInstrument } from '#contract/equipment.ts';

import { enterManyResults, enterResult } from './contract.ts';
import { startBench, stepOf } from './testing.ts';

test('lab-day 43: the instrument a value was read from is one of the lab, in whatever case it is typed', async (t) => {
  const bench = await startBench(t);
  const technician = bench.lab.as('technician');
  const typed = async (instrument: string) => {
    const [row] = await bench.awaiting(['HGB']);
    assert.ok(row);
    return { ...stepOf(row), value: '13.1', instrument };
  };
  // None registered: nobody can tell a slip.
  assert.equal((await technician.call(enterResult, await typed('my reader'))).readFrom, 'my reader');
  const facts = { maker: 'Maker', model: 'Model', serialNumber: '1', section: 'HAEMATOLOGY' };
  for (const messageName of ['XN-550', 'BM-200'])
    await bench.lab.as('manager').call(saveInstrument, { ...facts, messageName, name: messageName });
  assert.equal((await technician.call(enterResult, await typed('xn-550'))).readFrom, 'XN-550');
  const refusal = await technician.refused(enterResult, await typed('XN-500'), 'result.unknown_instrument');
  assert.deepEqual(refusal.details, { known: ['BM-200', 'XN-550'] });
  // In a grid the slip takes nothing else with it.
  const { items } = await technician.call(enterManyResults, { items: [await typed('XN-500'), await typed('Bm-200')] });
  assert.deepEqual(
    items.map(({ result, refused }) => [result?.readFrom ?? null, refused?.code ?? null]),
    [
      [null, 'result.unknown_instrument'],
      ['BM-200', null],
    ],
  );
});
