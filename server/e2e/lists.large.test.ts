// No list reads a large table from end to end, by its rows or by an index. A hundredth of the large lab is made, every list and
// search is asked for, and PostgreSQL's own counts tell.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import pg from 'pg';

import { systemClock } from '#platform/clock.ts';
import type { DatabaseUrls } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Runtime } from '#platform/runtime/runtime.ts';
import type { ServiceDefinition } from '#platform/service.ts';
import { getOrders, listOrders } from '#contract/order.ts';
import { resultsOfOrders } from '#contract/result.ts';
import { tubesOfOrders } from '#contract/sample.ts';

import { seedLarge } from '../boot/seed-large/seed-large.ts';
import type { SeededLarge } from '../boot/seed-large/seed-large.ts';
import { loadServices } from '../boot/services.ts';
import { copyTemplate } from '../testing/databases.ts';
import type { TestDatabase } from '../testing/databases.ts';
import { hotCalls, takeSamples } from '../testing/hot-calls.ts';
import type { CallAs } from '../testing/hot-calls.ts';
import { makeRuntime, testConfig } from '../testing/start-lab.ts';

/** A hundredth: 150,000 results. */
const ORDERS = 28_000;
const SMALL_LABS = 3;
const SEED = 7;
/** Reading a smaller table whole is often the best plan. */
const LARGE_ROWS = 5000;
const TURNS = 3;
/** Of the entries of a large table's indexes, by all turns together; what grows with the lab would read them all. */
const MOST_OF_INDEX = 0.1;
/** A month of controls, a day of orders: what a page may look through whatever the lab's age. */
const MOST_ENTRIES = 5000;

let services: readonly ServiceDefinition[] = [];
let database: TestDatabase;
let seeded: SeededLarge;
const dataDir = mkdtempSync(join(tmpdir(), 'nidaan-test-large-'));

function openRuntime(urls: DatabaseUrls): Runtime {
  return makeRuntime(services, urls, testConfig({}, dataDir), systemClock, dataDir);
}

/** Calls as a user of the lab who may everything that is listed here. */
function callsOf(runtime: Runtime, labId: string): CallAs {
  return (call, input) => {
    const may = runtime.dispatcher.bindings.get(call.name)?.may ?? 'system';
    const actor = {
      kind: 'user',
      userId: newId(),
      name: 'reader',
      labId,
      permissions: [may],
      sessionId: newId(),
    } as const;
    return runtime.dispatcher.call(call, input, runtime.scopeOf(actor));
  };
}

async function withRuntime<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = openRuntime(database.urls);
  try {
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
}

async function onOwner<T extends pg.QueryResultRow>(text: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: database.urls.owner });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

interface Reads {
  /** Of the table, from end to end. */
  readonly scans: number;
  /** Entries of its indexes that were read. */
  readonly entries: number;
  readonly rows: number;
}

/** What was read of each large table so far. Complete once the connections that read are closed. */
async function reads(): Promise<ReadonlyMap<string, Reads>> {
  const rows = await onOwner<{ name: string; scans: string; entries: string; rows: string }>(`
    select relid::regclass::text as name, seq_scan as scans, c.reltuples as rows,
      coalesce((select sum(i.idx_tup_read) from pg_stat_user_indexes as i where i.relid = t.relid), 0) as entries
    from pg_stat_user_tables as t join pg_class as c on c.oid = relid
    where c.reltuples > ${LARGE_ROWS}`);
  return new Map(
    rows.map((row) => [row.name, { scans: Number(row.scans), entries: Number(row.entries), rows: Number(row.rows) }]),
  );
}

/** Large tables of which the work read all, or much of an index. */
async function muchRead(work: (call: CallAs) => Promise<void>): Promise<readonly string[]> {
  const earlier = await reads();
  await withRuntime((runtime) => work(callsOf(runtime, seeded.largeLabId)));
  // A connection counts when it ends, a moment after its client is told.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const found: string[] = [];
  for (const [name, { scans, entries, rows }] of await reads()) {
    const known = earlier.get(name);
    if (scans > (known?.scans ?? 0)) found.push(`${name} scanned`);
    const share = (entries - (known?.entries ?? 0)) / rows;
    if (share > MOST_OF_INDEX && entries - (known?.entries ?? 0) > MOST_ENTRIES)
      found.push(`${name}: ${Math.round(share * 100)} % by index`);
  }
  return found;
}

describe('the large lab, a hundredth of it', () => {
  before(async () => {
    services = await loadServices();
    const now = new Date();
    database = await copyTemplate('large', services, async (urls) => {
      const runtime = openRuntime(urls);
      seeded = await seedLarge({
        calls: runtime.dispatcher,
        ownerUrlOf: () => urls.owner,
        orders: ORDERS,
        seed: SEED,
        smallLabs: SMALL_LABS,
        indexes: 'rebuild',
        now,
        out: { write: () => true, isTTY: false },
      });
      await runtime.stop();
    });
  });
  after(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('a hundredth of the large lab: 28,000 orders, some 150,000 results, and everything that was set aside is back', async () => {
    const rows = new Map(seeded.tables.map((table) => [table.name, table.rows]));
    assert.equal(rows.get('lis_order.placed_order'), ORDERS);
    const results = rows.get('lis_result.result') ?? 0;
    assert.ok(results > 140_000 && results < 165_000, String(results));
    const [left] = await onOwner<{ n: string }>(`
    select count(*) as n from pg_tables where schemaname = 'nidaan' and tablename = 'set_aside'`);
    assert.equal(Number(left?.n), 0);
    // What a fresh installation has.
    const shape = `
    select 'index ' || indexrelid::regclass as part from pg_index where indrelid::regclass::text ~ '^lis_'
    union all select 'constraint ' || conrelid::regclass || ' ' || conname from pg_constraint where conrelid::regclass::text ~ '^lis_'
    union all select 'forced ' || oid::regclass from pg_class where relforcerowsecurity order by 1`;
    const plain = await copyTemplate('empty', services, async () => {});
    const ofLarge = await onOwner<{ part: string }>(shape);
    const client = new pg.Client({ connectionString: plain.urls.owner });
    await client.connect();
    const ofPlain = (await client.query<{ part: string }>(shape)).rows;
    await client.end();
    await plain.drop();
    assert.deepEqual(ofLarge, ofPlain);
  });

  test('run again it finds all there and changes nothing', async () => {
    const again = await withRuntime((runtime) =>
      seedLarge({
        calls: runtime.dispatcher,
        ownerUrlOf: () => database.urls.owner,
        orders: ORDERS,
        seed: SEED,
        smallLabs: SMALL_LABS,
        indexes: 'rebuild',
        now: new Date(),
        out: { write: () => true, isTTY: false },
      }),
    );
    assert.equal(again.isNew, false);
    assert.deepEqual(again.labs, seeded.labs);
  });

  test('orders, lines, tubes and results tell one story, and no lab sees what another has', async () => {
    await withRuntime(async (runtime) => {
      for (const { id } of seeded.labs) {
        const call = callsOf(runtime, id);
        const page = await call(listOrders, { first: 100 });
        const orders = page.edges.map(({ node }) => node);
        assert.equal(orders.length, 100);
        const ids = orders.map((order) => order.id);
        const tubes = await call(tubesOfOrders, { ids });
        const results = await call(resultsOfOrders, { ids });
        for (const order of orders) {
          const lines = order.lines.map((line) => line.id).toSorted();
          const own = results.filter((result) => result.orderId === order.id);
          assert.deepEqual([...new Set(own.map((result) => result.lineId))].toSorted(), lines);
          const open = order.lines.filter((line) => line.status === 'open').map((line) => line.id);
          const onTubes = tubes.filter((tube) => tube.orderId === order.id).flatMap((tube) => tube.lineIds);
          assert.deepEqual(onTubes.toSorted(), open.toSorted());
          for (const result of own.filter((each) => each.barcode !== null)) {
            const tube = tubes.find((each) => each.barcode === result.barcode);
            assert.ok(tube, `no tube ${result.barcode}`);
            assert.ok(tube.lineIds.includes(result.lineId));
            assert.equal(result.collectedAt, tube.collectedAt);
            assert.equal(result.receivedAt, tube.receivedAt);
          }
        }
        const strangers = seeded.labs.find((lab) => lab.id !== id)?.id ?? '';
        assert.deepEqual(await callsOf(runtime, strangers)(getOrders, { ids }), []);
      }
    });
  });

  test('the counts see a scan, of the table and of an index', async () => {
    const scan = await muchRead(async () => {
      await onOwner('select count(note) from lis_result.result');
    });
    assert.deepEqual(scan, ['lis_result.result scanned']);
    const byIndex = await muchRead(async () => {
      await onOwner(
        `set enable_seqscan = off; select count(*) from lis_order.placed_order where lab_id = '${seeded.largeLabId}'`,
      );
    });
    assert.deepEqual(byIndex, ['lis_order.placed_order: 70 % by index']);
  });

  test('no list reads a large table from end to end', async (t) => {
    const samples = await withRuntime((runtime) => takeSamples(callsOf(runtime, seeded.largeLabId)));
    const now = new Date();
    const idle: CallAs = () => Promise.reject(new Error('Only names are asked for'));
    for (const { name, givesRows } of hotCalls(idle, samples, now))
      await t.test(name, async () => {
        let rows = 0;
        const much = await muchRead(async (call) => {
          const hot = hotCalls(call, samples, now).find((each) => each.name === name);
          for (let turn = 0; turn < TURNS; turn += 1) rows += (await hot?.run(turn)) ?? 0;
        });
        assert.deepEqual(much, []);
        if (givesRows ?? true) assert.ok(rows > 0, 'it found nothing, which proves nothing');
      });
  });
});
