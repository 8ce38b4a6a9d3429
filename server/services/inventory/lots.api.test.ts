// Items, lots and their ledger: specs/inventory.md
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { newId } from '#platform/ids.ts';

import {
  countStock,
  listExpiring,
  listItems,
  listMovements,
  lotsOfItems,
  moveStock,
  openLot,
  readLabel,
  receiveGoods,
  releaseLot,
  saveItem,
  verificationsOfLots,
  verifyLot,
} from './contract.ts';
import type { LotView } from './contract.ts';
import { COBAS, DAY, startStockLab } from './inventory.testing.ts';
import { watchExpiry } from './jobs/watch-expiry.ts';

test('INV-1: an item is added once, changed by the manager alone, and a stale screen overwrites nothing', async (t) => {
  const lab = await startStockLab(t);
  const { manager, technician } = lab;
  const input = {
    id: newId(),
    code: 'GLU-R1',
    name: 'Glucose reagent',
    kind: 'reagent',
    unit: 'mL',
    storage: 'refrigerated',
    openDays: 28,
    reorderPoint: '20.50',
    gtins: ['09506000134352'],
  } as const;
  const added = await manager.call(saveItem, { ...input, gtins: [...input.gtins] });
  assert.deepEqual(added, {
    ...input,
    maker: null,
    reorderPoint: '20.5',
    reorderQuantity: null,
    needsVerification: false,
    inStock: '0',
    isLow: true,
    version: 1,
  });
  assert.deepEqual(await manager.call(saveItem, { ...input, gtins: [...input.gtins] }), added, 'sent twice');
  const same = { ...input, id: newId(), gtins: [] };
  await manager.refused(saveItem, same, 'inventory.item_code_taken');
  await manager.refused(saveItem, { ...same, code: 'OTHER', gtins: ['09506000134352'] }, 'inventory.gtin_taken');
  await manager.refused(saveItem, { ...same, code: 'OTHER', gtins: ['09506000134353'] }, 'inventory.bad_gtin');
  await manager.refused(saveItem, { ...same, id: input.id }, 'inventory.stale');
  await manager.refused(saveItem, { ...same, expectedVersion: 1 }, 'inventory.item_not_found');
  await technician.refused(saveItem, same, 'platform.forbidden');
  await lab.as('desk').refused(listItems, {}, 'platform.forbidden');
  const changes = ['One', 'Two'].map((name) =>
    manager.call(saveItem, { ...input, gtins: [...input.gtins], name, expectedVersion: 1 }),
  );
  const both = await Promise.allSettled(changes);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'two at once');
  await lab.lot(added, { quantity: '1' });
  const unit = { ...input, gtins: [...input.gtins], unit: 'test', expectedVersion: 2 };
  await manager.refused(saveItem, unit, 'inventory.unit_fixed');
});

test('INV-2: another lab sees nothing and can move nothing', async (t) => {
  const lab = await startStockLab(t);
  const item = await lab.item({ gtins: ['09506000134352'] });
  const lot = await lab.lot(item);
  const otherId = newId();
  const [technician, manager] = [lab.as('technician', otherId), lab.as('manager', otherId)];
  assert.deepEqual((await technician.call(listItems, {})).edges, []);
  assert.deepEqual(await technician.call(lotsOfItems, { ids: [item.id] }), []);
  assert.deepEqual((await technician.call(listMovements, { itemId: item.id })).edges, []);
  assert.deepEqual((await technician.call(listExpiring, { until: '2040-01-01' })).edges, []);
  assert.equal((await technician.call(readLabel, { text: '0109506000134352' })).item, null);
  const step = { lotId: lot.id, expectedVersion: 1 };
  await technician.refused(openLot, step, 'inventory.lot_not_found');
  await manager.refused(releaseLot, { ...step, reason: 'x' }, 'inventory.lot_not_found');
  const move = { lotId: lot.id, kind: 'discard', quantity: '1', reason: 'x' } as const;
  await technician.refused(moveStock, move, 'inventory.lot_not_found');
  const count = { reason: 'x', lines: [{ lotId: lot.id, onSheet: '1', counted: '1' }] };
  await technician.refused(countStock, count, 'inventory.lot_not_found');
  const goods = { itemId: item.id, lotNumber: 'L', expiresOn: '2031-12-31', quantity: '1', isTemperatureOk: true };
  await technician.refused(receiveGoods, { lots: [goods] }, 'inventory.item_not_found');
});

test('INV-4: opened, a lot is in use until the earlier of both expiries; first to expire comes first out', async (t) => {
  const lab = await startStockLab(t);
  const { technician } = lab;
  const item = await lab.item({ openDays: 28 });
  const late = await lab.lot(item, { expiresOn: '2031-12-31' });
  const early = await lab.lot(item, { expiresOn: '2031-03-20' });
  const order = (await technician.call(lotsOfItems, { ids: [item.id] })).map(({ id }) => id);
  assert.deepEqual(order, [early.id, late.id]);
  const openLate = { lotId: late.id, expectedVersion: late.version, instrument: COBAS };
  const refused = await technician.refused(openLot, openLate, 'inventory.not_first_to_expire');
  assert.equal(refused.details['lotId'], early.id);
  const opened = await lab.open(early);
  assert.deepEqual(
    [opened.status, opened.instrument, opened.openedAt, opened.usableUntil],
    ['in_use', COBAS, lab.now(), '2031-03-20'],
  );
  assert.deepEqual(await lab.open(early), opened, 'sent twice');
  await technician.refused(openLot, { lotId: early.id, expectedVersion: 7 }, 'inventory.stale');
  const second = await technician.call(openLot, openLate);
  assert.equal(second.usableUntil, '2031-03-31', '3 March and 28 days');
  lab.later(10 * DAY);
  const next = await technician.call(openLot, { ...openLate, expectedVersion: second.version });
  assert.equal(next.usableUntil, '2031-04-10', 'the next vial of the lot');
  await lab.as('pathologist').refused(openLot, openLate, 'platform.forbidden');
  lab.later(10 * DAY);
  const gone = { lotId: early.id, expectedVersion: opened.version, instrument: COBAS };
  await technician.refused(openLot, gone, 'inventory.lot_cannot');
});

test('INV-5: a new lot waits in quarantine until it agrees with the one before; the first of an item by the manager’s word', async (t) => {
  const lab = await startStockLab(t);
  const { technician, manager } = lab;
  const item = await lab.item({ needsVerification: true });
  const first = await lab.lot(item, { lotNumber: 'A' });
  assert.deepEqual([first.status, first.quarantineReasons], ['quarantine', ['verification']]);
  await technician.refused(openLot, { lotId: first.id, expectedVersion: 1 }, 'inventory.lot_cannot');
  const release = { lotId: first.id, expectedVersion: 1, reason: 'First lot of this reagent' };
  await technician.refused(releaseLot, release, 'platform.forbidden');
  const released = await manager.call(releaseLot, release);
  assert.equal(released.status, 'usable');
  assert.deepEqual(await manager.call(releaseLot, release), released);
  assert.equal((await lab.lot(item, { lotNumber: 'A' })).status, 'usable', 'the same lot delivered again');

  const second = await lab.lot(item, { lotNumber: 'B', isTemperatureOk: false });
  assert.deepEqual(second.quarantineReasons, ['verification', 'temperature']);
  const again = { lotId: second.id, expectedVersion: second.version, reason: 'No time' };
  await manager.refused(releaseLot, again, 'inventory.not_verified');
  const pairs = [
    { sample: 'P1', old: '100', new: '103' },
    { sample: 'P2', old: '60', new: '61' },
    { sample: 'P3', old: '250', new: '262' },
  ];
  const comparison = { analyteCode: 'GLU', instrument: COBAS, allowedPercent: '4', pairs };
  const verify = { id: newId(), lotId: second.id, oldLotId: first.id, comparisons: [comparison] };
  await technician.refused(verifyLot, { ...verify, oldLotId: second.id }, 'inventory.other_lot_not_fitting');
  await technician.refused(verifyLot, { ...verify, oldLotId: newId() }, 'inventory.lot_not_found');
  await lab.as('pathologist').refused(verifyLot, verify, 'platform.forbidden');
  // 262 is 4.8 % above 250.
  const failed = await technician.call(verifyLot, verify);
  assert.deepEqual(
    [failed.hasPassed, failed.comparisons[0]?.pairs.map(({ differencePercent }) => differencePercent)],
    [false, ['3.00', '1.67', '4.80']],
  );
  assert.deepEqual(await technician.call(verifyLot, verify), failed);
  await technician.refused(verifyLot, { ...verify, note: 'other' }, 'inventory.verification_taken');
  assert.equal((await lab.look(second))?.status, 'quarantine');
  await manager.refused(releaseLot, again, 'inventory.not_verified');
  const better = { ...comparison, pairs: [...pairs.slice(0, 2), { sample: 'P3', old: '250', new: '260' }] };
  const passed = await technician.call(verifyLot, { ...verify, id: newId(), comparisons: [better] });
  assert.equal(passed.hasPassed, true, '260 is just 4 % above');
  const warm = await lab.look(second);
  assert.deepEqual([warm?.status, warm?.quarantineReasons], ['quarantine', ['temperature']]);
  assert.ok(warm);
  const free = await manager.call(releaseLot, { ...again, expectedVersion: warm.version, reason: 'Two hours, stable' });
  assert.equal(free.status, 'usable');
  const record = await technician.call(verificationsOfLots, { ids: [second.id] });
  assert.deepEqual(record.map(({ hasPassed }) => String(hasPassed)).toSorted(), ['false', 'true']);
  const late = { ...verify, id: newId(), lotId: second.id };
  await technician.refused(verifyLot, late, 'inventory.lot_cannot');
});

test('INV-6: hand moves are booked once with their reason, and no lot goes below nothing', async (t) => {
  const lab = await startStockLab(t);
  const { technician } = lab;
  const item = await lab.item({ openDays: 30 });
  const lot = await lab.lot(item, { quantity: '10.5' });
  const base = { lotId: lot.id, reason: 'Vial broken' };
  const move = { ...base, id: newId(), kind: 'discard', quantity: '0.5' } as const;
  assert.equal((await technician.call(moveStock, move)).quantity, '10');
  assert.equal((await technician.call(moveStock, move)).quantity, '10', 'sent twice');
  await technician.refused(moveStock, { ...move, quantity: '0.6' }, 'inventory.movement_taken');
  const tooMuch = await technician.refused(
    moveStock,
    { ...base, kind: 'return', quantity: '10.001' },
    'inventory.not_enough',
  );
  assert.deepEqual(tooMuch.details, { inStock: '10' });
  await technician.refused(moveStock, { ...base, kind: 'discard', quantity: '-1' }, 'inventory.quantity_sign');
  await technician.refused(moveStock, { ...base, kind: 'adjustment', quantity: '0.000' }, 'inventory.quantity_sign');
  const both = await Promise.allSettled(
    [1, 2].map(() => technician.call(moveStock, { ...base, kind: 'transfer', quantity: '6', location: 'Branch' })),
  );
  assert.deepEqual(
    both.map(({ status }) => status).toSorted(),
    ['fulfilled', 'rejected'],
    'two at once, enough for one',
  );
  const line = { lotId: lot.id, onSheet: '5', counted: '4' };
  const count = { id: newId(), reason: 'Monthly count', lines: [line] };
  // One stood less on the shelf than on the sheet, whatever was used since: 4 - 1 = 3.
  assert.equal((await technician.call(countStock, count))[0]?.quantity, '3');
  assert.equal((await technician.call(countStock, count))[0]?.quantity, '3', 'sent twice');
  await technician.refused(countStock, { ...count, reason: 'Other' }, 'inventory.count_taken');
  await technician.refused(countStock, { ...count, id: newId(), lines: [line, line] }, 'inventory.lot_twice');
  const gone = { ...count, id: newId(), lines: [{ ...line, counted: '0' }] };
  await technician.refused(countStock, gone, 'inventory.not_enough');
  assert.equal((await technician.call(moveStock, { ...base, kind: 'discard', quantity: '3' })).status, 'discarded');
  await technician.refused(moveStock, { ...base, kind: 'adjustment', quantity: '1' }, 'inventory.lot_cannot');
  const { edges } = await technician.call(listMovements, { itemId: item.id, lotId: lot.id });
  assert.deepEqual(
    edges.map(({ node }) => [node.kind, node.quantity, node.balance, node.reason, node.location]).toReversed(),
    [
      ['receipt', '10.5', '10.5', null, null],
      ['discard', '-0.5', '10', 'Vial broken', null],
      ['transfer', '-6', '4', 'Vial broken', 'Branch'],
      ['adjustment', '-1', '3', 'Monthly count', null],
      ['discard', '-3', '0', 'Vial broken', null],
    ],
  );
  assert.deepEqual(await lab.crooked(), []);
});

test('INV-9: whatever is done to some lots, each balance is the sum of its movements and none is below nothing', async (t) => {
  const lab = await startStockLab(t);
  const item = await lab.item();
  const lots: LotView[] = [];
  for (let n = 0; n < 3; n += 1) lots.push(await lab.lot(item, { quantity: '5' }));
  const step = fc.record({
    lot: fc.nat(2),
    kind: fc.constantFrom('adjustment', 'discard', 'transfer', 'return', 'count' as const),
    size: fc.integer({ min: 1, max: 3000 }),
    isMinus: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      await Promise.allSettled(
        steps.map(({ lot, kind, size, isMinus }) => {
          const lotId = lots[lot]?.id ?? '';
          const amount = (size / 1000).toFixed(3);
          if (kind === 'count') {
            const [onSheet, counted] = isMinus ? [amount, '0'] : ['0', amount];
            return lab.technician.call(countStock, { reason: 'count', lines: [{ lotId, onSheet, counted }] });
          }
          const quantity = kind === 'adjustment' && isMinus ? `-${amount}` : amount;
          return lab.technician.call(moveStock, { lotId, kind, quantity, reason: 'test' });
        }),
      );
      assert.deepEqual(await lab.crooked(), []);
      const now = await lab.technician.call(lotsOfItems, { ids: [item.id] });
      assert.ok(now.every(({ quantity }) => !quantity.startsWith('-')));
      const { edges } = await lab.technician.call(listItems, {});
      const sum = now.reduce((total, { quantity }) => total + Math.round(Number(quantity) * 1000), 0);
      assert.equal(Math.round(Number(edges[0]?.node.inStock) * 1000), sum);
    }),
    { numRuns: 8 },
  );
});

test('lab-day 4: what is low or near its end is listed, and told once each time it becomes so', async (t) => {
  const lab = await startStockLab(t);
  const { technician } = lab;
  const item = await lab.item({ reorderPoint: '10', openDays: 5, code: 'LOW' });
  await lab.item({ code: 'PLENTY' });
  const lot = await lab.lot(item, { quantity: '12', expiresOn: '2031-05-01' });
  const low = async () => (await technician.call(listItems, { isLow: true })).edges.map(({ node }) => node.code);
  const names = async () => (await lab.told(item.id)).map(({ type }) => type);
  assert.deepEqual([await low(), await names()], [[], ['inventory.low']], 'low until the first goods came');
  const take = (quantity: string) =>
    technician.call(moveStock, { lotId: lot.id, kind: 'adjustment', quantity, reason: 'test' });
  await take('-2');
  await take('-1');
  assert.deepEqual([await low(), await names()], [['LOW'], ['inventory.low', 'inventory.low']], 'once a crossing');
  await take('5');
  assert.deepEqual(await low(), []);
  await take('-5');
  assert.equal((await names()).length, 3);
  assert.deepEqual((await lab.told(item.id)).at(-1)?.payload, {
    itemId: item.id,
    code: 'LOW',
    inStock: '9',
    reorderPoint: '10',
    at: lab.now(),
  });

  const expiring = async (until: string) =>
    (await technician.call(listExpiring, { until })).edges.map(({ node }) => node.lotNumber);
  assert.deepEqual([await expiring('2031-04-30'), await expiring('2031-05-01')], [[], [lot.lotNumber]]);
  const told = async () =>
    (await lab.told(item.id))
      .filter(({ type }) => type === 'inventory.expiring')
      .map(({ payload }) => payload['usableUntil']);
  const ctx = lab.runtime.systemCtx('inventory', lab.labId);
  await assert.rejects(watchExpiry(ctx, { dueAt: '2031-03-03T18:30:00.000Z' }), { code: 'inventory.watch_not_due' });
  await lab.newDay();
  assert.deepEqual(await told(), []);
  await lab.open(lot);
  lab.later(3 * DAY);
  await lab.newDay();
  await lab.newDay();
  assert.deepEqual(await told(), ['2031-03-08'], 'the open vial, two days before, once');
  lab.later(26 * DAY);
  await lab.newDay();
  await lab.newDay();
  assert.equal((await told()).length, 2, 'the lot, thirty days before, once');
  lab.later(31 * DAY);
  await lab.newDay();
  const gone = await lab.look(lot);
  assert.deepEqual([gone?.status, gone?.quantity], ['expired', '9'], '2 May');
  const { edges } = await technician.call(listItems, { text: 'low' });
  assert.equal(edges[0]?.node.inStock, '0', 'what is expired is no stock');
  assert.deepEqual(await expiring('2032-01-01'), []);
});

test('INV-12: a box is received by scanning: its label names item, lot and expiry', async (t) => {
  const lab = await startStockLab(t);
  const item = await lab.item({ gtins: ['09506000134352'] });
  const text = ']d2\u001d01095060001343521731123110ABC123';
  const label = await lab.technician.call(readLabel, { text });
  assert.deepEqual(
    [label.item?.id, label.lotNumber, label.expiresOn, label.lots],
    [item.id, 'ABC123', '2031-12-31', []],
  );
  const lot = await lab.lot(item, { lotNumber: label.lotNumber ?? '', expiresOn: label.expiresOn ?? '' });
  const scanned = await lab.technician.call(readLabel, { text });
  assert.deepEqual(
    scanned.lots.map(({ id }) => id),
    [lot.id],
  );
  const refused = await lab.technician.refused(readLabel, { text: '0109506000134353' }, 'inventory.label_unreadable');
  assert.equal(refused.details['at'], 0);
  await lab.as('desk').refused(readLabel, { text }, 'platform.forbidden');
});
