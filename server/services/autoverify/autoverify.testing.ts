// A lab whose orders, tubes, results and controls are real, for the tests of this service.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import { placeOrder, seedCatalogue } from '#contract/order.ts';
import { createLab } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { recordControls, saveControlLot, setTarget } from '#contract/qc.ts';
import type { InstrumentObservation, ResultView } from '#contract/result.ts';
import { enterFromInstrument, enterResult, resultsOfOrders, verifyResults } from '#contract/result.ts';
import { collectTube, planTubes } from '#contract/sample.ts';
import type { CallInput } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { StartLabOptions, TestLab } from '../../testing/start-lab.ts';
import type { AutoMode, DecisionView, TestAutoView } from './contract.ts';
import { decisionsOfResults, setTestAuto } from './contract.ts';

export interface AutoLab extends TestLab {
  patient(given?: { readonly ageYears?: number }): Promise<string>;
  /** Ordered and drawn: the results that await a value. */
  awaiting(
    items: readonly string[],
    given?: { readonly patientId?: string; readonly isFasting?: boolean },
  ): Promise<readonly ResultView[]>;
  /** What an analyzer sends for these results, in one message; all that follows has happened. */
  send(
    instrument: string,
    values: readonly (readonly [result: ResultView, value: string])[],
    given?: Partial<InstrumentObservation>,
  ): Promise<readonly ResultView[]>;
  enter(result: ResultView, value: string): Promise<ResultView>;
  /** Verified by the technician, who has seen every hold. */
  verify(result: ResultView): Promise<ResultView>;
  now(result: ResultView): Promise<ResultView>;
  /** Newest first. */
  decisions(result: ResultView): Promise<readonly DecisionView[]>;
  set(testCode: string, mode: AutoMode, given?: Partial<CallInput<typeof setTestAuto>>): Promise<TestAutoView>;
  /** A run of one level with mean 100 and SD 5: 100 is in control, 110.5 a warning, 120 rejected. */
  control(instrument: string, analyteCode: string, value: string): Promise<void>;
  /** Told by this service about an order, oldest first. */
  told(orderId: string): Promise<readonly { readonly verified: readonly string[]; readonly held: readonly string[] }[]>;
}

const easySigning = { signingMinutes: 0, fourEyes: true } as const;

export async function startAutoLab(t: TestContext, options: Pick<StartLabOptions, 'clock'> = {}): Promise<AutoLab> {
  const lab = await startLab(t, {
    services: ['organization', 'user', 'patient', 'order', 'sample', 'result', 'qc', 'equipment', 'autoverify'],
    policies: easySigning,
    ...options,
  });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  const technician = lab.as('technician');
  const lots = new Map<string, string>();
  let serial = 0;
  const all = (orderId: string) => lab.system.call(resultsOfOrders, { ids: [orderId] });

  const auto: AutoLab = {
    ...lab,
    patient: async ({ ageYears } = {}) => {
      serial += 1;
      const name = `Test Person ${String.fromCodePoint(65 + (serial % 26))}${String.fromCodePoint(65 + Math.floor(serial / 26))}`;
      const born = ageYears === undefined ? { bornOn: '1990-05-14' } : { age: { years: ageYears } };
      return (await lab.as('desk').call(registerPatient, { name, sex: 'female', ...born, isKnownToDiffer: true })).id;
    },
    awaiting: async (items, given = {}) => {
      const patientId = given.patientId ?? (await auto.patient());
      const { id } = await lab
        .as('desk')
        .call(placeOrder, { patientId, items: [...items], isFasting: given.isFasting ?? null });
      await lab.settle();
      for (const { barcode } of await lab.system.call(planTubes, { orderId: id }))
        await lab.as('phlebotomist').call(collectTube, { barcode });
      await lab.settle();
      return all(id);
    },
    send: async (instrument, values, given = {}) => {
      await lab.system.call(enterFromInstrument, {
        observations: values.map(([result, value]) => ({
          key: newId(),
          messageId: newId(),
          instrument,
          barcode: result.barcode ?? '',
          analyteCode: result.analyteCode,
          value,
          unit: result.unit,
          doubts: [],
          isPreliminary: false,
          note: null,
          ...given,
        })),
      });
      await lab.settle();
      return Promise.all(values.map(([result]) => auto.now(result)));
    },
    enter: async (result, value) => {
      await technician.call(enterResult, { resultId: result.id, value, expectedVersion: result.version });
      await lab.settle();
      return auto.now(result);
    },
    verify: async (result) => {
      const items = [{ resultId: result.id, expectedVersion: result.version, holdsSeen: [...result.holds] }];
      await technician.call(verifyResults, { items });
      await lab.settle();
      return auto.now(result);
    },
    now: async ({ id, orderId }) => {
      const found = (await all(orderId)).find((result) => result.id === id);
      assert.ok(found);
      return found;
    },
    decisions: ({ id }) => technician.call(decisionsOfResults, { ids: [id] }),
    set: (testCode, mode, given = {}) =>
      lab.as('pathologist').call(setTestAuto, { testCode, mode, reason: 'Validated', ...given }),
    control: async (instrument, analyteCode, value) => {
      const pair = `${instrument} ${analyteCode}`;
      const lotId = lots.get(pair) ?? (await newLot(lab, instrument, analyteCode, `L${(serial += 1)}`));
      lots.set(pair, lotId);
      await technician.call(recordControls, { instrument, values: [{ lotId, analyteCode, value }] });
      await lab.settle();
    },
    told: async (orderId) => {
      const rows = await lab.runtime.databaseOf('autoverify').platform((db) =>
        db.rows<{ readonly payload: { readonly verified: readonly string[]; readonly held: readonly string[] } }>(sql`
            select payload from lis_autoverify.outbox where entity_id = ${orderId} order by seq`),
      );
      return rows.map(({ payload: { verified, held } }) => ({ verified, held }));
    },
  };
  return auto;
}

async function newLot(lab: TestLab, instrument: string, analyteCode: string, lotNumber: string): Promise<string> {
  const manager = lab.as('manager');
  const lot = await manager.call(saveControlLot, {
    material: 'Control',
    lotNumber,
    level: 1,
    expiresOn: '2099-12-31',
    sampleIds: [],
  });
  await manager.call(setTarget, {
    lotId: lot.id,
    instrument,
    analyteCode,
    kind: 'assigned',
    mean: '100',
    sd: '5',
    validFrom: '2020-01-01T00:00:00.000Z',
  });
  return lot.id;
}

/** The rules that held, in their order. */
export function heldBy(decision: DecisionView | undefined): readonly string[] {
  return (decision?.rules ?? []).filter(({ hasPassed }) => !hasPassed).map(({ rule }) => rule);
}
