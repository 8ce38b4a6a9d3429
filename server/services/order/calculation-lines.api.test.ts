import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reflexDue } from '#contract/result.ts';
import { sampleCollected, sampleDecided, sampleReceived, sampleRejected } from '#contract/sample.ts';
import { newId } from '#platform/ids.ts';

import type { OrderView } from './contract.ts';
import { addTests, cancelLines, getOrder, orderChanged, orderPlaced, searchCatalogue } from './contract.ts';
import { hear, openCodes, placed, startDesk, told } from './orders.testing.ts';

const REASON = 'asked for by mistake';
const origins = (order: OrderView) =>
  order.lines.filter((line) => line.status === 'open').map((line) => `${line.testCode} ${line.origin}`);
const idsOf = (order: OrderView, ...codes: readonly string[]) =>
  order.lines.filter((line) => line.status === 'open' && codes.includes(line.testCode)).map((line) => line.id);

test('ORD-20 lab-day 39: a calculated test ordered alone is placed with what it is calculated from, at its own price', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['EGFR']);
  assert.deepEqual(origins(order), ['EGFR ordered', 'CREA calculation']);
  const [item] = (await desk.call(searchCatalogue, { text: 'EGFR' })).edges.filter(({ node }) => node.code === 'EGFR');
  assert.ok(item);
  assert.deepEqual([order.totalPaise, order.items.length], [item.node.pricePaise, 1]);
  assert.deepEqual(await desk.call(getOrder, { orderId: order.id }), order);
  const [event] = await told(lab, orderPlaced);
  assert.deepEqual(
    event?.lines.map((line) => [line.testCode, line.origin, line.analytes.map((analyte) => analyte.code)]),
    [
      ['EGFR', 'ordered', ['EGFR']],
      ['CREA', 'calculation', ['CREA']],
    ],
  );
  // A panel that brings it makes it unnecessary.
  assert.ok((await placed(lab, ['EGFR', 'KFT'])).lines.every((line) => line.origin === 'ordered'));
  // Both of one fasting draw: the only one the value may be calculated in.
  const homa = await placed(lab, ['HOMA_IR']);
  assert.deepEqual(
    homa.lines.map((line) => [line.testCode, line.draw, line.origin]),
    [
      ['HOMA_IR', 'fasting', 'ordered'],
      ['GLU_F', 'fasting', 'calculation'],
      ['INSULIN_F', 'fasting', 'calculation'],
    ],
  );
});

test('ORD-20 added tests and reflex tests bring what they are calculated from, and what was run for one can be asked for', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['TSH']);
  const add = (items: string[]) => desk.call(addTests, { orderId: order.id, requestId: newId(), items });
  const added = await add(['IBIL']);
  assert.deepEqual(origins(added), ['TSH ordered', 'IBIL added', 'TBIL calculation', 'DBIL calculation']);
  const [event] = await told(lab, orderChanged);
  assert.deepEqual(
    event?.addedLines.map((line) => line.testCode),
    ['IBIL', 'TBIL', 'DBIL'],
  );
  assert.equal(added.items.length, 2);

  // Asked for now: paid for, on the line that is there.
  const asked = await add(['TBIL']);
  assert.deepEqual(openCodes(asked), openCodes(added));
  assert.ok(asked.totalPaise > added.totalPaise);
  await desk.refused(addTests, { orderId: order.id, requestId: newId(), items: ['TBIL'] }, 'order.already_ordered');
  // The line stays when what it was first run for goes: somebody pays for it. That of nobody goes.
  const cancel = { orderId: order.id, lineIds: idsOf(asked, 'IBIL'), reason: REASON, expectedVersion: asked.version };
  const less = await desk.call(cancelLines, cancel);
  assert.deepEqual(openCodes(less), ['TSH', 'TBIL']);

  await hear(lab, reflexDue, order.id, {
    orderId: order.id,
    patientId: order.patientId,
    ruleCode: 'R',
    addTestCode: 'EGFR',
    billing: 'free',
    resultIds: [newId()],
    at: '2026-11-25T06:00:00.000Z',
  });
  const reflex = await desk.call(getOrder, { orderId: order.id });
  assert.deepEqual(origins(reflex).slice(-2), ['EGFR reflex', 'CREA calculation']);
  assert.equal(reflex.totalPaise, less.totalPaise);
});

test('ORD-21 lab-day 18: what was run for a calculation goes with the last test that needs it, and cannot go before', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['NONHDL', 'CHOL_HDL', 'BUN_CREA']);
  assert.deepEqual(openCodes(order), ['NONHDL', 'CHOL_HDL', 'BUN_CREA', 'CHOL', 'HDL', 'UREA', 'CREA']);
  const cancel = (from: OrderView, ...codes: readonly string[]) => ({
    orderId: order.id,
    lineIds: idsOf(from, ...codes),
    reason: REASON,
    expectedVersion: from.version,
  });
  const refusal = await desk.refused(cancelLines, cancel(order, 'HDL'), 'order.needed_for_calculation');
  assert.deepEqual(refusal.details, { codes: ['HDL'], neededBy: ['NONHDL', 'CHOL_HDL'] });
  assert.match(refusal.message, /^HDL cannot be cancelled while NONHDL, CHOL_HDL is calculated from it/);
  const one = await desk.call(cancelLines, cancel(order, 'NONHDL'));
  assert.deepEqual(openCodes(one), ['CHOL_HDL', 'BUN_CREA', 'CHOL', 'HDL', 'UREA', 'CREA']);
  const two = await desk.call(cancelLines, cancel(one, 'CHOL_HDL'));
  assert.deepEqual(openCodes(two), ['BUN_CREA', 'UREA', 'CREA']);
  const events = await told(lab, orderChanged);
  assert.deepEqual(new Set(events.at(-1)?.cancelledLineIds), new Set(idsOf(one, 'CHOL_HDL', 'CHOL', 'HDL')));
  const none = await desk.call(cancelLines, cancel(two, 'BUN_CREA', 'UREA', 'CREA'));
  assert.deepEqual([openCodes(none), none.totalPaise], [[], 0]);
});

test('ORD-21 at the bench a support test goes on unless the person may stop it; a refund takes along what it calculates', async (t) => {
  const lab = await startDesk(t);
  const order = await placed(lab, ['HOMA_IR', 'TSH']);
  const fact = (...codes: readonly string[]) => ({
    tubeId: newId(),
    orderId: order.id,
    patientId: order.patientId,
    barcode: 'N2611250001',
    lineIds: idsOf(order, ...codes),
    at: '2027-01-06T05:30:00.000Z',
    by: 'tech',
  });
  const fluoride = fact('GLU_F');
  await hear(lab, sampleCollected, order.id, fluoride);
  await hear(lab, sampleReceived, order.id, fluoride);
  const insulin = fact('INSULIN_F');
  await hear(lab, sampleCollected, order.id, insulin);
  await hear(lab, sampleRejected, order.id, { ...insulin, reasonCode: 'haemolysed', reason: 'haemolysed' });
  await hear(lab, sampleDecided, order.id, { ...insulin, decision: 'refund', comment: null, newTubeId: null });
  const after = await lab.as('desk').call(getOrder, { orderId: order.id });
  // The glucose was run for nothing else: refunded by the system, which may stop what is at the bench.
  assert.deepEqual(openCodes(after), ['TSH']);
  assert.equal(after.items.find((item) => item.code === 'HOMA_IR')?.isReversed, true);

  const other = await placed(lab, ['NONHDL']);
  const tube = { ...fluoride, orderId: other.id, patientId: other.patientId, lineIds: idsOf(other, 'CHOL') };
  await hear(lab, sampleCollected, other.id, tube);
  await hear(lab, sampleReceived, other.id, tube);
  const cancel = { orderId: other.id, lineIds: idsOf(other, 'NONHDL'), reason: REASON, expectedVersion: 1 };
  assert.deepEqual(openCodes(await lab.as('desk').call(cancelLines, cancel)), ['CHOL']);
});
