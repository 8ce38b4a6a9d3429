// A lab whose orders, tubes and patients are real, for the tests of this service; and ways to look behind the counter.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { ageInDays, INDIA } from '@nidaan/values';
import sql from 'sql-template-tag';

import { placeOrder, seedCatalogue } from '#contract/order.ts';
import type { Priority } from '#contract/order.ts';
import { createLab } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { collectTube, planTubes } from '#contract/sample.ts';
import type { TubeView } from '#contract/sample.ts';
import type { EventPayload, EventType } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { signAs } from '../../testing/sign-as.ts';
import { startLab } from '../../testing/start-lab.ts';
import type { StartLabOptions, TestActor, TestLab } from '../../testing/start-lab.ts';
import type { InstrumentObservation, ResultView } from './contract.ts';
import { authoriseResults, enterResult, resultsOfOrders, verifyResults } from './contract.ts';

const DAY_MS = 86_400_000;

/** The calendar day, in the lab's zone, on which someone is born who is so many days old today. */
export function bornDaysAgo(days: number): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: INDIA }).format(new Date());
  const bornOn = new Date(Date.parse(`${today}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
  assert.equal(ageInDays(bornOn, new Date().toISOString()), days);
  return bornOn;
}

export interface Bench {
  readonly lab: TestLab;
  patient(given: { readonly sex: 'male' | 'female' | 'other'; readonly ageDays: number }): Promise<string>;
  /** Places an order; its tubes are planned, nothing is drawn. */
  order(
    items: readonly string[],
    given?: { readonly patientId?: string; readonly priority?: Priority },
  ): Promise<string>;
  tubes(orderId: string): Promise<readonly TubeView[]>;
  /** Draws every tube of the order. */
  collect(orderId: string): Promise<readonly TubeView[]>;
  results(orderId: string): Promise<readonly ResultView[]>;
  /** Ordered and drawn: the results that await a value. */
  awaiting(
    items: readonly string[],
    given?: { readonly patientId?: string; readonly priority?: Priority },
  ): Promise<readonly ResultView[]>;
  enter(result: ResultView, value: string): Promise<ResultView>;
  result(orderId: string, analyteCode: string): Promise<ResultView>;
  /** Verified by the technician, who has seen every hold. */
  verify(results: readonly ResultView[]): Promise<readonly ResultView[]>;
  /** Ordered, drawn, entered and verified: one value for each item. */
  verified(
    values: Readonly<Record<string, string>>,
    given?: { readonly patientId?: string; readonly priority?: Priority },
  ): Promise<readonly ResultView[]>;
  /** Signed by this person, with a fresh token. */
  sign(pathologist: TestActor, results: readonly ResultView[]): Promise<readonly ResultView[]>;
  /** Hands an event to this service as the relay does. */
  deliver<E extends EventType>(event: E, subject: string, payload: EventPayload<E>): Promise<void>;
  /** What this service has told about an order, oldest first. */
  told(orderId: string): Promise<readonly { readonly type: string; readonly payload: Record<string, unknown> }[]>;
}

/** Signing with the session alone and by one person: for tests about something else. */
const easySigning = { signingMinutes: 0, fourEyes: false } as const;

export interface BenchOptions extends Pick<StartLabOptions, 'clock' | 'services'> {
  /** Policies that differ from the usual ones of a lab; `{}` signs as a lab does, with two people and a token. */
  readonly policies?: StartLabOptions['policies'];
}

export async function startBench(t: TestContext, options: BenchOptions = {}): Promise<Bench> {
  const lab = await startLab(t, {
    services: ['organization', 'user', 'patient', 'order', 'sample', 'qc', 'equipment', 'result'],
    policies: easySigning,
    ...options,
  });
  await lab.system.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] });
  await lab.system.call(seedCatalogue, {});
  const technician = lab.as('technician');
  let serial = 0;

  const bench: Bench = {
    lab,
    patient: async ({ sex, ageDays }) => {
      serial += 1;
      const name = `Test Person ${'ABCDEFGHIJ'.charAt(serial % 10)}${'KLMNOPQRST'.charAt(Math.floor(serial / 10) % 10)}`;
      const registered = await lab
        .as('desk')
        .call(registerPatient, { name, sex, bornOn: bornDaysAgo(ageDays), isKnownToDiffer: true });
      return registered.id;
    },
    order: async (items, given = {}) => {
      const patientId = given.patientId ?? (await bench.patient({ sex: 'female', ageDays: 12_000 }));
      const placed = await lab
        .as('desk')
        .call(placeOrder, { patientId, items: [...items], priority: given.priority ?? 'routine' });
      await lab.settle();
      return placed.id;
    },
    tubes: (orderId) => lab.system.call(planTubes, { orderId }),
    collect: async (orderId) => {
      const tubes: TubeView[] = [];
      for (const { barcode } of await bench.tubes(orderId)) {
        tubes.push(await lab.as('phlebotomist').call(collectTube, { barcode }));
      }
      await lab.settle();
      return tubes;
    },
    // As the system, which leaves no look in the trail: a person's would come a quarter of a second later, in any place.
    results: (orderId) => lab.system.call(resultsOfOrders, { ids: [orderId] }),
    awaiting: async (items, given) => {
      const orderId = await bench.order(items, given);
      await bench.collect(orderId);
      return bench.results(orderId);
    },
    enter: (result, value) =>
      technician.call(enterResult, { resultId: result.id, value, expectedVersion: result.version }),
    result: async (orderId, analyteCode) => {
      const found = (await bench.results(orderId)).find((result) => result.analyteCode === analyteCode);
      assert.ok(found, `the order has ${analyteCode}`);
      return found;
    },
    verify: (results) =>
      technician.call(verifyResults, {
        items: results.map((result) => ({ ...stepOf(result), holdsSeen: [...result.holds] })),
      }),
    verified: async (values, given) => {
      const entered: ResultView[] = [];
      for (const result of await bench.awaiting(Object.keys(values), given))
        entered.push(await bench.enter(result, values[result.analyteCode] ?? ''));
      return bench.verify(entered);
    },
    sign: async (pathologist, results) =>
      pathologist.call(authoriseResults, {
        items: results.map(stepOf),
        signingToken: await signAs(lab, pathologist),
      }),
    deliver: async (event, subject, payload) => {
      await lab.runtime.receive('result', [
        {
          specversion: '1.0',
          id: newId(),
          source: `nidaan/${event.service}`,
          type: event.name,
          subject,
          time: new Date().toISOString(),
          datacontenttype: 'application/json',
          labid: lab.labId,
          dataversion: event.version,
          requestid: newId(),
          traceparent: null,
          data: payload as Record<string, unknown>,
        },
      ]);
    },
    told: (orderId) =>
      lab.runtime
        .databaseOf('result')
        .platform((db) =>
          db.rows(sql`select type, payload from lis_result.outbox where entity_id = ${orderId} order by seq`),
        ),
  };
  return bench;
}

export function stepOf({ id, version }: ResultView): { readonly resultId: string; readonly expectedVersion: number } {
  return { resultId: id, expectedVersion: version };
}

/** What an analyzer sends for a result: a good value in the analyte's unit, unless told otherwise. */
export function observe(
  result: ResultView,
  value: string,
  given: Partial<InstrumentObservation> = {},
): InstrumentObservation {
  return {
    key: newId(),
    messageId: newId(),
    instrument: 'XN-550',
    barcode: result.barcode ?? '',
    analyteCode: result.analyteCode,
    value,
    unit: result.unit,
    doubts: [],
    isPreliminary: false,
    note: null,
    indices: null,
    dilution: null,
    reagentLot: null,
    ...given,
  };
}

/** The payloads of `result.entered` told about an order, oldest first. */
export async function entriesTold(bench: Bench, orderId: string): Promise<readonly Record<string, unknown>[]> {
  return (await bench.told(orderId)).filter(({ type }) => type === 'result.entered').map(({ payload }) => payload);
}

/** What an ordinary line of an order says beside its test. */
export const plainLine = {
  panelCode: null,
  draw: null,
  origin: 'ordered',
  status: 'open',
  isOutsourced: false,
  isInScope: false,
} as const;
