// Every list goes by its index, under row-level security too (P11); and the fields are served over GraphQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as execute } from 'graphql';
import sql from 'sql-template-tag';
import type { Sql } from 'sql-template-tag';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';
import { newId } from '#platform/ids.ts';

import { graphql } from './graphql.ts';
import { startStockLab, TODAY } from './inventory.testing.ts';
import * as purchases from './purchase-store.ts';
import * as store from './store.ts';
import * as usage from './usage-store.ts';

const ROWS = 3000;

test('INV-15: the lists of thousands of items, lots and movements go by their indexes', async (t) => {
  const lab = await startStockLab(t);
  const { labId } = lab;
  const now = lab.now();
  const ctx = lab.runtime.systemCtx('inventory', labId);
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`
      insert into lis_inventory.item (lab_id, id, code, name, search_key, kind, unit, storage, needs_verification, is_low)
      select ${labId}::uuid, gen_random_uuid(), 'C' || n, 'x', 'x', 'reagent', 'test', 'room', false, n % 50 = 0 from generate_series(1, ${ROWS}::int) as n`);
    await tx.rows(sql`
      insert into lis_inventory.lot (lab_id, id, item_id, lot_number, expires_on, received_at, usable_until, quantity, status, quarantine_reasons, was_usable, receipt_id)
      select lab_id, gen_random_uuid(), id, code, '2032-01-01', ${now}::timestamptz, '2031-06-01', 5, 'usable', '{}', true, gen_random_uuid() from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.movement (lab_id, id, item_id, lot_id, kind, quantity, balance, at, by)
      select lab_id, gen_random_uuid(), item_id, id, 'receipt', 5, 5, ${now}::timestamptz, 'x' from lis_inventory.lot`);
    await tx.rows(sql`
      insert into lis_inventory.verification (lab_id, id, lot_id, old_lot_id, comparisons, has_passed, at, by)
      select lab_id, gen_random_uuid(), id, id, '[]', true, ${now}::timestamptz, 'x' from lis_inventory.lot`);
    await tx.rows(sql`
      insert into lis_inventory.recipe (lab_id, measure, code, instrument, item_id, quantity)
      select lab_id, 'test', code, '', id, 1 from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.measurement (lab_id, source_id, key, run, analyte_code, at)
      select lab_id, id, 'x', id, 'x', ${now}::timestamptz from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.usage_day (lab_id, day, item_id, measure, code, instrument, kind, runs, quantity, short)
      select lab_id, '2030-01-01'::date + substr(code, 2)::int % 365, id, 'test', code, '', 'consumption', 1, 1, 0 from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.shortage (lab_id, id, item_id, kind, measure, code, instrument, quantity, why, at, source_id)
      select lab_id, gen_random_uuid(), id, 'consumption', 'test', code, '', 1, 'none_in_use', ${now}::timestamptz, id from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.receipt (lab_id, id, received_at, by, content)
      select lab_id, id, ${now}::timestamptz, 'x', 'x' from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.supplier (lab_id, id, code, name, is_active) select lab_id, id, code, 'x', true from lis_inventory.item`);
    await tx.rows(sql`
      insert into lis_inventory.purchase (lab_id, id, number, supplier_id, lines, created_at)
      select lab_id, id, code, id, '[]', ${now}::timestamptz from lis_inventory.item`);
  });
  const explain = (query: Sql): Promise<string> =>
    ctx.transaction(async (tx) => {
      await tx.rows(sql`set local enable_seqscan = off`);
      const plan = await tx.rows<Record<string, string>>(sql`explain ${query}`);
      return plan.flatMap((row) => Object.values(row)).join('\n');
    });
  const id = newId();
  const newest = { after: [now, id] as const, limit: 21 };
  const items = { kind: null, text: '', after: 'C5', limit: 21 };
  const cases: readonly [Sql, string][] = [
    [store.itemsQuery(labId, { ...items, isLow: null }), 'item_code_key'],
    [store.itemsQuery(labId, { ...items, isLow: true }), 'item_low'],
    [store.lotsQuery(labId, [id]), 'lot_of_item'],
    [store.expiringQuery(labId, { until: '2031-07-01', after: ['2031-06-01', id], limit: 21 }), 'lot_expiring'],
    [store.expiredItemsQuery(labId, TODAY), 'lot_expired'],
    [store.movementsQuery(labId, { itemId: id, lotId: null, before: 1000, limit: 21 }), 'movement_of_item'],
    [store.movementsQuery(labId, { itemId: id, lotId: id, before: 1000, limit: 21 }), 'movement_of_(lot|item)'],
    [store.verificationsQuery(labId, [id]), 'verification_of_lot'],
    [usage.recipesQuery(labId, ['CBC'], ['HGB']), 'recipe_key'],
    [usage.shortagesQuery(labId, [now, id], 21), 'shortage_open'],
    [
      usage.usageQuery(labId, {
        from: '2030-02-01',
        to: '2030-02-28',
        itemId: null,
        after: [id, '', '', '', ''],
        limit: 21,
      }),
      'usage_day_key',
    ],
    [
      usage.usageQuery(labId, {
        from: '2030-02-01',
        to: '2030-02-28',
        itemId: id,
        after: [id, '', '', '', ''],
        limit: 21,
      }),
      'usage_(of_item|day_key)',
    ],
    [purchases.suppliersQuery(labId, 'C5', 21), 'supplier_code_key'],
    [purchases.purchasesQuery(labId, null, newest), 'purchase_list'],
    [purchases.purchasesQuery(labId, 'draft', newest), 'purchase_of_status'],
    [purchases.receiptsQuery(labId, newest), 'receipt_list'],
  ];
  for (const [query, index] of cases) {
    const plan = await explain(query);
    assert.match(plan, new RegExp(`(using|on) ${index}\\b`), plan);
    assert.ok(!plan.includes('Seq Scan'), plan);
  }
  const counted: string[] = [];
  await ctx.transaction(async (tx) => {
    await tx.rows(sql`set local enable_seqscan = off`);
    const rows = async <Row extends object>(query: Sql): Promise<readonly Row[]> => {
      const plan = await tx.rows<Record<string, string>>(sql`explain ${query}`);
      counted.push(plan.flatMap((row) => Object.values(row)).join('\n'));
      return [];
    };
    await usage.countsOfRuns({ ...tx, rows }, labId, [id]);
    await store.lockLots({ ...tx, rows }, labId, [id], [id]);
    await store.lotsOfReceipts({ ...tx, rows }, labId, [id]);
  });
  const indexes = ['measurement_of_run', 'lot_of_item', 'lot_of_receipt'];
  assert.equal(counted.length, indexes.length);
  for (const [place, plan] of counted.entries())
    assert.match(plan, new RegExp(`(using|on) ${indexes[place]}\\b`), plan);
});

test('INV-16: a reagent is bought, received, verified, opened, moved and looked at over GraphQL', async (t) => {
  const lab = await startStockLab(t);
  const schema = buildSchema([graphql]);
  const contextOf = (actor: typeof lab.manager) =>
    createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(actor.actor));
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await execute({ schema, source, variableValues, contextValue: contextOf(lab.manager) });
    assert.deepEqual(errors, undefined);
    return JSON.parse(JSON.stringify(data));
  };
  const { saveStockItem: item } =
    await ask(`mutation { saveStockItem(input: { code: "GLU-R", name: "Glucose", kind: reagent, unit: "test",
    storage: refrigerated, openDays: 28, needsVerification: true, gtins: ["09506000134352"], reorderPoint: "1" }) { id isLow } }`);
  assert.equal(item.isLow, true);
  const { saveSupplier: supplier } = await ask(
    `mutation { saveSupplier(input: { code: "ACME", name: "Acme" }) { id } }`,
  );
  const { savePurchaseOrder: order } = await ask(
    `mutation ($input: SavePurchaseOrderInput!) { savePurchaseOrder(input: $input) { id number version } }`,
    { input: { supplierId: supplier.id, lines: [{ itemId: item.id, quantity: '2' }] } },
  );
  await ask(`mutation ($id: ID!) { sendPurchaseOrder(id: $id, expectedVersion: 1) { status } }`, { id: order.id });
  const incoming = { itemId: item.id, lotNumber: 'A', expiresOn: '2031-12-31', quantity: '1', isTemperatureOk: true };
  const { receiveGoods: receipt } = await ask(
    `mutation ($input: ReceiveGoodsInput!) { receiveGoods(input: $input) { lots { id status version } } }`,
    { input: { purchaseId: order.id, lots: [incoming, { ...incoming, lotNumber: 'B' }] } },
  );
  const [first, second] = receipt.lots;
  const RELEASE = `mutation ($id: ID!) { releaseStockLot(lotId: $id, expectedVersion: 1, reason: "First") { status version } }`;
  const { releaseStockLot: released } = await ask(RELEASE, { id: first.id });
  const pairs = ['1', '2', '3'].map((sample) => ({ sample, old: '100', new: '101' }));
  const comparisons = [{ analyteCode: 'GLU', instrument: 'cobas', allowedPercent: '5', pairs }];
  const { verifyStockLot: verified } = await ask(
    `mutation ($input: VerifyStockLotInput!) { verifyStockLot(input: $input) { hasPassed comparisons { meanDifferencePercent hasPassed pairs { isWithin } } } }`,
    { input: { lotId: second.id, oldLotId: first.id, comparisons } },
  );
  assert.deepEqual([verified.hasPassed, verified.comparisons[0].meanDifferencePercent], [true, '1.00']);
  const { openStockLot: opened } = await ask(
    `mutation ($input: OpenStockLotInput!) { openStockLot(input: $input) { status usableUntil instrument } }`,
    { input: { lotId: first.id, expectedVersion: released.version, instrument: 'cobas' } },
  );
  assert.deepEqual(opened, { status: 'in_use', usableUntil: '2031-03-31', instrument: 'cobas' });
  const moved = await ask(
    `mutation ($a: ID!, $b: ID!) {
      moveStock(input: { lotId: $a, kind: discard, quantity: "0.25", reason: "spilt" }) { quantity }
      countStock(input: { reason: "count", lines: [{ lotId: $b, onSheet: "1", counted: "0.5" }] }) { quantity }
    }`,
    { a: first.id, b: second.id },
  );
  assert.deepEqual(moved, { moveStock: { quantity: '0.75' }, countStock: [{ quantity: '0.5' }] });
  const set = await ask(
    `mutation ($portion: RecipePortionInput!) {
      setTestRecipes(testCode: "LFT", recipes: [$portion]) { testCode quantity }
      setAnalyteRecipes(analyteCode: "ALT", recipes: [$portion]) { analyteCode instrument }
    }`,
    { portion: { itemId: item.id, quantity: '1' } },
  );
  assert.deepEqual(set.setTestRecipes, [{ testCode: 'LFT', quantity: '1' }]);
  const lists = await ask(
    `query ($item: ID!, $order: ID!, $lot: ID!) {
      stockItems(isLow: false) { nodes { code inStock lots { lotNumber quantity } } }
      expiringLots(until: "2031-03-31") { nodes { lotNumber } }
      stockMovements(itemId: $item, lotId: $lot) { nodes { kind quantity balance } }
      lotVerifications(lotIds: [$lot]) { id }
      stockLabel(text: "(01)09506000134352(10)A") { gtin item { code } lots { lotNumber } }
      stockRecipes(testCodes: ["LFT"], analyteCodes: ["ALT"]) { tests { itemId } analytes { itemId } }
      stockShortages { nodes { id } }
      stockUsage(from: "2031-03-03", to: "2031-03-03") { nodes { code } }
      suppliers { nodes { code } }
      purchaseOrder(id: $order) { number status lines { received } }
      purchaseOrders(status: received) { nodes { id } }
      goodsReceipts { nodes { lots { lotNumber } } }
    }`,
    { item: item.id, order: order.id, lot: first.id },
  );
  assert.deepEqual(lists, {
    stockItems: {
      nodes: [
        {
          code: 'GLU-R',
          inStock: '1.25',
          lots: [
            { lotNumber: 'A', quantity: '0.75' },
            { lotNumber: 'B', quantity: '0.5' },
          ],
        },
      ],
    },
    expiringLots: { nodes: [{ lotNumber: 'A' }] },
    stockMovements: {
      nodes: [
        { kind: 'discard', quantity: '-0.25', balance: '0.75' },
        { kind: 'opening', quantity: '0', balance: '1' },
        { kind: 'receipt', quantity: '1', balance: '1' },
      ],
    },
    lotVerifications: [],
    stockLabel: { gtin: '09506000134352', item: { code: 'GLU-R' }, lots: [{ lotNumber: 'A' }] },
    stockRecipes: { tests: [{ itemId: item.id }], analytes: [{ itemId: item.id }] },
    stockShortages: { nodes: [] },
    stockUsage: { nodes: [] },
    suppliers: { nodes: [{ code: 'ACME' }] },
    purchaseOrder: { number: order.number, status: 'received', lines: [{ received: '2' }] },
    purchaseOrders: { nodes: [{ id: order.id }] },
    goodsReceipts: { nodes: [{ lots: [{ lotNumber: 'A' }, { lotNumber: 'B' }] }] },
  });
  const { errors } = await execute({
    schema,
    source: `mutation { settleShortages(shortageIds: ["${newId()}"], reason: "x") { settled } }`,
    contextValue: contextOf(lab.manager),
  });
  assert.equal(errors?.length, 1, 'no such shortage');
  const { errors: refused } = await execute({
    schema,
    source: `mutation ($id: ID!) { cancelPurchaseOrder(id: $id, expectedVersion: 3, reason: "x") { id } }`,
    variableValues: { id: order.id },
    contextValue: contextOf(lab.manager),
  });
  assert.equal(refused?.length, 1, 'all has come');
});
