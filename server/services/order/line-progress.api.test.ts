import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { graphql } from 'graphql';
import sql from 'sql-template-tag';

import { createLab } from '#contract/organization.ts';
import { authoriseResults, enterResult, resultsOfOrders, verifyResults } from '#contract/result.ts';
import { collectTube, decideRejected, planTubes, receiveTubes, rejectTube, sampleCollected } from '#contract/sample.ts';
import { createManualClock } from '#platform/clock.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { TestLab } from '../../testing/start-lab.ts';
import type { OrderView } from './contract.ts';
import {
  addTests,
  cancelLines,
  getOrder,
  listAtRisk,
  listBreaches,
  listPending,
  placeOrder,
  seedCatalogue,
  whyPending,
} from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { hear, registered, startDesk } from './orders.testing.ts';

/** Later than the clock of the database, which says when an event is due: Wednesday, 10:30 in India. */
const MORNING = '2027-01-06T05:00:00.000Z';

async function startBench(t: TestContext) {
  const clock = createManualClock(MORNING);
  const lab = await startLab(t, {
    clock,
    services: ['organization', 'user', 'patient', 'order', 'sample', 'qc', 'equipment', 'result'],
    policies: { signingMinutes: 0, fourEyes: false },
  });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  return { lab, clock };
}

async function ordered(lab: TestLab, items: readonly string[]): Promise<OrderView> {
  const order = await lab
    .as('desk')
    .call(placeOrder, { patientId: await registered(lab, `Asha ${newId()}`), items: [...items] });
  await lab.settle();
  return order;
}

async function stages(lab: TestLab, ...orders: readonly OrderView[]): Promise<Readonly<Record<string, string>>> {
  await lab.settle();
  const rows = await lab.as('desk').call(whyPending, { orderIds: orders.map((order) => order.id) });
  return Object.fromEntries(rows.map((row) => [row.testCode, row.stage]));
}

const boardStages = async (lab: TestLab) =>
  (await lab.as('technician').call(listPending, { kind: 'all' })).edges
    .map(({ node }) => `${node.testCode} ${node.stage}`)
    .toSorted();

test('ORD-45 why is this pending: from the needle to the signature, for every line', async (t) => {
  const { lab, clock } = await startBench(t);
  const technician = lab.as('technician');
  const order = await ordered(lab, ['TSH', 'CRP']);
  assert.deepEqual(await stages(lab, order), { TSH: 'not_drawn', CRP: 'not_drawn' });
  const tubes = await lab.system.call(planTubes, { orderId: order.id });
  for (const { barcode } of tubes) await lab.as('phlebotomist').call(collectTube, { barcode });
  assert.deepEqual(await stages(lab, order), { TSH: 'not_received', CRP: 'not_received' });
  assert.deepEqual(await boardStages(lab), ['CRP collected', 'TSH collected']);
  await technician.call(receiveTubes, { barcodes: tubes.map((tube) => tube.barcode) });
  assert.deepEqual(await stages(lab, order), { TSH: 'awaiting_value', CRP: 'awaiting_value' });
  const results = async () => lab.system.call(resultsOfOrders, { ids: [order.id] });
  const [tsh] = (await results()).filter((result) => result.testCode === 'TSH');
  assert.ok(tsh);
  const entered = await technician.call(enterResult, { resultId: tsh.id, value: '2.1', expectedVersion: tsh.version });
  assert.deepEqual(entered.holds, []);
  assert.deepEqual(await stages(lab, order), { TSH: 'awaiting_verification', CRP: 'awaiting_value' });
  const step = (result: { readonly id: string; readonly version: number }) => ({
    resultId: result.id,
    expectedVersion: result.version,
  });
  const [verified] = await technician.call(verifyResults, { items: [step(entered)] });
  assert.ok(verified);
  assert.deepEqual(await stages(lab, order), { TSH: 'awaiting_authorisation', CRP: 'awaiting_value' });
  assert.deepEqual(await boardStages(lab), ['CRP received', 'TSH verified']);

  // Signed two days late: a breach, and the pace of the test is known from now on.
  clock.advance(48 * 3_600_000);
  await lab.as('pathologist').call(authoriseResults, { items: [step(verified)] });
  assert.deepEqual(await stages(lab, order), { TSH: 'authorised', CRP: 'awaiting_value' });
  const breaches = await technician.call(listBreaches, { fromDay: '2027-01-06', toDay: '2027-01-08' });
  assert.deepEqual(
    breaches.edges.map(({ node }) => [node.testCode, node.finishedAt, node.reason]),
    [['TSH', '2027-01-08T05:00:00.000Z', null]],
  );
  assert.deepEqual(
    (await technician.call(listAtRisk, {})).edges.map(({ node }) => node.testCode),
    ['CRP'],
  );

  // lab-day 18: what is signed nobody cancels, not even the pathologist.
  const lineId = order.lines.find((line) => line.testCode === 'TSH')?.id ?? '';
  const cancel = { orderId: order.id, lineIds: [lineId], reason: 'by mistake', expectedVersion: 1 };
  const refusal = await lab.as('pathologist').refused(cancelLines, cancel, 'order.cannot_move');
  assert.equal(refusal.details['stage'], 'authorised');
  const crp = order.lines.find((line) => line.testCode === 'CRP')?.id ?? '';
  await lab.as('pathologist').call(cancelLines, { ...cancel, lineIds: [crp] });
  assert.deepEqual(await stages(lab, order), { TSH: 'authorised', CRP: 'cancelled' });
  const rows = await lab.as('desk').call(whyPending, { orderIds: [order.id, newId()] });
  assert.match(rows.find((row) => row.testCode === 'CRP')?.words ?? '', /by mistake/);
  assert.deepEqual(await lab.as('admin', newId()).call(whyPending, { orderIds: [order.id] }), []);
});

test('ORD-46 lab-day 32: an added test reaches the bench, a cancelled one leaves it', async (t) => {
  const { lab } = await startBench(t);
  const desk = lab.as('desk');
  const order = await ordered(lab, ['TSH']);
  const added = await desk.call(addTests, { orderId: order.id, requestId: newId(), items: ['CRP'] });
  await lab.settle();
  const statuses = async () => {
    await lab.settle();
    const results = await lab.system.call(resultsOfOrders, { ids: [order.id] });
    return results.map((result) => `${result.testCode} ${result.status}`).toSorted();
  };
  assert.deepEqual(await statuses(), ['CRP expected', 'TSH expected']);
  const lineIds = added.lines.filter((line) => line.testCode === 'TSH').map((line) => line.id);
  await desk.call(cancelLines, { orderId: order.id, lineIds, reason: 'by mistake', expectedVersion: added.version });
  assert.deepEqual(await statuses(), ['CRP expected', 'TSH cancelled']);
});

test('ORD-39 lab-day 29: rejected at the counter, a tube is drawn again or its tests are refunded', async (t) => {
  const { lab, clock } = await startBench(t);
  const technician = lab.as('technician');
  const order = await ordered(lab, ['TSH', 'CBC']);
  const promisedAt = async (testCode: string) =>
    (await lab.as('desk').call(getOrder, { orderId: order.id })).lines.find((line) => line.testCode === testCode)
      ?.promisedAt;
  const first = await promisedAt('CBC');
  const tubes = await lab.system.call(planTubes, { orderId: order.id });
  const barcodeOf = (testCode: string) => tubes.find((tube) => tube.testCodes.includes(testCode))?.barcode ?? '';
  for (const { barcode } of tubes) await lab.as('phlebotomist').call(collectTube, { barcode });
  await technician.call(receiveTubes, { barcodes: tubes.map((tube) => tube.barcode) });
  for (const code of ['TSH', 'CBC']) {
    await technician.call(rejectTube, { barcode: barcodeOf(code), reasonCode: 'haemolysed' });
  }
  assert.deepEqual(await stages(lab, order), { TSH: 'rejected', CBC: 'rejected' });
  assert.deepEqual(await boardStages(lab), ['CBC rejected', 'TSH rejected']);
  clock.advance(3_600_000);
  await technician.call(decideRejected, { barcode: barcodeOf('CBC'), decision: 'recollect' });
  await technician.call(decideRejected, { barcode: barcodeOf('TSH'), decision: 'refund' });
  assert.deepEqual(await stages(lab, order), { TSH: 'cancelled', CBC: 'not_drawn' });
  // An hour later decided, an hour later promised.
  assert.equal(Date.parse((await promisedAt('CBC')) ?? '') - Date.parse(first ?? ''), 3_600_000);
  const after = await lab.as('desk').call(getOrder, { orderId: order.id });
  assert.equal(after.items.find((item) => item.code === 'TSH')?.isReversed, true);
});

test('ORD-48 an order of before lines had a clock gets one when it first moves, by the promise made then', async (t) => {
  const lab = await startDesk(t);
  const [orderId, lineId] = [newId(), newId()];
  const patientId = await registered(lab);
  await lab.runtime.databaseOf('order').transaction(lab.labId, {}, async (db) => {
    await db.rows(sql`
      insert into lis_order.placed_order (id, lab_id, number, patient_id, priority, placed_at, placed_by)
      values (${orderId}, ${lab.labId}, '260101-0001', ${patientId}, 'routine', '2026-01-01T05:00:00Z', 'desk')`);
    await db.rows(sql`
      insert into lis_order.order_line
        (id, lab_id, order_id, position, test_code, test_name, section, specimen, container_code, promised_at)
      values (${lineId}, ${lab.labId}, ${orderId}, 1, 'CBC', 'Blood count', 'HAEMATOLOGY', 'Blood', 'EDTA',
        '2026-01-01T08:00:00Z')`);
  });
  const open = async () => (await lab.as('desk').call(listPending, {})).edges.map((edge) => edge.node);
  assert.deepEqual(await open(), []);
  assert.equal((await lab.as('desk').call(getOrder, { orderId })).lines[0]?.status, 'open');
  const at = '2026-01-01T06:00:00.000Z';
  const tube = { tubeId: newId(), orderId, patientId, barcode: 'N1', lineIds: [lineId], at, by: 'phlebo' };
  await hear(lab, sampleCollected, orderId, tube);
  const [line] = await open();
  assert.deepEqual(
    [line?.stage, line?.collectedAt, line?.promisedAt, line?.isOverdue],
    ['collected', at, '2026-01-01T08:00:00.000Z', true],
  );
});

test('ORD-47 a screen adds, edits, cancels, asks why and keeps drafts by GraphQL', async (t) => {
  const { lab } = await startBench(t);
  const order = await ordered(lab, ['TSH', 'CRP']);
  const schema = buildSchema([graphqlModule]);
  const desk = lab.as('desk');
  const ask = async (source: string, variableValues: Readonly<Record<string, unknown>> = {}) => {
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(desk.actor));
    const answer = await graphql({ schema, source, variableValues, contextValue });
    assert.equal(answer.errors, undefined);
    return JSON.parse(JSON.stringify(answer.data));
  };
  const line = order.lines[0]?.id;
  assert.deepEqual(
    await ask(
      'mutation ($input: AddTestsInput!) { addTests(input: $input) { version lines { testCode origin status } } }',
      {
        input: { orderId: order.id, requestId: newId(), items: ['CREA'] },
      },
    ),
    {
      addTests: {
        version: 2,
        lines: [
          { testCode: 'TSH', origin: 'ordered', status: 'open' },
          { testCode: 'CRP', origin: 'ordered', status: 'open' },
          { testCode: 'CREA', origin: 'added', status: 'open' },
        ],
      },
    },
  );
  assert.deepEqual(
    await ask('mutation ($input: EditOrderInput!) { editOrder(input: $input) { priority clinicalNotes version } }', {
      input: { orderId: order.id, expectedVersion: 2, priority: 'stat', clinicalNotes: 'Fever' },
    }),
    { editOrder: { priority: 'stat', clinicalNotes: 'Fever', version: 3 } },
  );
  // Null takes a fact away, a field left out stays.
  assert.deepEqual(
    await ask('mutation ($input: EditOrderInput!) { editOrder(input: $input) { priority clinicalNotes } }', {
      input: { orderId: order.id, expectedVersion: 3, clinicalNotes: null },
    }),
    { editOrder: { priority: 'stat', clinicalNotes: null } },
  );
  await ask('mutation ($input: CancelLinesInput!) { cancelLines(input: $input) { version } }', {
    input: { orderId: order.id, lineIds: [line], reason: 'by mistake', expectedVersion: 4 },
  });
  const board = await ask(`{
    pendingLines(kind: all) { nodes { testCode stage } }
    linesAtRisk { nodes { risk line { testCode } } }
    reflexProposals { nodes { id } }
    turnaroundBreaches(fromDay: "2027-01-01", toDay: "2027-01-31") { nodes { lineId } }
    whyPending(orderIds: ["${order.id}"]) { testCode stage words }
  }`);
  assert.deepEqual(board.pendingLines.nodes.map((row: { testCode: string }) => row.testCode).toSorted(), [
    'CREA',
    'CRP',
  ]);
  assert.deepEqual(
    board.whyPending.map((row: { stage: string }) => row.stage),
    ['cancelled', 'not_drawn', 'not_drawn'],
  );
  const draft = await ask(
    'mutation ($id: ID!) { saveOrderDraft(id: $id, content: { name: "Asha" }) { content } discardOrderDraft(id: $id) }',
    { id: newId() },
  );
  assert.deepEqual(draft, { saveOrderDraft: { content: { name: 'Asha' } }, discardOrderDraft: true });
});
