// What tests of this service begin with: an order, placed at the desk, and its tubes.
import assert from 'node:assert/strict';

import sql from 'sql-template-tag';

import { placeOrder } from '#contract/order.ts';
import type { OrderView, Priority } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { planTubes } from './contract.ts';
import type { TubeView } from './contract.ts';

export async function placed(
  lab: TestLab,
  items: readonly string[],
  priority: Priority = 'routine',
): Promise<OrderView> {
  const desk = lab.as('desk');
  const patient = await desk.call(registerPatient, {
    name: 'Lakshmi Raman',
    sex: 'female',
    bornOn: '1992-05-01',
    isKnownToDiffer: true,
  });
  return desk.call(placeOrder, { patientId: patient.id, items: [...items], priority });
}

export async function planned(lab: TestLab, items: readonly string[]): Promise<readonly TubeView[]> {
  const order = await placed(lab, items);
  return lab.as('desk').call(planTubes, { orderId: order.id });
}

/** A planned tube of a new order. */
export async function oneTube(lab: TestLab): Promise<TubeView> {
  const [tube] = await planned(lab, ['CBC']);
  assert.ok(tube);
  return tube;
}

export interface Told {
  readonly type: string;
  readonly entityId: string;
  readonly payload: unknown;
}

export async function told(lab: TestLab): Promise<readonly Told[]> {
  return lab.runtime
    .databaseOf('sample')
    .platform((db) => db.rows<Told>(sql`select type, entity_id, payload from lis_sample.outbox order by seq`));
}
