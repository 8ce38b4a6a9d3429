// Values entered in the large lab: a sample of 25 with all its rules against a commit of 25 rows (B12), the grid of 50 and of
// 500, a sample of many calculated values; and 100,000 results taken in by the seed's own writer against a plain COPY (B13).
import process from 'node:process';

import pg from 'pg';

import { copyIn, cellsText } from '../server/platform/database/copy.ts';
import { newScope } from '../server/platform/scope.ts';
import { systemActor } from '../server/platform/actor.ts';
import type { CallInput, CallOutput } from '../server/platform/contract.ts';
import { getRules } from '../server/services/order/contract.ts';
import { enterManyResults, listWorklist, resultsOfOrders } from '../server/services/result/contract.ts';
import type { ResultView } from '../server/services/result/contract.ts';
import { judge } from '../server/services/result/domain/judge.ts';
import { bulkRows } from '../server/services/result/bulk-rows.ts';
import type { ResultBatch } from '../server/services/result/bulk-rows.ts';
import { readMenu } from '../server/boot/seed-large/menu.ts';
import { makePieces } from '../server/boot/seed-large/pieces.ts';
import { makePlan } from '../server/boot/seed-large/plan.ts';
import type { Outcome } from './harness.ts';
import { compare, median } from './harness.ts';
import type { LargeLab } from './large-lab.ts';

const SAMPLE = 25;
const SAMPLES_A_ROUND = 10;
const ROUNDS = 5;
const JUDGINGS = 200;
const IMPORTED = 100_000;
const IMPORTED_ORDERS = 19_000;
const PEER_TABLE = `
  create table if not exists bench_row (
    id uuid primary key default gen_random_uuid(), lab_id uuid not null, order_id uuid not null, patient_id uuid not null, test_code text not null,
    analyte_code text not null, value text not null, unit text not null, flags text[] not null, status text not null, source text not null,
    entered_at timestamptz not null default now(), entered_by text not null, version int not null default 1);
  create index if not exists bench_row_by_order on bench_row (lab_id, order_id);
  create index if not exists bench_row_by_patient on bench_row (lab_id, patient_id, analyte_code, entered_at desc)`;
const PEER_COLUMNS = [
  'lab_id',
  'order_id',
  'patient_id',
  'test_code',
  'analyte_code',
  'value',
  'unit',
  'flags',
  'status',
  'source',
  'entered_by',
];
const SOME_ID = '0199a000-0000-7000-8000-000000000001';

type Entered = CallOutput<typeof enterManyResults>;

/** Results that take a typed number now, of as many orders as there are. */
async function open({ call }: LargeLab): Promise<readonly ResultView[]> {
  const found: ResultView[] = [];
  for (const status of ['awaiting', 'entered'] as const)
    for (let after: string | null = null; ;) {
      const page: CallOutput<typeof listWorklist> = await call(listWorklist, { status, first: 100, after });
      found.push(...page.edges.map(({ node }) => node));
      if (!page.hasNextPage || found.length > 3000) break;
      after = page.endCursor;
    }
  return found.filter((result) => result.kind === 'numeric' && !result.isCalculated);
}

/** Each call types other values than the one before, so that everything is written, judged and calculated anew. */
async function enter({ call }: LargeLab, results: readonly ResultView[]): Promise<Entered> {
  const fresh = await call(resultsOfOrders, {
    ids: [...new Set(results.map((result) => result.orderId))].slice(0, 200),
  });
  const byId = new Map(fresh.map((result) => [result.id, result]));
  const items: CallInput<typeof enterManyResults>['items'] = results.flatMap(({ id }, at) => {
    const now = byId.get(id);
    return now
      ? [
          {
            resultId: id,
            value: String(5 + ((at + entries) % 7) / 10),
            expectedVersion: now.version,
            confirmAbsurd: 'benchmark',
          },
        ]
      : [];
  });
  entries += 1;
  const startedAt = performance.now();
  const entered = await call(enterManyResults, { items });
  lastMs = performance.now() - startedAt;
  const refused = entered.items.find((item) => item.refused !== null);
  if (refused?.refused) throw new Error(`A value was refused: ${refused.refused.code}`);
  return entered;
}
/** How long the last entering itself took, and how many there were. */
let lastMs = 0;
let entries = 0;

async function rulesCpuMs(lab: LargeLab, sample: readonly ResultView[]): Promise<number> {
  const { analytes } = await lab.call(getRules, { analyteCodes: sample.map((result) => result.analyteCode) });
  const rulesOf = new Map(analytes.map((rules) => [rules.analyteCode, rules]));
  const judged = sample.map(({ unit, kind, analyteCode, loinc }) => ({
    analyte: { analyteCode, loinc, unit, ucum: null, kind, decimals: 1, choices: [] },
    rules: rulesOf.get(analyteCode),
  }));
  const person = { sex: 'female', ageDays: 12_000 } as const;
  const sent = { value: '13.4', lacksUnit: false, isDoubted: false, isPreliminary: false };
  const round = () => {
    for (const { analyte, rules } of judged) judge(analyte, sent, person, rules?.bands ?? []);
  };
  for (let n = 0; n < JUDGINGS; n += 1) round();
  const before = process.cpuUsage();
  for (let n = 0; n < JUDGINGS; n += 1) round();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / JUDGINGS;
}

async function benchSample(
  lab: LargeLab,
  owner: pg.Client,
  results: readonly ResultView[],
): Promise<readonly Outcome[]> {
  const groups = [...Map.groupBy(results, (result) => result.orderId).values()].toSorted((a, b) => b.length - a.length);
  const sample = groups.find((group) => group.length >= SAMPLE)?.slice(0, SAMPLE);
  if (!sample) throw new Error(`No open order has ${SAMPLE} results`);
  await owner.query(PEER_TABLE);
  const rows = Array.from({ length: SAMPLE }, (_, n) => n);
  const cpuBefore = process.cpuUsage();
  let calls = 0;
  const entering = await compare({
    name: 'B12 a sample of 25 entered',
    unit: 'samples/s',
    goal: 0.15,
    rounds: ROUNDS,
    ours: {
      name: 'result.enterMany with its rules',
      round: async () => {
        let ms = 0;
        for (let n = 0; n < SAMPLES_A_ROUND; n += 1) {
          await enter(lab, sample);
          ms += lastMs;
          calls += 1;
        }
        return SAMPLES_A_ROUND / (ms / 1000);
      },
    },
    peer: {
      name: 'bare pg, 25 rows a commit',
      round: async () => {
        const startedAt = performance.now();
        for (let n = 0; n < SAMPLES_A_ROUND; n += 1)
          await owner.query(
            `insert into bench_row (lab_id, order_id, patient_id, test_code, analyte_code, value, unit, flags, status, source, entered_by)
             select $1, $1, $1, 'CBC', 'A' || n, n::text, 'g/dL', '{L}', 'entered', 'bench', 'bench' from unnest($2::int[]) as n`,
            [SOME_ID, rows],
          );
        return SAMPLES_A_ROUND / ((performance.now() - startedAt) / 1000);
      },
    },
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = await rulesCpuMs(lab, sample);
  process.stdout.write(
    `Rules of 25 values: ${cpuMs.toFixed(2)} ms CPU (goal < 2); the whole of entering them ${((user + system) / 1000 / Math.max(1, calls)).toFixed(0)} ms CPU of this process, the peer's and the reading of versions included.\n`,
  );
  return [entering];
}

async function tell(lab: LargeLab, name: string, results: readonly ResultView[]): Promise<void> {
  const times: number[] = [];
  let others = 0;
  for (let n = 0; n < ROUNDS; n += 1) {
    others = (await enter(lab, results)).others.length;
    times.push(lastMs);
  }
  process.stdout.write(
    `${name}: ${results.length} values in ${median(times).toFixed(0)} ms (median of ${ROUNDS}, worst ${Math.max(...times).toFixed(0)}), ${others} others changed with them.\n`,
  );
}

async function resultBatches(lab: LargeLab, seed: number): Promise<readonly ResultBatch[]> {
  const scope = newScope(systemActor(lab.labId, 'bench'), SOME_ID);
  const menu = await readMenu({ call: (call, input) => lab.call(call, input) }, scope);
  const plan = makePlan(IMPORTED_ORDERS, seed, new Date().toISOString().slice(0, 10), 0);
  const labs = plan.labs.map((each) => ({ ...each, id: lab.labId }));
  return [...makePieces(plan, labs, menu, Date.now())].map((piece) => piece.result);
}

/** Of one batch: lines of the result table alone. */
function linesOf(batch: ResultBatch): readonly string[] {
  const lines: string[] = [];
  bulkRows.write(batch, (table, line) => {
    if (table === 'lis_result.result') lines.push(line);
  });
  return lines;
}

async function benchImport(lab: LargeLab, owner: pg.Client, seed: number): Promise<Outcome> {
  const batches = await resultBatches(lab, seed);
  const columns = bulkRows.tables.find((table) => table.name === 'lis_result.result')?.columns ?? [];
  await owner.query(
    'drop table if exists bench_import; create table bench_import (like lis_result.result including all)',
  );
  const peerLines = Array.from({ length: IMPORTED }, (_, n) =>
    cellsText([SOME_ID, SOME_ID, SOME_ID, 'CBC', `A${n % 25}`, String(n), 'g/dL', ['L'], 'entered', 'bench', 'bench']),
  );
  try {
    return await compare({
      name: 'B13 100,000 results taken in',
      unit: 'rows/s',
      goal: 0.1,
      rounds: 3,
      ours: {
        name: "the seed's writer, judged, all indexes on",
        round: async () => {
          await owner.query('truncate bench_import');
          const startedAt = performance.now();
          let count = 0;
          for (const batch of batches) {
            const lines = linesOf(batch);
            await copyIn(owner, 'bench_import', columns, lines);
            count += lines.length;
            if (count >= IMPORTED) break;
          }
          return count / ((performance.now() - startedAt) / 1000);
        },
      },
      peer: {
        name: 'COPY of 11 columns, 3 indexes',
        round: async () => {
          await owner.query('truncate bench_row');
          const startedAt = performance.now();
          await copyIn(owner, 'bench_row', PEER_COLUMNS, peerLines);
          return IMPORTED / ((performance.now() - startedAt) / 1000);
        },
      },
    });
  } finally {
    await owner.query('drop table bench_import');
  }
}

export async function benchEntry(lab: LargeLab, seed: number): Promise<readonly Outcome[]> {
  const owner = new pg.Client({ connectionString: lab.ownerUrl });
  await owner.connect();
  try {
    const results = await open(lab);
    const outcomes = [...(await benchSample(lab, owner, results))];
    await tell(lab, 'Grid of 50', results.slice(0, 50));
    await tell(lab, 'Grid of 500', results.slice(0, 500));
    const largest = [...Map.groupBy(results, (result) => result.orderId).values()].toSorted(
      (a, b) => b.length - a.length,
    )[0];
    if (largest) await tell(lab, 'The largest sample with its calculated values', largest);
    outcomes.push(await benchImport(lab, owner, seed));
    return outcomes;
  } finally {
    await owner.query('drop table if exists bench_row').catch(() => {});
    await owner.end();
  }
}
