import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { createLab } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { systemActor } from '#platform/actor.ts';
import { createManualClock } from '#platform/clock.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { getOrder, getOrders, listOrders, orderPlaced, placeOrder, seedCatalogue } from './contract.ts';
import { graphql as graphqlModule } from './graphql.ts';
import { registered, startDesk, told } from './orders.testing.ts';

test('ORD-10 an order opens its panels, takes overlaps once, notes panel, price and promise, and tells it', async (t) => {
  const clock = createManualClock('2026-11-25T19:00:00.000Z');
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const order = await desk.call(placeOrder, {
    patientId,
    items: ['SGPT', 'LFT', 'CBC', 'CBC'],
    referredBy: 'Dr. Rao',
    clinicalNotes: 'Jaundice',
    isFasting: false,
  });
  // 19:00 UTC is half past midnight of the next day in India.
  assert.equal(order.number, '261126-0001');
  assert.equal(order.placedBy, 'desk');
  // panels.csv: LFT 70000; tests.csv: CBC 35000. SGPT is in the LFT.
  assert.deepEqual(
    order.items.map((item) => [item.code, item.kind, item.pricePaise]),
    [
      ['SGPT', 'test', 0],
      ['LFT', 'panel', 70_000],
      ['CBC', 'test', 35_000],
    ],
  );
  assert.equal(order.totalPaise, 105_000);
  // LFT = BILIRUBIN (TBIL|DBIL|IBIL)|SGOT|SGPT|OT_PT_RATIO|ALP|GGT|PROTEINS (TP|ALB|GLOB|AG_RATIO).
  assert.deepEqual(
    order.lines.map((line) => line.testCode),
    ['SGPT', 'TBIL', 'DBIL', 'IBIL', 'SGOT', 'OT_PT_RATIO', 'ALP', 'GGT', 'TP', 'ALB', 'GLOB', 'AG_RATIO', 'CBC'],
  );
  assert.ok(order.lines.every((line) => line.panelCode === (line.testCode === 'CBC' ? null : 'LFT')));
  // tests.csv: CBC 180 minutes.
  assert.equal(order.lines.at(-1)?.promisedAt, '2026-11-25T22:00:00.000Z');
  assert.deepEqual(await desk.call(getOrder, { orderId: order.id }), order);

  const [event] = await told(lab, orderPlaced);
  assert.equal(event?.orderId, order.id);
  const cbc = event?.lines.find((line) => line.testCode === 'CBC');
  assert.equal(cbc?.analytes.length, 26);
  assert.deepEqual(cbc?.analytes[0], {
    code: 'HGB',
    name: 'Haemoglobin',
    loinc: '718-7',
    ucum: 'g/dL',
    unitDisplay: 'g/dL',
    kind: 'numeric',
    decimals: 1,
    choices: [],
    formula: null,
    measuredAs: null,
  });
  // The system's own reading, by which tubes and results are planned, is no view.
  assert.deepEqual(await lab.audit('order', order.id), ['order.place', 'order.view']);
});

test('ORD-19 a test that another ordered test of its tube contains is taken once and costs nothing', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const input = { id: newId(), patientId: await registered(lab), items: ['HGB', 'CBC', 'ESR', 'U_SUGAR', 'URINE_R'] };
  const order = await desk.call(placeOrder, input);
  // tests.csv: CBC has HGB, in the same EDTA tube; the whole urine has the sugar, in the same cup. The ESR is in neither.
  const prices = new Map(order.items.map((item) => [item.code, item.pricePaise]));
  assert.deepEqual([prices.get('HGB'), prices.get('CBC'), prices.get('U_SUGAR')], [0, 35_000, 0]);
  assert.equal(order.totalPaise, 35_000 + (prices.get('ESR') ?? 0) + (prices.get('URINE_R') ?? 0));
  assert.deepEqual(
    order.lines.map((line) => line.testCode),
    ['CBC', 'ESR', 'URINE_R'],
  );
  const [event] = await told(lab, orderPlaced);
  assert.equal(event?.lines.flatMap((line) => line.analytes).filter(({ code }) => code === 'HGB').length, 1);
  // It is still an item of the order, so that the same order sent again is the same.
  assert.deepEqual((await desk.call(placeOrder, input)).id, order.id);
  await desk.refused(placeOrder, { ...input, items: ['CBC', 'ESR', 'URINE_R'] }, 'order.id_taken');
});

test('ORD-57 the draws of a glucose tolerance test are lines of their own, each with the time on its label', async (t) => {
  const lab = await startDesk(t);
  const input = { patientId: await registered(lab), items: ['GLU_F', 'GLU_1H', 'GLU_2H', 'CBC'] };
  const order = await lab.as('desk').call(placeOrder, input);
  // handling.csv
  assert.deepEqual(
    order.lines.map((line) => [line.testCode, line.draw]),
    [
      ['GLU_F', 'fasting'],
      ['GLU_1H', '1 h after 75 g'],
      ['GLU_2H', '2 h after 75 g'],
      ['CBC', null],
    ],
  );
  const [event] = await told(lab, orderPlaced);
  assert.deepEqual(
    event?.lines.map((line) => line.draw),
    order.lines.map((line) => line.draw),
  );
  assert.equal(event?.lines[1]?.analytes[0]?.measuredAs, 'GLU');
});

test('ORD-11 stat and urgent orders are promised by the urgent turnaround', async (t) => {
  const lab = await startDesk(t, { clock: createManualClock('2026-11-25T05:00:00.000Z') });
  const patientId = await registered(lab);
  const stat = await lab.as('desk').call(placeOrder, { patientId, items: ['CBC'], priority: 'stat' });
  // tests.csv: CBC 45 minutes when urgent.
  assert.equal(stat.lines[0]?.promisedAt, '2026-11-25T05:45:00.000Z');
});

test('ORD-12 unknown codes are all named, an unknown patient is refused, and nothing is written', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const refusal = await desk.refused(
    placeOrder,
    { patientId, items: ['CBC', 'XX1', 'LFT', 'XX2'] },
    'order.unknown_item',
  );
  assert.deepEqual(refusal.details['codes'], ['XX1', 'XX2']);
  assert.match(refusal.message, /XX1, XX2/);
  await desk.refused(placeOrder, { patientId: newId(), items: ['CBC'] }, 'patient.not_found');
  await desk.refused(placeOrder, { patientId, items: [] }, 'platform.invalid_input');
  await desk.refused(getOrder, { orderId: newId() }, 'order.not_found');
  assert.equal((await desk.call(listOrders, {})).edges.length, 0);
  assert.deepEqual(await told(lab, orderPlaced), []);
});

test('ORD-13 placing the same order twice, even at once, places it once', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const id = newId();
  const input = { id, patientId, items: ['LFT', 'CBC'] };
  const [one, two] = await Promise.all([desk.call(placeOrder, input), desk.call(placeOrder, input)]);
  const again = await desk.call(placeOrder, { ...input, id: id.toUpperCase(), items: ['CBC', 'LFT'] });
  assert.deepEqual(new Set([one.number, two.number, again.number]).size, 1);
  assert.deepEqual(
    two.lines.map((line) => line.id),
    one.lines.map((line) => line.id),
  );
  await desk.refused(placeOrder, { ...input, items: ['LFT'] }, 'order.id_taken');
  await desk.refused(placeOrder, { ...input, patientId: await registered(lab, 'Asha Patil') }, 'order.id_taken');
  assert.equal((await told(lab, orderPlaced)).length, 1);
  assert.deepEqual(await lab.audit('order', id), ['order.place']);
  // The repeats used up no number.
  const next = await desk.call(placeOrder, { patientId, items: ['CBC'] });
  assert.equal(Number(next.number.slice(-4)), Number(one.number.slice(-4)) + 1);
});

test('ORD-14 orders placed at the same moment get numbers one after the other', async (t) => {
  const lab = await startDesk(t, { clock: createManualClock('2026-11-25T05:00:00.000Z') });
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const orders = await Promise.all(
    Array.from({ length: 8 }, () => desk.call(placeOrder, { patientId, items: ['CBC'] })),
  );
  assert.deepEqual(
    orders.map((order) => order.number).sort(),
    [1, 2, 3, 4, 5, 6, 7, 8].map((serial) => `261125-000${serial}`),
  );
});

test('ORD-15 the list is newest first, of a patient when asked, by number when typed, page by page', async (t) => {
  const clock = createManualClock('2026-11-24T05:00:00.000Z');
  const lab = await startDesk(t, { clock });
  const desk = lab.as('desk');
  const [first, second] = [await registered(lab), await registered(lab, 'Asha Patil')];
  for (const patientId of [first, second, first]) {
    await desk.call(placeOrder, { patientId, items: ['CBC'] });
    clock.advance(60_000);
  }
  clock.advance(86_400_000);
  await desk.call(placeOrder, { patientId: second, items: ['LFT'] });
  const numbers = async (input: Parameters<typeof desk.call<typeof listOrders>>[1]) =>
    (await desk.call(listOrders, input)).edges.map((edge) => edge.node.number);
  assert.deepEqual(await numbers({}), ['261125-0001', '261124-0003', '261124-0002', '261124-0001']);
  assert.deepEqual(await numbers({ patientId: second }), ['261125-0001', '261124-0002']);
  assert.deepEqual(await numbers({ text: '261124' }), ['261124-0003', '261124-0002', '261124-0001']);
  assert.deepEqual(await numbers({ text: '2611240002' }), ['261124-0002']);
  assert.deepEqual(await numbers({ text: '1' }), ['261125-0001']);
  assert.deepEqual(await numbers({ text: '261124', patientId: second }), ['261124-0002']);
  assert.deepEqual(await numbers({ text: 'Lakshmi' }), []);
  const page = await desk.call(listOrders, { first: 3 });
  assert.equal(page.hasNextPage, true);
  assert.deepEqual(await numbers({ after: page.endCursor }), ['261124-0001']);
  await desk.refused(listOrders, { after: 'rubbish' }, 'platform.bad_cursor');
  // A cursor of another list: the right number of parts, of the wrong kind.
  const foreignCursor = Buffer.from(JSON.stringify(['x', 'y'])).toString('base64url');
  await desk.refused(listOrders, { after: foreignCursor }, 'platform.bad_cursor');
  const ids = page.edges.map((edge) => edge.node.id);
  assert.deepEqual(
    (await desk.call(getOrders, { ids: [...ids, newId()] })).map((order) => order.id).sort(),
    [...ids].sort(),
  );
});

test('ORD-16 another lab sees no order, cannot take its id, and roles are kept', async (t) => {
  const lab = await startDesk(t);
  const desk = lab.as('desk');
  const patientId = await registered(lab);
  const order = await desk.call(placeOrder, { patientId, items: ['CBC'] });
  const foreign = lab.as('admin', newId());
  await foreign.refused(getOrder, { orderId: order.id }, 'order.not_found');
  assert.deepEqual(await foreign.call(getOrders, { ids: [order.id] }), []);
  assert.equal((await foreign.call(listOrders, {})).edges.length, 0);
  assert.equal((await foreign.call(listOrders, { text: order.number })).edges.length, 0);
  await foreign.refused(placeOrder, { patientId, items: ['CBC'] }, 'order.unknown_item');
  await equipLab(lab, foreign.actor.labId ?? '');
  await foreign.refused(placeOrder, { patientId, items: ['CBC'] }, 'patient.not_found');
  const theirs = await foreign.call(registerPatient, { name: 'Asha Patil', sex: 'female', bornOn: '1980-01-01' });
  await foreign.refused(placeOrder, { id: order.id, patientId: theirs.id, items: ['CBC'] }, 'order.id_taken');
  await lab.as('phlebotomist').refused(placeOrder, { patientId, items: ['CBC'] }, 'platform.forbidden');
  await lab.as('nobody').refused(listOrders, {}, 'platform.forbidden');
});

/** Makes a second lab with a catalogue. */
async function equipLab(lab: TestLab, labId: string): Promise<void> {
  const scope = lab.runtime.scopeOf(systemActor(labId, 'seed'));
  await lab.runtime.dispatcher.call(
    createLab,
    {
      id: labId,
      code: 'PUNE',
      name: 'Pune Lab',
      addressLines: [],
      phone: '+91 20 1',
      email: 'lab@pune.example',
      registrationNumber: 'X/1',
      accessionPrefix: 'P',
    },
    scope,
  );
  await lab.runtime.dispatcher.call(seedCatalogue, {}, scope);
}

test('ORD-18 a screen finds, places and reads an order by GraphQL', async (t) => {
  const lab = await startDesk(t);
  const patientId = await registered(lab);
  const desk = lab.as('desk');
  const schema = buildSchema([graphqlModule]);
  const ask = async (source: string, variableValues: Readonly<Record<string, unknown>>) => {
    const scope = lab.runtime.scopeOf(desk.actor);
    return graphql({
      schema,
      source,
      variableValues,
      contextValue: createGraphqlContext(lab.runtime.dispatcher, scope),
    });
  };
  const found = await ask(
    'query ($text: String) { catalogue(text: $text, first: 1) { nodes { code kind testCodes } pageInfo { hasNextPage } } }',
    {
      text: 'electrolytes',
    },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(found)), {
    // panels.csv: ELECTROLYTES
    data: {
      catalogue: {
        nodes: [{ code: 'ELECTROLYTES', kind: 'panel', testCodes: ['NA', 'K', 'CL'] }],
        pageInfo: { hasNextPage: true },
      },
    },
  });
  const placed = await ask(
    `mutation ($input: PlaceOrderInput!) {
      placeOrder(input: $input) { id number priority totalPaise items { code pricePaise } lines { testCode panelCode promisedAt } }
    }`,
    { input: { patientId, items: ['CBC'], priority: 'stat', referredBy: null } },
  );
  assert.equal(placed.errors, undefined);
  const page = await ask(
    'query ($patientId: ID) { orders(patientId: $patientId) { nodes { priority lines { testCode } } } }',
    { patientId },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(page)), {
    data: { orders: { nodes: [{ priority: 'stat', lines: [{ testCode: 'CBC' }] }] } },
  });
  const tests = await ask(
    '{ tests(codes: ["CBC"]) { shortName container { capColour } analytes { code } } ranges(analyteCodes: ["HGB"]) { sex low } }',
    {},
  );
  assert.equal(tests.errors, undefined);
});
