import assert from 'node:assert/strict';
import { test } from 'node:test';

import { calendarDay } from '@nidaan/values';

import { addDoctor, savePartner } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { sampleCollected, sampleDecided, sampleReceived, sampleRejected } from '#contract/sample.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';

import type { OrderView } from './contract.ts';
import { addTests, cancelLines, editOrder, getOrder, listOrders, orderChanged, placeOrder } from './contract.ts';
import { hear, placed, registered, startDesk, told } from './orders.testing.ts';

const REASON = 'asked for by mistake';

const codes = (order: OrderView, status: 'open' | 'cancelled' = 'open') =>
  order.lines.filter((line) => line.status === status).map((line) => line.testCode);

function tubeFact(order: OrderView, testCodes: readonly string[]) {
  return {
    tubeId: newId(),
    orderId: order.id,
    patientId: order.patientId,
    barcode: 'N2611250001',
    lineIds: order.lines.filter((line) => testCodes.includes(line.testCode)).map((line) => line.id),
    at: '2027-01-06T05:30:00.000Z',
    by: 'tech',
  };
}

test('ORD-30 an order says where it came from, and the place must be one of that kind', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const doctor = await lab.as('manager').call(addDoctor, { name: 'Dr. Rao' });
  const dayFromNow = (days: number) => calendarDay(new Date(Date.now() + days * 86_400_000).toISOString());
  const save = (kind: 'centre' | 'client' | 'camp', code: string, isActive = true, from = -5, to = 5) =>
    lab.as('manager').call(savePartner, {
      kind,
      code,
      name: `Place ${code}`,
      isActive,
      ...(kind === 'camp' ? { fromDay: dayFromNow(from), toDay: dayFromNow(to) } : {}),
    });
  const [centre, client, camp, closed] = [
    await save('centre', 'CC1'),
    await save('client', 'B2B'),
    await save('camp', 'CAMP'),
    await save('centre', 'OLD', false),
  ];
  const patientId = await registered(lab);
  const place = { patientId, items: ['CBC'] };
  const good = [
    ['walk_in', null],
    ['doctor', doctor.id],
    ['centre', centre.id],
    ['client', client.id],
    ['camp', camp.id],
    ['home', null],
    ['home', centre.id],
  ] as const;
  for (const [source, sourceId] of good) {
    const order = await desk.call(placeOrder, { ...place, source, sourceId });
    assert.deepEqual([order.source, order.sourceId], [source, sourceId]);
    assert.deepEqual(await desk.call(getOrder, { orderId: order.id }), order);
  }
  const ofCentre = await desk.call(listOrders, { sourceId: centre.id });
  assert.deepEqual(
    ofCentre.edges.map((edge) => edge.node.source),
    ['home', 'centre'],
  );
  await desk.refused(listOrders, { sourceId: centre.id, patientId }, 'platform.invalid_input');
  const bad = [
    ['walk_in', centre.id],
    ['doctor', null],
    ['doctor', centre.id],
    ['centre', client.id],
    ['centre', closed.id],
    ['client', newId()],
    ['camp', null],
    ['camp', (await save('camp', 'NEXT', true, 2, 4)).id],
    ['camp', (await save('camp', 'LONG-AGO', true, -40, -30)).id],
    ['home', client.id],
  ] as const;
  for (const [source, sourceId] of bad) {
    await desk.refused(placeOrder, { ...place, source, sourceId }, 'order.bad_source');
  }
});

test('ORD-31 lab-day 32: an added test has a line marked added, its price, and the bench is told; a repeat adds once', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC']);
  const request = { orderId: order.id, requestId: newId(), items: ['TSH'], reason: 'doctor rang' };
  const [one, two] = await Promise.all([desk.call(addTests, request), desk.call(addTests, request)]);
  assert.deepEqual(one.lines, two.lines);
  const after = await desk.call(addTests, { ...request, requestId: request.requestId.toUpperCase() });
  assert.deepEqual(codes(after), ['CBC', 'TSH']);
  assert.equal(after.version, 2);
  const line = after.lines.find((each) => each.testCode === 'TSH');
  const item = after.items.find((each) => each.code === 'TSH');
  assert.equal(line?.origin, 'added');
  assert.equal(item?.origin, 'added');
  assert.equal(after.totalPaise, order.totalPaise + (item?.pricePaise ?? 0));
  assert.ok((item?.pricePaise ?? 0) > 0);
  const events = await told(lab, orderChanged);
  assert.equal(events.length, 1);
  assert.deepEqual(
    events[0]?.addedLines.map((each) => [each.id, each.origin]),
    [[line?.id, 'added']],
  );
  assert.ok((events[0]?.addedLines[0]?.analytes.length ?? 0) > 0);

  await desk.refused(addTests, { ...request, items: ['CREA'] }, 'order.request_taken');
  const other = await placed(lab, ['CBC']);
  await desk.refused(addTests, { ...request, orderId: other.id }, 'order.request_taken');
  // Already a line, or inside one: the haemoglobin is in the blood count.
  for (const code of ['TSH', 'CBC', 'HGB']) {
    const again = { ...request, requestId: newId(), items: [code] };
    const refusal = await desk.refused(addTests, again, 'order.already_ordered');
    assert.deepEqual(refusal.details['codes'], [code]);
  }
  await desk.refused(addTests, { ...request, requestId: newId(), items: ['XX'] }, 'order.unknown_item');
  await desk.refused(addTests, { ...request, orderId: newId(), requestId: newId() }, 'order.not_found');
  await lab.as('phlebotomist').refused(addTests, { ...request, requestId: newId() }, 'platform.forbidden');
  await lab.as('admin', newId()).refused(addTests, { ...request, requestId: newId() }, 'order.not_found');
  // The first placing sent again is still the same order.
  const repeat = { id: order.id, patientId: order.patientId, items: ['CBC'] };
  assert.equal((await desk.call(placeOrder, repeat)).lines.length, 2);
  assert.deepEqual(await lab.changes('order', order.id), ['order.place', 'order.add_tests']);
});

test('ORD-32 nothing is paid or measured twice by adding: a panel added later pays for the tests it holds', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['SGPT', 'HGB']);
  const withPanel = await desk.call(addTests, { orderId: order.id, requestId: newId(), items: ['LFT'] });
  // panels.csv: LFT 70000, and the SGPT is one of its tests: one line, and its price goes back.
  assert.equal(codes(withPanel).filter((code) => code === 'SGPT').length, 1);
  const hgb = order.items.find((item) => item.code === 'HGB')?.pricePaise ?? 0;
  assert.equal(withPanel.totalPaise, 70_000 + hgb);
  assert.equal(withPanel.items.find((item) => item.code === 'SGPT')?.isReversed, true);
  // The blood count contains the haemoglobin, which is not drawn yet: that line is taken back.
  const withCount = await desk.call(addTests, { orderId: order.id, requestId: newId(), items: ['CBC'] });
  assert.deepEqual(codes(withCount, 'cancelled'), ['HGB']);
  assert.equal(withCount.totalPaise, 70_000 + 35_000);
  const last = (await told(lab, orderChanged)).at(-1);
  assert.deepEqual(
    last?.cancelledLineIds,
    withCount.lines.filter((line) => line.testCode === 'HGB').map((line) => line.id),
  );
});

test('ORD-33 lab-day 18: a cancelled test stays on record with its reason, its price goes back, and it can be asked for again', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['LFT', 'CBC']);
  const [cbc] = order.lines.filter((line) => line.testCode === 'CBC');
  assert.ok(cbc);
  const cancel = { orderId: order.id, lineIds: [cbc.id], reason: REASON, expectedVersion: 1 };
  const after = await desk.call(cancelLines, cancel);
  assert.deepEqual(codes(after, 'cancelled'), ['CBC']);
  assert.equal(after.lines.length, order.lines.length);
  assert.equal(after.totalPaise, 70_000);
  assert.deepEqual(
    after.items.map((item) => [item.code, item.isReversed]),
    [
      ['LFT', false],
      ['CBC', true],
    ],
  );
  const [event] = await told(lab, orderChanged);
  assert.deepEqual([event?.cancelledLineIds, event?.reason, event?.by], [[cbc.id], REASON, 'desk']);

  await desk.refused(cancelLines, cancel, 'order.stale');
  const twice = await desk.refused(cancelLines, { ...cancel, expectedVersion: 2 }, 'order.cannot_move');
  assert.deepEqual(twice.details, { testCode: 'CBC', stage: 'cancelled', move: 'cancel', whoMay: 'nobody' });
  await desk.refused(cancelLines, { ...cancel, lineIds: [newId()], expectedVersion: 2 }, 'order.line_not_found');
  await desk.refused(cancelLines, { ...cancel, reason: ' ', expectedVersion: 2 }, 'platform.invalid_input');

  // One test of a panel less: the panel is still to be done, so its price stays.
  const [alp] = order.lines.filter((line) => line.testCode === 'ALP');
  const less = await desk.call(cancelLines, { ...cancel, lineIds: [alp?.id ?? ''], expectedVersion: 2 });
  assert.equal(less.totalPaise, 70_000);
  const again = await desk.call(addTests, { orderId: order.id, requestId: newId(), items: ['CBC'] });
  assert.deepEqual(
    codes(again).filter((code) => code === 'CBC'),
    ['CBC'],
  );
  assert.equal(again.totalPaise, 105_000);
  assert.equal(again.items.filter((item) => item.code === 'CBC').length, 2);
});

test('ORD-34 lab-day 18: what is at the bench takes the permission, what is signed nobody cancels', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC', 'TSH']);
  const cbc = tubeFact(order, ['CBC']);
  await hear(lab, sampleCollected, order.id, cbc);
  await hear(lab, sampleReceived, order.id, cbc);
  const all = order.lines.map((line) => line.id);
  const cancel = { orderId: order.id, lineIds: all, reason: REASON, expectedVersion: 1 };
  const refusal = await desk.refused(cancelLines, cancel, 'order.cannot_move');
  assert.deepEqual(refusal.details, {
    testCode: 'CBC',
    stage: 'received',
    move: 'cancel',
    whoMay: 'a role with the permission order.cancel_at_bench',
  });
  // All or none.
  assert.deepEqual(codes(await desk.call(getOrder, { orderId: order.id })), ['CBC', 'TSH']);
  const after = await lab.as('pathologist').call(cancelLines, cancel);
  assert.deepEqual(codes(after, 'cancelled'), ['CBC', 'TSH']);
  assert.equal(after.totalPaise, 0);
});

test('ORD-35 two who cancel and add at the same moment: one wins, the other is told', async (t) => {
  const lab = await startDesk(t);
  const order = await placed(lab, ['CBC', 'TSH']);
  const cancel = (lineId: string | undefined) =>
    lab
      .as('desk')
      .call(cancelLines, { orderId: order.id, lineIds: [lineId ?? ''], reason: REASON, expectedVersion: 1 })
      .then(
        () => 'done',
        (error: { readonly code: string }) => error.code,
      );
  const outcomes = await Promise.all(order.lines.map((line) => cancel(line.id)));
  assert.deepEqual(outcomes.sort(), ['done', 'order.stale']);
});

test('ORD-36 lab-day 15: made STAT, an order is promised sooner and the bench is told; before and after are in the trail', async (t) => {
  const clock = createManualClock('2026-11-25T05:00:00.000Z');
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC'], { clinicalNotes: 'Fever', isFasting: true, gestationWeeks: 12 });
  // tests.csv: CBC 180 minutes, 45 when urgent.
  assert.equal(order.lines[0]?.promisedAt, '2026-11-25T08:00:00.000Z');
  clock.advance(600_000);
  const edit = { orderId: order.id, expectedVersion: 1 };
  const stat = await desk.call(editOrder, { ...edit, priority: 'stat', referredBy: 'Dr. Rao', gestationWeeks: null });
  assert.equal(stat.lines[0]?.promisedAt, '2026-11-25T05:55:00.000Z');
  assert.deepEqual(
    [stat.priority, stat.referredBy, stat.clinicalNotes, stat.isFasting, stat.gestationWeeks, stat.version],
    ['stat', 'Dr. Rao', 'Fever', true, null, 2],
  );
  const [event] = await told(lab, orderChanged);
  assert.deepEqual([event?.priority, event?.gestationWeeks, event?.isFasting], ['stat', null, true]);
  await desk.refused(editOrder, { ...edit, priority: 'routine' }, 'order.stale');
  // Nothing changed: no version, no news.
  const same = await desk.call(editOrder, { ...edit, expectedVersion: 2, priority: 'stat' });
  assert.equal(same.version, 2);
  assert.equal((await told(lab, orderChanged)).length, 1);
  const back = await desk.call(editOrder, { ...edit, expectedVersion: 2, priority: 'routine' });
  assert.equal(back.lines[0]?.promisedAt, '2026-11-25T08:00:00.000Z');
  await desk.refused(
    editOrder,
    { ...edit, expectedVersion: 3, clinicalNotes: '2341 2341 2346' },
    'platform.invalid_input',
  );
  await lab.as('phlebotomist').refused(editOrder, { ...edit, expectedVersion: 3 }, 'platform.forbidden');
  await lab.as('admin', newId()).refused(editOrder, { ...edit, expectedVersion: 3 }, 'order.not_found');
});

test('ORD-36 weeks of a pregnancy are refused for a man, placed or edited in', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const man = { name: 'Ravi Kumar', sex: 'male', bornOn: '1990-01-01' } as const;
  const { id: patientId } = await desk.call(registerPatient, man);
  const asked = { patientId, items: ['CBC'] };
  await desk.refused(placeOrder, { ...asked, gestationWeeks: 12 }, 'order.not_pregnant');
  const { id: orderId } = await desk.call(placeOrder, asked);
  const edit = { orderId, expectedVersion: 1 };
  await desk.refused(editOrder, { ...edit, gestationWeeks: 12 }, 'order.not_pregnant');
  assert.equal((await desk.call(editOrder, { ...edit, gestationWeeks: null, isFasting: true })).gestationWeeks, null);
});

test('ORD-39 lab-day 29: a rejected tube is drawn again with a new promise, or its tests are refunded', async (t) => {
  const clock = createManualClock('2027-01-06T05:00:00.000Z'); // later than the database's, which says when an event is due
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const order = await placed(lab, ['CBC', 'TSH']);
  for (const code of ['CBC', 'TSH']) {
    const tube = tubeFact(order, [code]);
    await hear(lab, sampleCollected, order.id, tube);
    await hear(lab, sampleRejected, order.id, { ...tube, reasonCode: 'clotted', reason: 'clotted' });
  }
  const decided = { comment: null, newTubeId: newId() };
  const again = { ...tubeFact(order, ['CBC']), at: '2027-01-06T06:00:00.000Z' };
  await hear(lab, sampleDecided, order.id, { ...again, ...decided, decision: 'recollect' });
  await hear(lab, sampleDecided, order.id, { ...tubeFact(order, ['TSH']), ...decided, decision: 'refund' });
  const after = await desk.call(getOrder, { orderId: order.id });
  // tests.csv: CBC 180 minutes, from the decision at 6:00.
  assert.equal(after.lines.find((line) => line.testCode === 'CBC')?.promisedAt, '2027-01-06T09:00:00.000Z');
  assert.deepEqual(codes(after, 'cancelled'), ['TSH']);
  assert.equal(after.totalPaise, 35_000);
  const [event] = await told(lab, orderChanged);
  assert.deepEqual(
    event?.cancelledLineIds,
    order.lines.filter((line) => line.testCode === 'TSH').map((line) => line.id),
  );
});
