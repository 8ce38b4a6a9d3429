// HL7 results stored per second against the same number of single-row inserts by the bare driver on the same PostgreSQL
// (goal 0.5), and B5: one client, one commit a message, against one-row inserts by one client (goal 0.25).
import pg from 'pg';

import { createMllpClient } from '@nidaan/mllp';

import { cbcMessage } from '../server/e2e/story.ts';
import type { Comparison, Outcome, Side } from './harness.ts';
import { compare } from './harness.ts';
import type { BenchLab, PlacedOrder } from './lab.ts';
import { placeOrder, startBenchLab } from './lab.ts';

const ROUNDS = 6;
const TUBES_A_ROUND = 20;
const CLIENTS = 4;
const MESSAGES_OF_ONE_CLIENT = 300;

/** The counter's numeric values: 20 results a message, as a five-part counter sends them. */
const COUNTS = [
  ['718-7', 'HGB', '13.4', 'g/dL'],
  ['6690-2', 'WBC', '7.20', '10*3/uL'],
  ['789-8', 'RBC', '4.62', '10*6/uL'],
  ['4544-3', 'HCT', '40.1', '%'],
  ['787-2', 'MCV', '86.8', 'fL'],
  ['785-6', 'MCH', '29.0', 'pg'],
  ['786-4', 'MCHC', '33.4', 'g/dL'],
  ['777-3', 'PLT', '251', '10*3/uL'],
  ['788-0', 'RDW', '13.1', '%'],
  ['770-8', 'NEU%', '58.0', '%'],
  ['736-9', 'LYM%', '32.0', '%'],
  ['5905-5', 'MON%', '6.0', '%'],
  ['713-8', 'EOS%', '3.0', '%'],
  ['706-2', 'BAS%', '1.0', '%'],
  ['751-8', 'NEU#', '4.18', '10*3/uL'],
  ['731-0', 'LYM#', '2.30', '10*3/uL'],
  ['742-7', 'MON#', '0.43', '10*3/uL'],
  ['711-2', 'EOS#', '0.22', '10*3/uL'],
  ['704-7', 'BAS#', '0.07', '10*3/uL'],
] as const;

const PEER_TABLE = `
  create table if not exists bench_result (
    id uuid primary key default gen_random_uuid(), lab_id uuid not null, order_id uuid not null, patient_id uuid not null, test_code text not null,
    analyte_code text not null, value text not null, unit text not null, flags text[] not null, status text not null, source text not null,
    entered_at timestamptz not null default now(), entered_by text not null, version int not null default 1);
  create index if not exists bench_by_order on bench_result (lab_id, order_id);
  create index if not exists bench_by_patient on bench_result (lab_id, patient_id, analyte_code, entered_at desc)`;
const INSERT = {
  name: 'bench-insert',
  text: `insert into bench_result (lab_id, order_id, patient_id, test_code, analyte_code, value, unit, flags, status, source, entered_by)
    values ($1, $1, $1, 'CBC', $2, $3, 'g/dL', '{L}', 'entered', 'bench', 'bench')`,
};
const SOME_ID = '0199a000-0000-7000-8000-000000000001';

function inserts(ownerUrl: string, count: number, connections: number): Side {
  return {
    name: `${connections} × bare pg, one row a commit`,
    round: async () => {
      const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: ownerUrl }));
      await Promise.all(clients.map((client) => client.connect()));
      const startedAt = performance.now();
      await Promise.all(
        clients.map(async (client) => {
          for (let n = 0; n < count / connections; n += 1)
            await client.query({ ...INSERT, values: [SOME_ID, `A${n % 20}`, String(n)] });
        }),
      );
      const seconds = (performance.now() - startedAt) / 1000;
      await Promise.all(clients.map((client) => client.end()));
      return count / seconds;
    },
  };
}

async function enteredCount(ownerUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ n: string }>(
    `select count(*) as n from lis_result.result where value is not null`,
  );
  await client.end();
  return Number(rows[0]?.n);
}

/** Sends one message a tube over several connections and waits until every value is a result. */
function results(lab: BenchLab, tubes: readonly PlacedOrder[]): Side {
  let used = 0;
  return {
    name: `${CLIENTS} × MLLP to stored results`,
    round: async () => {
      const mine = tubes.slice(used, used + TUBES_A_ROUND);
      used += TUBES_A_ROUND;
      const before = await enteredCount(lab.ownerUrl);
      const wanted = before + mine.length * COUNTS.length;
      const queue = [...mine];
      const startedAt = performance.now();
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          const client = await createMllpClient({ host: '127.0.0.1', port: lab.hl7Port, replyTimeoutMs: 10_000 });
          for (let tube = queue.shift(); tube; tube = queue.shift())
            await client.send(cbcMessage(tube.barcode, `bench-${tube.barcode}`, [...COUNTS]));
          await client.close();
        }),
      );
      while ((await enteredCount(lab.ownerUrl)) < wanted) await new Promise((resolve) => setTimeout(resolve, 2));
      return (mine.length * COUNTS.length) / ((performance.now() - startedAt) / 1000);
    },
  };
}

function acknowledged(lab: BenchLab): Side {
  let serial = 0;
  return {
    name: '1 × MLLP, stored and acknowledged',
    round: async () => {
      const client = await createMllpClient({ host: '127.0.0.1', port: lab.hl7Port, replyTimeoutMs: 10_000 });
      const startedAt = performance.now();
      for (let n = 0; n < MESSAGES_OF_ONE_CLIENT; n += 1) {
        serial += 1;
        await client.send(cbcMessage(`BENCH${serial}`, `bench-ack-${serial}`));
      }
      const seconds = (performance.now() - startedAt) / 1000;
      await client.close();
      return MESSAGES_OF_ONE_CLIENT / seconds;
    },
  };
}

export async function bench(): Promise<readonly Outcome[]> {
  const lab = await startBenchLab();
  try {
    const owner = new pg.Client({ connectionString: lab.ownerUrl });
    await owner.connect();
    await owner.query(PEER_TABLE);
    await owner.end();
    const tubes: PlacedOrder[] = [];
    for (let n = 0; n < ROUNDS * TUBES_A_ROUND; n += 1) tubes.push(await placeOrder(lab.admin, ['CBC'], n));
    const stored: Comparison = {
      name: 'HL7 results stored',
      unit: 'results/s',
      ours: results(lab, tubes),
      peer: inserts(lab.ownerUrl, TUBES_A_ROUND * COUNTS.length, 1),
      goal: 0.5,
      rounds: ROUNDS - 1,
    };
    const acked: Comparison = {
      name: 'B5 HL7 messages acknowledged',
      unit: 'messages/s',
      ours: acknowledged(lab),
      peer: inserts(lab.ownerUrl, MESSAGES_OF_ONE_CLIENT, 1),
      goal: 0.25,
    };
    return [await compare(stored), await compare(acked)];
  } finally {
    await lab.stop();
  }
}
