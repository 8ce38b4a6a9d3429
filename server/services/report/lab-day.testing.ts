// The way of an order through the lab for the tests of this service: from the desk to the pathologist, by the calls people
// make, on the demo lab.
import assert from 'node:assert/strict';

import { placeOrder } from '#contract/order.ts';
import type { OrderView } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { authoriseResults, enterResult, resultsOfOrders, verifyResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, planTubes, receiveTubes } from '#contract/sample.ts';
import { createUser, listUsers } from '#contract/user.ts';

import type { TestActor, TestLab } from '../../testing/start-lab.ts';
import type { ReportView } from './contract.ts';
import { reportsOfOrders } from './contract.ts';

/** Values by analyte code. */
export type Values = Readonly<Record<string, string>>;

export interface LabDay {
  readonly lab: TestLab;
  /** The demo lab's own pathologist, who has a registration number. */
  readonly pathologist: TestActor;
  /** Someone with the same rights who has none. */
  readonly unregistered: TestActor;
}

function asUser(lab: TestLab, role: string, userId: string): TestActor {
  const scope = () => lab.runtime.scopeOf({ ...lab.as(role).actor, userId });
  const { dispatcher } = lab.runtime;
  return {
    actor: { ...lab.as(role).actor, userId },
    call: (call, input) => dispatcher.call(call, input, scope()),
    refused: () => assert.fail('only calls'),
  };
}

export async function startDay(lab: TestLab): Promise<LabDay> {
  const users = await lab.system.call(listUsers, { first: 100 });
  const path = users.edges.map((edge) => edge.node).find((user) => user.username === 'path');
  assert.ok(path);
  const novice = await lab.system.call(createUser, {
    username: 'novice',
    name: 'Dr. Novice',
    password: 'monsoon-1994',
    roles: ['pathologist'],
    qualification: 'MD (Pathology)',
  });
  return { lab, pathologist: asUser(lab, 'pathologist', path.id), unregistered: asUser(lab, 'pathologist', novice.id) };
}

/** Registers, orders, draws and receives; the results wait for values. */
export async function orderAtTheBench(lab: TestLab, items: readonly string[]): Promise<OrderView> {
  const desk = lab.as('desk');
  const patient = await desk.call(registerPatient, {
    name: 'Asha Patil',
    sex: 'female',
    age: { years: 34 },
    isKnownToDiffer: true,
  });
  const order = await desk.call(placeOrder, {
    patientId: patient.id,
    items: [...items],
    referredBy: 'Dr. Sunita Kulkarni',
  });
  await lab.settle();
  const tubes = await lab.system.call(planTubes, { orderId: order.id });
  for (const { barcode } of tubes) await lab.as('phlebotomist').call(collectTube, { barcode });
  await lab.as('technician').call(receiveTubes, { barcodes: tubes.map(({ barcode }) => barcode) });
  await lab.settle();
  return order;
}

/** The technician enters and verifies the values given; others stay as they are. */
export async function enterAndVerify(lab: TestLab, orderId: string, values: Values): Promise<readonly ResultView[]> {
  const technician = lab.as('technician');
  const waiting = await technician.call(resultsOfOrders, { ids: [orderId] });
  const entered: ResultView[] = [];
  for (const result of waiting) {
    const value = values[result.analyteCode];
    if (value === undefined) continue;
    entered.push(await technician.call(enterResult, { resultId: result.id, value, expectedVersion: result.version }));
  }
  return technician.call(verifyResults, {
    items: entered.map(({ id, version, holds }) => ({ resultId: id, expectedVersion: version, holdsSeen: holds })),
  });
}

export async function authorise(actor: TestActor, results: readonly ResultView[]): Promise<void> {
  await actor.call(authoriseResults, {
    items: results.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
  });
}

export async function authorisedOrder(day: LabDay, values: Values, items = Object.keys(values)): Promise<OrderView> {
  const order = await orderAtTheBench(day.lab, items);
  await authorise(day.pathologist, await enterAndVerify(day.lab, order.id, values));
  return order;
}

/** Waits until the newest report of the order is in the state; jobs run on their own time. */
export async function reportInState(
  lab: TestLab,
  orderId: string,
  status: ReportView['status'],
  version = 1,
): Promise<ReportView> {
  for (let turn = 0; turn < 600; turn += 1) {
    const [newest] = await lab.as('desk').call(reportsOfOrders, { ids: [orderId] });
    if (newest?.status === status && newest.version === version) return newest;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return assert.fail(`no report of version ${version} came to be ${status} within 15 s`);
}
