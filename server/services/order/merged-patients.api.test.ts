// Orders of a person with two records (lab-day 9): listed under either, placed on the one that stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { savePartner } from '#contract/organization.ts';
import { mergePatients, registerPatient, undoMerge } from '#contract/patient.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { calendarDay } from '@nidaan/values';

import { importOrders, listOrders, listUploadRows, orderPlaced, placeOrder } from './contract.ts';
import { registered, startDesk, told } from './orders.testing.ts';

const why = { reason: 'same person, seen together' };

test('lab-day 9: the orders of both records are one list, under either id, newest first and page by page', async (t) => {
  const clock = createManualClock('2026-11-24T05:00:00.000Z');
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const [survivor, old, other] = [
    await registered(lab),
    await registered(lab, 'Laxmi Raman'),
    await registered(lab, 'Asha Patil'),
  ];
  for (const patientId of [survivor, old, other, old, survivor]) {
    await desk.call(placeOrder, { patientId, items: ['CBC'] });
    clock.advance(60_000);
  }
  const numbers = async (patientId: string, text = '') =>
    (await desk.call(listOrders, { patientId, text })).edges.map(({ node }) => Number(node.number.split('-')[1]));
  assert.deepEqual(
    [await numbers(survivor), await numbers(old)],
    [
      [5, 1],
      [4, 2],
    ],
  );
  await lab.as('manager').call(mergePatients, { survivorId: survivor, patientId: old, ...why });
  for (const patientId of [survivor, old]) {
    assert.deepEqual(await numbers(patientId), [5, 4, 2, 1]);
    assert.deepEqual(await numbers(patientId, '261124'), [5, 4, 2, 1]);
    const page = await desk.call(listOrders, { patientId, first: 3 });
    assert.equal(page.hasNextPage, true);
    const rest = await desk.call(listOrders, { patientId, first: 3, after: page.endCursor });
    assert.deepEqual(
      rest.edges.map(({ node }) => node.number),
      ['261124-0001'],
    );
  }
  assert.deepEqual(await numbers(newId()), []);
  assert.deepEqual((await lab.as('desk', newId()).call(listOrders, { patientId: survivor })).edges, []);
});

test('lab-day 9: an order for a merged record is the survivor’s, once however often it is sent, and stays so when undone', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const manager = lab.as('manager');
  const [survivor, old] = [await registered(lab), await registered(lab, 'Laxmi Raman')];
  const before = { id: newId(), patientId: old, items: ['CBC'] };
  await desk.call(placeOrder, before);
  await manager.call(mergePatients, { survivorId: survivor, patientId: old, ...why });

  const input = { id: newId(), patientId: old, items: ['LFT'] };
  const [order, again] = await Promise.all([desk.call(placeOrder, input), desk.call(placeOrder, input)]);
  assert.deepEqual([order.patientId, again.number], [survivor, order.number]);
  assert.equal((await desk.call(placeOrder, input)).number, order.number);
  assert.equal((await desk.call(placeOrder, { ...input, patientId: survivor })).number, order.number);
  assert.equal((await desk.call(placeOrder, before)).patientId, old);
  assert.equal((await desk.call(placeOrder, { ...before, patientId: survivor })).patientId, old);
  const stranger = await registered(lab, 'Asha Patil');
  await desk.refused(placeOrder, { ...input, patientId: stranger }, 'order.id_taken');
  await desk.refused(placeOrder, { ...input, patientId: newId() }, 'order.id_taken');
  assert.deepEqual(
    (await told(lab, orderPlaced)).map(({ patientId }) => patientId),
    [old, survivor],
  );

  await manager.call(undoMerge, { patientId: old, ...why });
  const ids = async (patientId: string) =>
    (await desk.call(listOrders, { patientId })).edges.map(({ node }) => node.id);
  assert.deepEqual([await ids(survivor), await ids(old)], [[order.id], [before.id]]);
});

test('lab-day 9: a person of a camp chosen by a merged record is ordered for under the survivor', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const manager = lab.as('manager');
  const today = calendarDay(new Date().toISOString());
  const { id: sourceId } = await manager.call(savePartner, {
    kind: 'camp',
    code: 'CAMP1',
    name: 'School camp',
    fromDay: today,
    toDay: today,
  });
  const facts = { name: 'Asha Patil', sex: 'female', bornOn: '1981-01-01', mobile: '9876543210' } as const;
  const old = await desk.call(registerPatient, facts);
  const survivor = await registered(lab, 'Ashaben Pateel');
  const content = Buffer.from('name,sex,born_on,mobile,tests\nAsha Patil,F,1981-01-01,9876543210,CBC\n').toString(
    'base64',
  );
  const upload = { uploadId: newId(), sourceId, fileName: 'camp.csv', format: 'csv', content } as const;
  await desk.call(importOrders, upload);
  await lab.settle();
  await manager.call(mergePatients, { survivorId: survivor, patientId: old.id, ...why });
  await desk.call(importOrders, { ...upload, choices: [{ row: 2, patientId: old.id }] });
  await lab.settle();
  const [row] = (await desk.call(listUploadRows, { uploadId: upload.uploadId })).edges;
  assert.deepEqual([row?.node.status, row?.node.patientId], ['placed', survivor]);
  const [order] = (await desk.call(listOrders, { patientId: survivor })).edges;
  assert.deepEqual([order?.node.id, order?.node.patientId], [row?.node.orderId, survivor]);
});
