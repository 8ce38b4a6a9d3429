// The desk's one box, and fields that lead from one service to another: who sees what, and how many calls a list takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql } from 'graphql';

import { savePartner } from '#contract/organization.ts';
import type { OrderView } from '#contract/order.ts';
import { placeOrder } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { TestActor } from '../../testing/start-lab.ts';
import { links } from './links.ts';
import { searchBox } from './search.ts';
import { trail } from './trail.ts';

test('the desk finds people and orders in one box, and lists cost as many calls as they have kinds of things', async (t) => {
  const lab = await startLab(t);
  const desk = lab.as('desk');
  const modules = lab.runtime.services.flatMap((service) => (service.graphql ? [service.graphql] : []));
  const schema = buildSchema([...modules, links, searchBox, trail]);
  const made: string[] = [];
  const dispatcher: Dispatcher = {
    bindings: lab.runtime.dispatcher.bindings,
    call: (call, input, scope) => {
      made.push(call.name);
      return lab.runtime.dispatcher.call(call, input, scope);
    },
  };
  const ask = async (by: TestActor, source: string, variableValues: Record<string, unknown> = {}) => {
    made.length = 0;
    const contextValue = createGraphqlContext(dispatcher, lab.runtime.scopeOf(by.actor));
    const reply = await graphql({ schema, source, variableValues, contextValue });
    const [error] = reply.errors ?? [];
    const code: unknown = error?.originalError && Reflect.get(error.originalError, 'code');
    return {
      data: JSON.parse(JSON.stringify(reply.data ?? null)),
      code,
      error: error?.message,
      calls: made.toSorted(),
    };
  };

  const name = `Ziauddin ${newId().slice(-6)}`;
  const patient = await desk.call(registerPatient, { name, sex: 'male', bornOn: '1980-01-01', mobile: '9812345678' });
  const centre = await lab
    .as('manager')
    .call(savePartner, { kind: 'centre', code: `C-${newId().slice(-6).toUpperCase()}`, name: 'Camp Road centre' });
  const orders: OrderView[] = [];
  for (const items of [['CBC'], ['EGFR'], ['TSH', 'HIV']]) {
    const input = { patientId: patient.id, items, source: 'centre', sourceId: centre.id } as const;
    orders.push(await desk.call(placeOrder, input));
  }
  await lab.settle();
  const [first] = orders;
  assert.ok(first);

  const box = 'query ($text: String!) { search(text: $text, first: 5) { patients { id } orders { number } } }';
  await t.test('lab-day 6: a name finds the person, a number the order, a mobile the family', async () => {
    const byName = await ask(desk, box, { text: name });
    assert.deepEqual(byName.data.search, { patients: [{ id: patient.id }], orders: [] });
    assert.deepEqual(byName.calls, ['order.list', 'patient.search']);
    const byNumber = await ask(desk, box, { text: ` ${first.number} ` });
    assert.deepEqual(byNumber.data.search.orders, [{ number: first.number }]);
    const byMobile = await ask(desk, box, { text: '9812345678' });
    assert.ok(byMobile.data.search.patients.some(({ id }: { readonly id: string }) => id === patient.id));
    assert.deepEqual(byMobile.data.search.orders, []);
    const long = await ask(desk, box, { text: `${first.number} `.padEnd(50, '0') });
    assert.deepEqual(long.data.search.orders, []);
    assert.equal((await ask(desk, box, { text: 'x'.repeat(101) })).code, 'platform.invalid_input');
  });

  await t.test('a part the person may not see is left out; who may see neither is refused', async () => {
    const withRights = (permissions: readonly string[]): TestActor => ({
      ...desk,
      actor: { ...desk.actor, userId: newId(), permissions },
    });
    const patientsOnly = await ask(withRights(['patient.read']), box, { text: first.number });
    assert.deepEqual([patientsOnly.error, patientsOnly.data.search.orders], [undefined, null]);
    const ordersOnly = await ask(withRights(['order.read']), box, { text: first.number });
    assert.deepEqual(ordersOnly.data.search, { patients: null, orders: [{ number: first.number }] });
    assert.equal((await ask(withRights(['qc.read']), box, { text: name })).code, 'platform.forbidden');
    const foreign = await ask(lab.as('desk', newId()), box, { text: first.number });
    assert.deepEqual(foreign.data.search, { patients: [], orders: [] });
  });

  await t.test('the list of orders with person, place, warnings and why each line is pending', async () => {
    const source = `query ($id: ID!) { orders(patientId: $id) { nodes {
      number patient { id } sourcePartner { name } sourceDoctor { id } warnings { purpose }
      lines { orderId testCode origin whyPending { stage consent } }
    } } }`;
    const { data, error, calls } = await ask(desk, source, { id: patient.id });
    assert.equal(error, undefined);
    const [hiv, egfr, cbc] = data.orders.nodes;
    assert.deepEqual(hiv.sourcePartner, { name: 'Camp Road centre' });
    assert.equal(hiv.sourceDoctor, null);
    assert.deepEqual(hiv.warnings, [{ purpose: 'hiv_test' }]);
    assert.deepEqual(hiv.lines.at(-1), {
      orderId: orders[2]?.id,
      testCode: 'HIV',
      origin: 'ordered',
      whyPending: { stage: 'not_drawn', consent: 'missing' },
    });
    assert.deepEqual(
      egfr.lines.map((line: { readonly testCode: string; readonly origin: string }) => [line.testCode, line.origin]),
      [
        ['EGFR', 'ordered'],
        ['CREA', 'calculation'],
      ],
    );
    assert.deepEqual(cbc.warnings, []);
    // Three orders and five lines: one call a kind of thing.
    assert.deepEqual(calls, [
      'order.list',
      'order.pendingOfOrders',
      'order.warnings',
      'organization.getPartners',
      'patient.getMany',
    ]);
  });

  await t.test('results with the decisions of auto-verification, one call for all of them', async () => {
    const source = 'query ($id: ID!) { order(id: $id) { results { analyteCode decisions { outcome } } } }';
    const { data, error, calls } = await ask(lab.as('pathologist'), source, { id: first.id });
    assert.equal(error, undefined);
    assert.ok(data.order.results.length > 10);
    assert.deepEqual(data.order.results[0].decisions, []);
    assert.deepEqual(calls, ['autoverify.ofResults', 'order.get', 'result.ofOrders']);
  });

  await t.test('the trail of an order is asked of every service that acts on it', async () => {
    const source = 'query ($id: ID!) { auditTrail(orderId: $id) { service act } }';
    const { data, error, calls } = await ask(lab.as('admin'), source, { id: first.id });
    assert.equal(error, undefined);
    assert.ok(data.auditTrail.some(({ act }: { readonly act: string }) => act === 'order.place'));
    assert.deepEqual(calls.filter((name_) => name_.endsWith('.trail')).length, 8);
  });
});
