import assert from 'node:assert/strict';
import { test } from 'node:test';

import { setCalendar } from '#contract/organization.ts';
import { sampleCollected, sampleReceived } from '#contract/sample.ts';
import { createManualClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import type { Tx } from '#platform/service.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import type { OrderView } from './contract.ts';
import { cancelLines, listAtRisk, listBreaches, listPending, placeOrder, setBreachReason } from './contract.ts';
import * as lineStore from './line-store.ts';
import { hear, registered, startDesk } from './orders.testing.ts';

// Later than the clock of the database, which says when an event is due.
const MORNING = '2027-01-06T05:00:00.000Z';
const HOUR = 3_600_000;

async function ordered(lab: TestLab, items: readonly string[], more: object = {}): Promise<OrderView> {
  return lab
    .as('desk')
    .call(placeOrder, { patientId: await registered(lab, `Asha ${newId()}`), items: [...items], ...more });
}

const pendingCodes = async (lab: TestLab, input: object = {}) =>
  (await lab.as('technician').call(listPending, input)).edges.map((edge) => edge.node.testCode);

const oldestTwo = (codes: readonly string[]) => [...codes.slice(0, 2).toSorted(), ...codes.slice(2)];

function tubeOf(order: OrderView, at: string) {
  const lineIds = order.lines.map((line) => line.id);
  return { tubeId: newId(), orderId: order.id, patientId: order.patientId, barcode: 'N1', lineIds, at, by: 'phlebo' };
}

/** Makes lines of a test that took so many minutes from drawing to signature. */
async function history(lab: TestLab, testCode: string, minutes: readonly number[]): Promise<void> {
  for (const each of minutes) {
    const order = await ordered(lab, [testCode]);
    await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
      const tx = db as Tx;
      const lines = await lineStore.lockLines(tx, lab.labId, order.id);
      const finishedAt = new Date(Date.parse(MORNING) + each * 60_000).toISOString();
      const done = lines.map((line) => ({ ...line, stage: 'authorised' as const, collectedAt: MORNING, finishedAt }));
      await lineStore.saveLines(tx, lab.labId, order.id, done);
      await lineStore.renewPace(tx, lab.labId, [testCode]);
    });
  }
}

test('ORD-40 the promise counts the minutes the lab is open; STAT counts around the clock', async (t) => {
  // Wednesday 25 November 2026, 20:00 in India.
  const lab = await startDesk(t, { clock: createManualClock('2026-11-25T14:30:00.000Z') });
  const day = [{ fromMinute: 420, toMinute: 1260 }];
  const thursday = { day: '2026-11-26', name: 'Closed for stock-taking' };
  await lab.as('manager').call(setCalendar, { week: Array.from({ length: 7 }, () => day), holidays: [thursday] });
  // tests.csv: CBC 180 minutes, 45 when urgent. An hour is left today; Thursday is closed; two hours from Friday 7:00.
  assert.equal((await ordered(lab, ['CBC'])).lines[0]?.promisedAt, '2026-11-27T03:30:00.000Z');
  const stat = await ordered(lab, ['CBC'], { priority: 'stat' });
  assert.equal(stat.lines[0]?.promisedAt, '2026-11-25T15:15:00.000Z');
});

test('ORD-41 lab-day 5: pending from yesterday, and what passed its promise, are listed oldest first, page by page', async (t) => {
  const clock = createManualClock(MORNING);
  const lab = await startDesk(t, { clock });
  const first = await ordered(lab, ['CBC', 'TSH']);
  clock.advance(HOUR);
  await ordered(lab, ['CREA']);
  assert.deepEqual(await pendingCodes(lab), []);
  // Those of one order stand together, in any sequence.
  assert.deepEqual(oldestTwo(await pendingCodes(lab, { kind: 'all' })), ['CBC', 'TSH', 'CREA']);
  // The next day, a new order beside those of yesterday.
  clock.advance(24 * HOUR);
  await ordered(lab, ['CRP']);
  assert.deepEqual(oldestTwo(await pendingCodes(lab)), ['CBC', 'TSH', 'CREA']);
  assert.deepEqual((await pendingCodes(lab, { kind: 'overdue' })).includes('CRP'), false);
  assert.deepEqual(await pendingCodes(lab, { section: first.lines[0]?.section }), ['CBC']);
  const page = await lab.as('technician').call(listPending, { first: 2 });
  assert.equal(page.hasNextPage, true);
  assert.deepEqual(await pendingCodes(lab, { after: page.endCursor }), ['CREA']);
  // What is cancelled is pending no more.
  const lineIds = first.lines.map((line) => line.id);
  await lab.as('desk').call(cancelLines, { orderId: first.id, lineIds, reason: 'patient left', expectedVersion: 1 });
  assert.deepEqual(await pendingCodes(lab), ['CREA']);
  const [row] = (await lab.as('technician').call(listPending, {})).edges;
  assert.equal(row?.node.isOverdue, true);
  assert.equal((await lab.as('admin', newId()).call(listPending, {})).edges.length, 0);
  await lab.as('nobody').refused(listPending, {}, 'platform.forbidden');
  await lab.as('technician').refused(listPending, { after: 'rubbish' }, 'platform.bad_cursor');
});

test('ORD-42 lab-day 71: a breach is predicted from how long the test usually takes here, late ones come first', async (t) => {
  const clock = createManualClock(MORNING);
  const lab = await startDesk(t, { clock });
  // The middle of 100, 110, 150, 160, 170 is 150 minutes; the promise of a blood count is 180 from its order.
  await history(lab, 'CBC', [100, 170, 110, 160, 150]);
  const late = await ordered(lab, ['TSH'], { priority: 'stat' });
  const soon = await ordered(lab, ['CBC']);
  const risk = async () =>
    (await lab.as('technician').call(listAtRisk, {})).edges.map(({ node }) => ({
      number: node.orderNumber,
      risk: node.risk,
      basis: node.basis,
      expectedAt: node.expectedAt,
      reason: node.reason,
    }));
  // Drawn at once it would be ready 30 minutes before its promise.
  assert.deepEqual(
    (await risk()).map((row) => row.number),
    [],
  );
  clock.advance(40 * 60_000);
  // Not drawn for 40 minutes: 150 more is ten past the promise.
  const predicted = (await risk()).find((row) => row.number === soon.number);
  assert.deepEqual(predicted, {
    number: soon.number,
    risk: 'predicted',
    basis: 'history',
    expectedAt: '2027-01-06T08:10:00.000Z',
    reason: '2 h 20 min left, not drawn yet; it takes 2 h 30 min from drawing to signature (middle of the last 5)',
  });
  // Drawn ten minutes after it was ordered, it will be in time.
  await hear(lab, sampleCollected, soon.id, tubeOf(soon, '2027-01-06T05:10:00.000Z'));
  assert.deepEqual(
    (await risk()).filter((row) => row.number === soon.number),
    [],
  );
  clock.advance(4 * HOUR);
  const rows = await risk();
  assert.deepEqual(
    rows.map((row) => row.risk),
    ['overdue', 'overdue'],
  );
  assert.equal(rows[0]?.number, late.number);
  assert.equal(rows[0]?.basis, 'catalogue');
  assert.match(rows[1]?.reason ?? '', /over the promise, not received yet/);
  await hear(lab, sampleReceived, soon.id, tubeOf(soon, '2027-01-06T09:00:00.000Z'));
  assert.match((await risk())[1]?.reason ?? '', /no value yet/);
});

test('ORD-43 lab-day 71: a person says why a line is late; a line in time takes no reason', async (t) => {
  const clock = createManualClock(MORNING);
  const lab = await startDesk(t, { clock });
  const order = await ordered(lab, ['CBC']);
  const [line] = order.lines;
  assert.ok(line);
  const technician = lab.as('technician');
  const give = { orderId: order.id, lineId: line.id, reason: 'instrument_down', note: 'analyzer at service' } as const;
  await technician.refused(setBreachReason, give, 'order.not_overdue');
  clock.advance(5 * HOUR);
  const breach = await technician.call(setBreachReason, give);
  assert.deepEqual(
    [breach.reason, breach.note, breach.finishedAt, breach.setBy, breach.promisedAt],
    ['instrument_down', 'analyzer at service', null, 'technician', line.promisedAt],
  );
  await technician.call(setBreachReason, { ...give, reason: 'reagent', note: null });
  const listed = async (fromDay: string, toDay: string) =>
    (await technician.call(listBreaches, { fromDay, toDay })).edges.map((edge) => edge.node.reason);
  assert.deepEqual(await listed('2027-01-06', '2027-01-06'), ['reagent']);
  assert.deepEqual(await listed('2027-01-07', '2027-01-11'), []);
  assert.deepEqual(await listed('2026-12-01', '2027-01-05'), []);
  await technician.refused(setBreachReason, { ...give, lineId: newId() }, 'order.line_not_found');
  await lab.as('phlebotomist').refused(setBreachReason, give, 'platform.forbidden');
  await lab.as('admin', newId()).refused(setBreachReason, give, 'order.line_not_found');
  assert.deepEqual(await lab.changes('order', order.id), [
    'order.place',
    'order.set_breach_reason',
    'order.set_breach_reason',
  ]);
});
