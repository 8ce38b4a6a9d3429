// Values judged across two records of one person, values copied from a referral lab's paper, and a grid of an analyzer-less bench.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { orderPlaced } from '#contract/order.ts';
import { mergePatients } from '#contract/patient.ts';
import { sampleCollected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import { enterManyResults, enterResult, verifyResults } from './contract.ts';
import { plainLine, startBench, stepOf } from './testing.ts';

test('people and papers', async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const technician = lab.as('technician');

  await t.test('lab-day 9, 41: a change is seen across two records that were one person', async () => {
    const [one, other] = [
      await bench.patient({ sex: 'male', ageDays: 15_000 }),
      await bench.patient({ sex: 'male', ageDays: 15_000 }),
    ];
    const [before] = await bench.awaiting(['CREA'], { patientId: one });
    assert.ok(before);
    const entered = await bench.enter(before, '1.0');
    await technician.call(verifyResults, { items: [{ ...stepOf(entered), holdsSeen: entered.holds }] });
    const [now] = await bench.awaiting(['CREA'], { patientId: other });
    assert.ok(now);
    const apart = await bench.enter(now, '1.7');
    assert.deepEqual([apart.delta, apart.flags.includes('D')], [null, false], 'two people');
    await lab.as('admin').call(mergePatients, { survivorId: one, patientId: other, reason: 'same man' });
    await lab.settle();
    const current = await bench.result(now.orderId, 'CREA');
    const together = await bench.enter(current, '1.7');
    assert.deepEqual([together.delta?.previousValue, together.delta?.percent], ['1.00', '70.0']);
    assert.ok(together.flags.includes('D') && together.holds.includes('delta'));
  });

  await t.test('lab-day 31: a value copied from a referral lab waits for a second pair of eyes', async () => {
    const [orderId, lineId, patientId] = [newId(), newId(), await bench.patient({ sex: 'female', ageDays: 9000 })];
    const at = new Date(Date.now() - 60_000).toISOString();
    const analyte = { code: 'CREA', name: 'Creatinine', loinc: null, ucum: 'mg/dL', unitDisplay: 'mg/dL', decimals: 2 };
    await bench.deliver(orderPlaced, orderId, {
      orderId,
      number: '261125-9101',
      patientId,
      priority: 'routine',
      placedAt: at,
      gestationWeeks: null,
      isFasting: null,
      lines: [
        {
          ...plainLine,
          id: lineId,
          testCode: 'CREA',
          testName: 'Creatinine',
          section: 'BIOCHEMISTRY',
          specimen: 'Serum',
          containerCode: 'SST',
          promisedAt: at,
          method: null,
          isOutsourced: true,
          analytes: [{ ...analyte, kind: 'numeric', choices: [], formula: null, measuredAs: null }],
        },
      ],
    });
    const tube = { tubeId: newId(), orderId, patientId, barcode: 'OUT-1', lineIds: [lineId], at, by: 'phlebo' };
    await bench.deliver(sampleCollected, orderId, tube);
    await lab.settle();
    const typed = await bench.enter(await bench.result(orderId, 'CREA'), '0.8');
    assert.deepEqual([typed.holds, typed.isOutsourced], [['second_check'], true]);
    const step = { items: [{ ...stepOf(typed), holdsSeen: typed.holds }] };
    // Who typed it may not verify it.
    await technician.refused(verifyResults, step, 'result.second_check_needed');
    const [verified] = await lab.as('pathologist').call(verifyResults, step);
    assert.equal(verified?.status, 'verified');
  });

  await t.test('lab-day 37: the values of ten orders in one call', async (sub) => {
    const rows = [];
    for (let n = 0; n < 10; n += 1)
      rows.push(...(await bench.awaiting(['CBC'])).filter((row) => row.kind === 'numeric'));
    const items = rows.map((row, at) => ({ ...stepOf(row), value: String((at % 20) + 5), confirmAbsurd: 'made up' }));
    const startedAt = performance.now();
    const grid = await technician.call(enterManyResults, { items: items.slice(0, 500) });
    sub.diagnostic(`${items.length} values in ${Math.round(performance.now() - startedAt)} ms`);
    assert.deepEqual([...new Set(grid.items.map(({ refused }) => refused?.code ?? 'taken'))], ['taken']);
  });

  await t.test('of two grids at once each value is entered once', async () => {
    const [hgb] = await bench.awaiting(['HGB']);
    assert.ok(hgb);
    const items = (value: string) => ({ items: [{ ...stepOf(hgb), value }] });
    const grids = await Promise.all([
      technician.call(enterManyResults, items('13.1')),
      technician.call(enterManyResults, items('13.2')),
    ]);
    const codes = grids.map((grid) => grid.items[0]?.refused?.code ?? 'taken');
    assert.deepEqual(codes.toSorted(), ['result.stale', 'taken']);
    const current = await bench.result(hgb.orderId, 'HGB');
    await technician.refused(enterResult, { ...stepOf(hgb), value: '13.3' }, 'result.stale');
    assert.equal(current.version, hgb.version + 1);
  });
});
