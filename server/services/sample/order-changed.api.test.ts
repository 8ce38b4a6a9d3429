import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addTests, cancelLines, editOrder, getOrder } from '#contract/order.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import {
  collectTube,
  listTubes,
  printLabels,
  receiveTubes,
  sampleCollected,
  sampleReceived,
  saveRack,
  storeTube,
  tubesOfOrders,
} from './contract.ts';
import type { TubeView } from './contract.ts';
import { acts, oneTube, placed, planned, received, told, tubeNow } from './tubes.testing.ts';

/** A held clock stands a little ahead: events are due by the database's clock, which goes on. */
const soon = () => new Date(Date.now() + 300_000).toISOString();

async function add(lab: TestLab, orderId: string, items: readonly string[]): Promise<readonly TubeView[]> {
  await lab
    .as('desk')
    .call(addTests, { orderId, requestId: newId(), items: [...items], reason: 'asked by the doctor' });
  await lab.settle();
  return lab.as('desk').call(tubesOfOrders, { ids: [orderId] });
}

async function cancel(lab: TestLab, orderId: string, testCodes: readonly string[], role = 'desk'): Promise<void> {
  const order = await lab.as('desk').call(getOrder, { orderId });
  const lineIds = order.lines.filter((line) => testCodes.includes(line.testCode)).map((line) => line.id);
  await lab.as(role).call(cancelLines, { orderId, lineIds, reason: 'not wanted', expectedVersion: order.version });
  await lab.settle();
}

test('lab-day 32: a test added to a stored tube goes on it, and is told as drawn then, for itself alone', async (t) => {
  const startedAt = soon();
  const clock = createManualClock(startedAt);
  const lab = await startLab(t, { clock });
  const technician = lab.as('technician');
  const [tube] = await received(lab, ['UREA']);
  assert.ok(tube);
  await technician.call(saveRack, { code: 'R1', rows: 8, columns: 12, place: 'Fridge 2', temperature: 'refrigerated' });
  await technician.call(storeTube, { barcode: tube.barcode, rackCode: 'R1' });
  await lab.settle();
  // handling.csv: creatinine keeps 8 h in the room and 72 h in the refrigerator.
  clock.advance(70 * 3_600_000);
  const [same, ...more] = await add(lab, tube.orderId, ['CREA']);
  assert.deepEqual([more, same?.id, same?.testCodes, same?.status], [[], tube.id, ['UREA', 'CREA'], 'received']);
  const added = same?.lineIds.filter((id) => !tube.lineIds.includes(id));
  const events = (await told(lab)).slice(-2);
  assert.deepEqual(
    events.map((each) => each.type),
    ['sample.collected', 'sample.received'],
  );
  for (const [at, schema] of [sampleCollected.schema, sampleReceived.schema].entries()) {
    const fact = schema.parse(events[at]?.payload);
    // The time of the tube, by which ranges are chosen, and not that of the asking.
    assert.deepEqual([fact.lineIds, fact.barcode, fact.at], [added, tube.barcode, startedAt]);
  }
  assert.deepEqual(await acts(lab, tube.barcode), ['planned', 'collected', 'received', 'stored', 'tests_added']);

  // Three hours later the 72 hours are over: a new tube.
  clock.advance(3 * 3_600_000);
  const [, second] = await add(lab, tube.orderId, ['URIC']);
  assert.deepEqual([second?.status, second?.testCodes, second?.containerCode], ['planned', ['URIC'], 'SST']);
});

test('lab-day 32: on the bench eight hours count, and another kind of tube is planned anew', async (t) => {
  const clock = createManualClock(soon());
  const lab = await startLab(t, { clock });
  const [tube] = await received(lab, ['UREA']);
  await lab.settle();
  clock.advance(8 * 3_600_000);
  const onBench = await add(lab, tube?.orderId ?? '', ['CREA']);
  assert.deepEqual(
    onBench.map((each) => each.testCodes),
    [['UREA', 'CREA']],
  );
  clock.advance(60_000);
  const two = await add(lab, tube?.orderId ?? '', ['URIC', 'CBC', 'GLU_F']);
  assert.deepEqual(
    two.map((each) => [each.status, each.testCodes, each.draw]),
    [
      ['received', ['UREA', 'CREA'], null],
      ['planned', ['URIC'], null],
      ['planned', ['CBC'], null],
      ['planned', ['GLU_F'], 'fasting'],
    ],
  );
  // Still to be drawn, the new tube takes what is added next, whatever its stability.
  const three = await add(lab, tube?.orderId ?? '', ['ESR']);
  assert.equal(three.filter((each) => each.testCodes.includes('ESR')).length, 1);
});

test('lab-day 32: a tube with too little in it takes no more tests', async (t) => {
  const lab = await startLab(t);
  const [tube] = await planned(lab, ['UREA']);
  const barcode = tube?.barcode ?? '';
  // Urea takes 0.1 mL: a tenth is drawn, nothing is left.
  await lab.as('phlebotomist').call(collectTube, { barcode, volumeMl: 0.1 });
  await lab.settle();
  const tubes = await add(lab, tube?.orderId ?? '', ['CREA']);
  assert.deepEqual(
    tubes.map((each) => [each.status, each.testCodes, each.remainingMl]),
    [
      ['collected', ['UREA'], 0.1],
      ['planned', ['CREA'], null],
    ],
  );
});

test('lab-day 33: a tube whose tests were all cancelled is refused at every scan; the others go on without them', async (t) => {
  const lab = await startLab(t);
  const [phlebotomist, technician] = [lab.as('phlebotomist'), lab.as('technician')];
  const [planning] = await planned(lab, ['CBC']);
  const [both] = await planned(lab, ['CBC', 'ESR']);
  const [drawn] = await planned(lab, ['CBC']);
  assert.ok(planning && both && drawn);
  await phlebotomist.call(collectTube, { barcode: drawn.barcode });
  await lab.settle();
  await cancel(lab, planning.orderId, ['CBC']);
  await cancel(lab, both.orderId, ['ESR']);
  await cancel(lab, drawn.orderId, ['CBC'], 'manager');

  const refusal = await phlebotomist.refused(collectTube, { barcode: planning.barcode }, 'sample.tests_cancelled');
  assert.match(refusal.message, new RegExp(planning.barcode));
  assert.equal((await tubeNow(lab, planning.barcode)).status, 'cancelled');
  assert.deepEqual(await acts(lab, planning.barcode), ['planned', 'tests_removed', 'cancelled']);
  assert.deepEqual((await tubeNow(lab, both.barcode)).testCodes, ['CBC']);
  assert.equal((await phlebotomist.call(collectTube, { barcode: both.barcode })).status, 'collected');
  const scan = await technician.call(receiveTubes, { barcodes: [planning.barcode, drawn.barcode, both.barcode] });
  assert.deepEqual(
    [scan.received.map((each) => each.id), scan.refused.map((each) => [each.barcode, each.code])],
    [
      [both.id],
      [
        [planning.barcode, 'sample.tests_cancelled'],
        [drawn.barcode, 'sample.tests_cancelled'],
      ],
    ],
  );
  await lab.as('desk').refused(printLabels, { orderId: planning.orderId, format: 'zpl' }, 'sample.nothing_to_label');
});

test('lab-day 15: an order that becomes STAT moves its tubes to the head of the waiting list', async (t) => {
  const lab = await startLab(t);
  const [first, second] = [await oneTube(lab), await oneTube(lab)];
  await lab.settle();
  const waiting = async () =>
    (await lab.as('phlebotomist').call(listTubes, { status: 'planned' })).edges.map((edge) => edge.node.id);
  assert.deepEqual(await waiting(), [first.id, second.id]);
  const order = await lab.as('desk').call(getOrder, { orderId: second.orderId });
  await lab.as('desk').call(editOrder, { orderId: order.id, expectedVersion: order.version, priority: 'stat' });
  await lab.settle();
  assert.deepEqual(await waiting(), [second.id, first.id]);
  const page = await lab.as('phlebotomist').call(listTubes, { status: 'planned', first: 1 });
  const rest = await lab.as('phlebotomist').call(listTubes, { status: 'planned', first: 1, after: page.endCursor });
  assert.deepEqual(
    rest.edges.map((edge) => edge.node.id),
    [first.id],
  );
  const sheet = await lab.as('desk').call(printLabels, { orderId: order.id, format: 'zpl' });
  assert.match(sheet.zpl ?? '', /\^FDSTAT\^FS/);
});

test('a plan asked for after a change holds what is wanted now, and the event adds nothing to it', async (t) => {
  const lab = await startLab(t);
  const order = await placed(lab, ['CBC', 'TSH']);
  await lab.as('desk').call(addTests, { orderId: order.id, requestId: newId(), items: ['LFT'] });
  const now = await lab.as('desk').call(getOrder, { orderId: order.id });
  const tsh = now.lines.filter((line) => line.testCode === 'TSH').map((line) => line.id);
  await lab
    .as('desk')
    .call(cancelLines, { orderId: order.id, lineIds: tsh, reason: 'too dear', expectedVersion: now.version });
  await lab.settle();
  const tubes = await lab.as('desk').call(tubesOfOrders, { ids: [order.id] });
  const wanted = tubes.filter((tube) => tube.status === 'planned').flatMap((tube) => tube.lineIds);
  const open = (await lab.as('desk').call(getOrder, { orderId: order.id })).lines.filter(
    (line) => line.status === 'open',
  );
  assert.deepEqual(wanted.toSorted(), open.map((line) => line.id).toSorted());
});
