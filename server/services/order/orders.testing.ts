// A lab in which people are registered and orders placed, without tubes and bench: for tests of what the desk does alone.
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { createLab } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import type { EventPayload, EventType } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { StartLabOptions, TestLab } from '../../testing/start-lab.ts';
import type { OrderView } from './contract.ts';
import { placeOrder, seedCatalogue } from './contract.ts';

/** Three services with the starter catalogue. */
export async function startDesk(t: TestContext, options: Omit<StartLabOptions, 'services'> = {}): Promise<TestLab> {
  const lab = await startLab(t, { ...options, services: ['organization', 'patient', 'order'] });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  return lab;
}

export async function registered(lab: TestLab, name = 'Lakshmi Raman'): Promise<string> {
  const patient = await lab.as('desk').call(registerPatient, { name, sex: 'female', bornOn: '1992-05-01' });
  return patient.id;
}

/** An order of a new person, placed at the desk. */
export async function placed(lab: TestLab, items: readonly string[], more: object = {}): Promise<OrderView> {
  const patientId = await registered(lab, `Lakshmi ${newId()}`);
  return lab.as('desk').call(placeOrder, { id: newId(), patientId, items: [...items], ...more });
}

export const openCodes = (order: OrderView) =>
  order.lines.filter((line) => line.status === 'open').map((line) => line.testCode);

/** Payloads of one kind of event that the order service told, oldest first. */
export async function told<E extends EventType>(lab: TestLab, event: E): Promise<readonly EventPayload<E>[]> {
  const rows = await lab.runtime
    .databaseOf('order')
    .platform((db) =>
      db.rows<{ payload: unknown }>(
        sql`select payload from lis_order.outbox where type = ${event.name} order by xid, seq`,
      ),
    );
  return rows.map((row) => event.schema.parse(row.payload) as EventPayload<E>);
}

/** Lets the order service hear an event as its teller's relay would bring it, and waits until it has been dealt with. */
export async function hear<E extends EventType>(
  lab: TestLab,
  event: E,
  orderId: string,
  payload: EventPayload<E>,
): Promise<void> {
  await lab.runtime.receive('order', [
    {
      specversion: '1.0',
      id: newId(),
      source: `nidaan/${event.service}`,
      type: event.name,
      subject: orderId,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      labid: lab.labId,
      dataversion: event.version,
      requestid: newId(),
      traceparent: null,
      data: payload as Record<string, unknown>,
    },
  ]);
  await lab.settle();
}
