// A lab with real orders and tubes whose instrument ports are open; and further processes of the same installation beside it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import pg from 'pg';

import { placeOrder, seedCatalogue } from '#contract/order.ts';
import { createLab, setPolicies } from '#contract/organization.ts';
import { registerPatient } from '#contract/patient.ts';
import { resultsOfOrders } from '#contract/result.ts';
import type { ResultView } from '#contract/result.ts';
import { collectTube, planTubes } from '#contract/sample.ts';
import type { Actor } from '#platform/actor.ts';
import { systemActor } from '#platform/actor.ts';
import { createMemoryCache } from '#platform/cache/memory.ts';
import { systemClock } from '#platform/clock.ts';
import type { Call, CallInput, CallOutput, TrailEntry } from '#platform/contract.ts';
import { ServiceError, serviceUnreachable } from '#platform/errors.ts';
import { createFolderStore } from '#platform/files/folder.ts';
import { newId } from '#platform/ids.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { createRuntime } from '#platform/runtime/runtime.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';

import { DEMO_LAB } from '../../boot/seed-demo.ts';
import { loadServices } from '../../boot/services.ts';
import type { ServiceName } from '../../boot/services.ts';
import { copyTemplate, serverUrl } from '../../testing/databases.ts';
import { testConfig } from '../../testing/start-lab.ts';
import { starterRoles } from '../user/domain/permissions.ts';
import { integrationTrail, listInbox, listMessages } from './contract.ts';
import type { InboxItem, MessageView } from './contract.ts';

/** In an order of their own, so that the seeded template is shared with no other test. */
const SERVICES: readonly ServiceName[] = [
  'integration',
  'qc',
  'equipment',
  'result',
  'sample',
  'order',
  'patient',
  'organization',
];

export interface Actors {
  call<C extends Call>(call: C, input: CallInput<C>): Promise<CallOutput<C>>;
  refused<C extends Call>(call: C, input: CallInput<C>, code: string): Promise<void>;
}

/** One process of the installation. */
export interface Process {
  readonly runtime: Runtime;
  readonly hl7Port: number;
  readonly astmPort: number;
  stop(): Promise<void>;
}

export interface InstrumentLab extends Process {
  readonly labId: string;
  readonly databaseName: string;
  as(role: string, labId?: string): Actors;
  readonly system: Actors;
  /** Starts one more process on the same database. */
  startAnother(env?: Readonly<Record<string, string>>): Promise<Process>;
  /** Orders the tests; their first tube is planned and not drawn. */
  order(items: readonly string[]): Promise<{ readonly orderId: string; readonly barcode: string }>;
  /** Orders the tests and draws the tube under this barcode; with no barcode, under the lab's own number. */
  draw(items: readonly string[], barcode?: string): Promise<{ readonly orderId: string; readonly barcode: string }>;
  results(orderId: string): Promise<readonly ResultView[]>;
  /** Values that came in, by analyte: `HGB` → `13.1`. */
  values(orderId: string): Promise<Readonly<Record<string, string>>>;
  /** Waits until every stored message has its fate and no news is on its way. */
  settle(): Promise<void>;
  messages(): Promise<readonly MessageView[]>;
  inbox(): Promise<readonly InboxItem[]>;
  trail(orderId: string): Promise<readonly TrailEntry[]>;
  /** A connection to the database as its owner, for looking and for getting in the way. */
  asOwner(): Promise<pg.Client>;
}

export interface InstrumentLabOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** An empty database, no lab in it. */
  readonly isEmpty?: boolean;
}

const noRemote = {
  call: async (call: Call) => {
    throw serviceUnreachable({ service: call.service });
  },
  deliver: async () => {},
};

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1200; turn += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited in vain until ${what}`);
}

export async function startInstrumentLab(
  t: Pick<TestContext, 'after'>,
  options: InstrumentLabOptions = {},
): Promise<InstrumentLab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-instruments-'));
  const services = await loadServices(options.isEmpty === true ? [...SERVICES].toReversed() : SERVICES);
  const make = (
    urls: Awaited<ReturnType<typeof copyTemplate>>['urls'],
    env: Readonly<Record<string, string>> = {},
  ): Runtime =>
    createRuntime({
      config: testConfig({ HL7_HOST: '127.0.0.1', ASTM_HOST: '127.0.0.1', ...env }, dataDir),
      services,
      everyService: services,
      urlsOf: () => urls,
      remote: noRemote,
      ports: {
        cache: createMemoryCache(systemClock),
        files: createFolderStore(join(dataDir, 'files')),
        pdf: createPdfRenderer({ workers: 1 }),
      },
      clock: systemClock,
      log: silentLog,
      metrics: createMetrics(),
      pollMs: 100,
    });
  const database = await copyTemplate(options.isEmpty === true ? 'no lab' : 'instruments', services, async (urls) => {
    if (options.isEmpty === true) return;
    const runtime = make(urls);
    const scope = runtime.scopeOf(systemActor(DEMO_LAB.id, 'seed'));
    await runtime.dispatcher.call(createLab, { ...DEMO_LAB, addressLines: [...DEMO_LAB.addressLines] }, scope);
    // These tests are about instruments: one person may do both steps, and signs without confirming who it is.
    await runtime.dispatcher.call(setPolicies, { fourEyes: false, signingMinutes: 0 }, scope);
    await runtime.dispatcher.call(seedCatalogue, {}, scope);
    await runtime.stop();
  });
  const open: Runtime[] = [];
  const clients: pg.Client[] = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
    await Promise.all(open.map((runtime) => runtime.stop()));
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const startProcess = async (env?: Readonly<Record<string, string>>): Promise<Process> => {
    const runtime = make(database.urls, env);
    open.push(runtime);
    await runtime.start();
    const facts = runtime.facts()['integration'] ?? {};
    return { runtime, hl7Port: Number(facts['hl7']), astmPort: Number(facts['astm']), stop: () => runtime.stop() };
  };
  const first = await startProcess(options.env);
  /** The one that answers calls: the last started. */
  const answering = () => open.at(-1) ?? first.runtime;

  const actorOf = (actor: Actor): Actors => {
    const call: Actors['call'] = (each, input) => answering().dispatcher.call(each, input, answering().scopeOf(actor));
    return {
      call,
      refused: async (each, input, code) => {
        const outcome = await call(each, input).then(
          () => 'ok',
          (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
        );
        assert.equal(outcome, code, each.name);
      },
    };
  };
  const as: InstrumentLab['as'] = (role, labId = DEMO_LAB.id) =>
    actorOf({
      kind: 'user',
      userId: newId(),
      name: role,
      labId,
      permissions: starterRoles[role] ?? [],
      sessionId: newId(),
    });
  const system = actorOf(systemActor(DEMO_LAB.id, 'test'));
  let serial = 0;

  const asOwner = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: database.urls.owner });
    client.on('error', () => {});
    await client.connect();
    clients.push(client);
    return client;
  };
  let owner: Promise<pg.Client> | undefined;
  const count = async (query: string): Promise<number> => {
    owner ??= asOwner();
    const { rows } = await (await owner).query<{ n: string }>(query);
    return Number(rows[0]?.n);
  };
  // One statement, one snapshot: asked service by service, an event could move behind the back of the question.
  const onTheWay = services
    .map(
      ({ name }) => `
      (select count(*) from lis_${name}.inbox where state = 'waiting')
      + (select count(*) from lis_${name}.outbox_cursor as c join lis_${name}.outbox as o on (o.xid, o.seq) > (c.xid, c.seq))`,
    )
    .join(' + ');
  const isQuiet = async (): Promise<boolean> =>
    (await count(
      `select (select count(*) from lis_integration.message where status = 'stored') + ${onTheWay} as n`,
    )) === 0;
  const lab: InstrumentLab = {
    ...first,
    labId: DEMO_LAB.id,
    databaseName: database.name,
    as,
    system,
    startAnother: startProcess,
    asOwner,
    order: async (items) => {
      serial += 1;
      const name = `Test Person ${String.fromCodePoint(65 + (serial % 26))}`;
      const patient = await as('desk').call(registerPatient, {
        name,
        sex: 'female',
        bornOn: '1991-02-03',
        isKnownToDiffer: true,
      });
      const order = await as('desk').call(placeOrder, { patientId: patient.id, items: [...items] });
      await lab.settle();
      const [tube] = await system.call(planTubes, { orderId: order.id });
      assert.ok(tube);
      return { orderId: order.id, barcode: tube.barcode };
    },
    draw: async (items, barcode) => {
      const planned = await lab.order(items);
      const scan = { barcode: planned.barcode, preprintedBarcode: barcode ?? null };
      const drawn = await as('phlebotomist').call(collectTube, scan);
      await lab.settle();
      return { orderId: planned.orderId, barcode: drawn.barcode };
    },
    results: (orderId) => as('technician').call(resultsOfOrders, { ids: [orderId] }),
    values: async (orderId) =>
      Object.fromEntries(
        (await lab.results(orderId)).flatMap(({ analyteCode, value }) =>
          value === null ? [] : [[analyteCode, value]],
        ),
      ),
    settle: () => until('every message has its fate', isQuiet),
    messages: async () => (await as('technician').call(listMessages, { first: 100 })).edges.map(({ node }) => node),
    inbox: async () => (await as('technician').call(listInbox, { first: 100 })).edges.map(({ node }) => node),
    trail: (orderId) => system.call(integrationTrail, { caseIds: [orderId] }),
  };
  return lab;
}

/** A connection to the server beside the lab's database, for shutting and opening that database. */
export async function onServer(statement: string, parameters: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    await client.query(statement, [...parameters]);
  } finally {
    await client.end();
  }
}

/** Rows in the order of their texts, for comparing where the order does not matter. */
export function inOrder<T>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** A fixture with its blanks filled, as segments or records. */
export function fixture(name: string, blanks: Readonly<Record<string, string>>): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
  const filled = Object.entries(blanks).reduce((so, [blank, value]) => so.replaceAll(`{${blank}}`, value), text);
  return filled.split('\n').filter((line) => line !== '');
}

export function hl7Fixture(name: string, barcode: string): Buffer {
  return Buffer.from(`${fixture(name, { barcode }).join('\r')}\r`);
}
