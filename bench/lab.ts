// A lab to measure: the program itself with its embedded, durable PostgreSQL, filled with orders over its own API.
import { createClient, signIn } from '../server/testing/graphql-client.ts';
import type { GraphqlClient } from '../server/testing/graphql-client.ts';
import { freePort, startLabProcess } from '../server/testing/lab-process.ts';
import type { LabProcess } from '../server/testing/lab-process.ts';
import { playDay } from '../server/demo/play-day.ts';

export { freePort };

export interface BenchLab extends LabProcess {
  readonly admin: GraphqlClient;
  /** Connection of the database's owner: for peers on the same PostgreSQL. */
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

/** Undoes like a test's `after`, when told. */
function createAfter(): { readonly context: { after(step?: unknown): void }; run(): Promise<void> } {
  const steps: (() => unknown)[] = [];
  return {
    context: {
      after: (step) => {
        if (typeof step === 'function') steps.push(() => step());
      },
    },
    run: async () => {
      for (let step = steps.pop(); step; step = steps.pop()) await step();
    },
  };
}

/** A lab on a PostgreSQL of ours with default durability, so that a peer can use the same server. */
export async function startBenchLab(options: { readonly isSplit?: boolean } = {}): Promise<BenchLab> {
  const after = createAfter();
  const { startEmbeddedPostgres } = await import('../server/platform/postgres/embedded.ts');
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = mkdtempSync(join(tmpdir(), 'nidaan-bench-pg-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => {} });
  after.context.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ownerUrl =
    server.socketDir === undefined
      ? server.superuserUrl
      : `${server.superuserUrl}?host=${encodeURIComponent(server.socketDir)}`;
  const lab = await startLabProcess(after.context, {
    isSplit: options.isSplit ?? false,
    env: { DATABASE_URL: ownerUrl, RATE_LIMIT_PER_MINUTE: '1000000' },
  });
  const admin = await signIn(lab.url, 'admin');
  return Object.assign(lab, { admin: createClient(lab.url, admin.token), ownerUrl, stop: after.run });
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly patientId: string;
  readonly barcode: string;
}

export async function placeOrder(admin: GraphqlClient, items: readonly string[], number: number): Promise<PlacedOrder> {
  const { registerPatient } = await admin.ask<{ registerPatient: { id: string } }>(
    `mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) { id } }`,
    {
      input: {
        name: `Bench Person ${number}`,
        sex: number % 2 === 0 ? 'male' : 'female',
        age: { years: 20 + (number % 60) },
      },
    },
  );
  const { placeOrder: order } = await admin.ask<{ placeOrder: { id: string; tubes: { barcode: string }[] } }>(
    `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { id tubes { barcode } } }`,
    { input: { patientId: registerPatient.id, items } },
  );
  const barcode = order.tubes[0]?.barcode ?? '';
  await admin.ask(`mutation ($input: CollectTubeInput!) { collectTube(input: $input) { status } }`, {
    input: { barcode },
  });
  return { orderId: order.id, patientId: registerPatient.id, barcode };
}

/** Plays the demo day, quietly. */
export async function playDayAgainst(url: string, hl7Port: number, astmPort: number): Promise<void> {
  await playDay({ url, hl7Port, astmPort, patients: 24, seed: 1, out: { write: () => true, isTTY: false } });
}
