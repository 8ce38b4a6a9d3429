// What tests of this service begin with: an order, placed at the desk, and its tubes.
import assert from 'node:assert/strict';

import sql from 'sql-template-tag';

import { placeOrder } from '#contract/order.ts';
import type { OrderView, Priority } from '#contract/order.ts';
import { registerPatient } from '#contract/patient.ts';
import { ServiceError } from '#platform/errors.ts';

import type { TestLab } from '../../testing/start-lab.ts';
import { collectTube, custody, findTube, planTubes, receiveTubes } from './contract.ts';
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

/** The tubes of a new order, drawn and received. */
export async function received(lab: TestLab, items: readonly string[]): Promise<readonly TubeView[]> {
  const tubes = await planned(lab, items);
  const barcodes = tubes.map((tube) => tube.barcode);
  for (const barcode of barcodes) await lab.as('phlebotomist').call(collectTube, { barcode });
  return (await lab.as('technician').call(receiveTubes, { barcodes })).received;
}

/** What a tube has been through: the acts of its custody. */
export async function acts(lab: TestLab, barcode: string): Promise<readonly string[]> {
  return (await lab.as('technician').call(custody, { barcode })).map((each) => each.act);
}

export async function tubeNow(lab: TestLab, barcode: string): Promise<TubeView> {
  return lab.as('technician').call(findTube, { barcode });
}

/** Of calls made at once: how many went through, and the codes of those that did not. */
export function fates(
  outcomes: readonly PromiseSettledResult<unknown>[],
): readonly [won: number, told: readonly string[]] {
  const lost = outcomes.flatMap((each): readonly unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const codes = lost.map((reason) => (reason instanceof ServiceError ? reason.code : String(reason)));
  return [outcomes.length - lost.length, codes];
}
