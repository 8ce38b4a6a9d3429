// The way of an order through the lab for the tests of this service: from the desk to the pathologist, by the calls people
// make, on the demo lab.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';

import sql from 'sql-template-tag';

import { openLink } from '#contract/file.ts';
import { placeOrder } from '#contract/order.ts';
import type { OrderView } from '#contract/order.ts';
import { setPolicies } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { amendResults, authoriseResults, enterResult, resultsOfOrders, verifyResults } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, planTubes, receiveTubes } from '#contract/sample.ts';
import { createUser, listUsers } from '#contract/user.ts';
import { anonymous } from '#platform/actor.ts';
import type { EventPayload } from '#platform/contract.ts';

import type { TestActor, TestLab } from '../../testing/start-lab.ts';
import type { ReportView } from './contract.ts';
import { linkReport, reportReleased, reportsOfOrders } from './contract.ts';

/** Values by analyte code. */
export type Values = Readonly<Record<string, string>>;

export interface LabDay {
  readonly lab: TestLab;
  /** The demo lab's own pathologist, who has a registration number. */
  readonly pathologist: TestActor;
  /** Someone with the same rights who has none. */
  readonly unregistered: TestActor;
}

/** An actor of the role with another id or name: the demo lab's own, or a colleague. */
function colleague(
  lab: TestLab,
  role: string,
  differs: { readonly userId?: string; readonly name?: string },
): TestActor {
  const actor = { ...lab.as(role).actor, ...differs };
  const { dispatcher } = lab.runtime;
  return {
    actor,
    call: (call, input) => dispatcher.call(call, input, lab.runtime.scopeOf(actor)),
    refused: () => assert.fail('only calls'),
  };
}

export async function startDay(lab: TestLab): Promise<LabDay> {
  // These tests are about the paper: the session alone signs.
  await lab.system.call(setPolicies, { signingMinutes: 0 });
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
  return {
    lab,
    pathologist: colleague(lab, 'pathologist', { userId: path.id }),
    unregistered: colleague(lab, 'pathologist', { userId: novice.id }),
  };
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

/** A technician enters and another verifies the values given; the other results stay as they are. */
export async function enterAndVerify(lab: TestLab, orderId: string, values: Values): Promise<readonly ResultView[]> {
  const technician = lab.as('technician');
  const waiting = await technician.call(resultsOfOrders, { ids: [orderId] });
  const entered: ResultView[] = [];
  for (const result of waiting) {
    const value = values[result.analyteCode];
    if (value === undefined) continue;
    entered.push(await technician.call(enterResult, { resultId: result.id, value, expectedVersion: result.version }));
  }
  // Another one: what is transcribed from paper takes two.
  return colleague(lab, 'technician', { name: 'second technician' }).call(verifyResults, {
    items: entered.map(({ id, version, holds }) => ({ resultId: id, expectedVersion: version, holdsSeen: holds })),
  });
}

export async function authorise(actor: TestActor, results: readonly ResultView[]): Promise<void> {
  await actor.call(authoriseResults, {
    items: results.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
  });
}

/** Opens the signed result of an analyte again. */
export async function amend(day: LabDay, orderId: string, analyteCode: string, reason: string): Promise<ResultView> {
  const all = await day.pathologist.call(resultsOfOrders, { ids: [orderId] });
  const signed = all.find((result) => result.analyteCode === analyteCode);
  assert.ok(signed);
  const [opened] = await day.pathologist.call(amendResults, {
    items: [{ resultId: signed.id, expectedVersion: signed.version }],
    reason,
  });
  assert.ok(opened);
  return opened;
}

/** Opens, enters another value, verifies and signs. */
export async function amendTo(day: LabDay, orderId: string, values: Values, reason: string): Promise<void> {
  for (const analyteCode of Object.keys(values)) await amend(day, orderId, analyteCode, reason);
  await authorise(day.pathologist, await enterAndVerify(day.lab, orderId, values));
}

export async function authorisedOrder(day: LabDay, values: Values, items = Object.keys(values)): Promise<OrderView> {
  const order = await orderAtTheBench(day.lab, items);
  await authorise(day.pathologist, await enterAndVerify(day.lab, order.id, values));
  return order;
}

/** The PDF behind a link, as the gateway would give it out. */
export async function openPdf(lab: TestLab, url: string): Promise<Buffer> {
  const opened = await lab.runtime.dispatcher.call(
    openLink,
    { token: url.split('/').at(-1) ?? '' },
    lab.runtime.scopeOf(anonymous),
  );
  return buffer(await lab.runtime.systemCtx('file', lab.labId).ports.files.get(opened.key));
}

/** As the desk would get it. */
export async function pdfOf(lab: TestLab, reportId: string): Promise<Buffer> {
  return openPdf(lab, (await lab.as('desk').call(linkReport, { reportId })).url);
}

/** What `report.released` told, in order. */
export async function releasedFacts(lab: TestLab): Promise<readonly EventPayload<typeof reportReleased>[]> {
  const rows = await lab.runtime.databaseOf('report').platform((db) =>
    db.rows<{ payload: unknown }>(sql`
      select payload from lis_report.outbox where type = 'report.released' order by xid, seq`),
  );
  return rows.map(({ payload }) => reportReleased.schema.parse(payload));
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
