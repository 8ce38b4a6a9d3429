// Suppliers, purchase orders, goods that come in: specs/inventory.md
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newId } from '#platform/ids.ts';

import {
  cancelPurchase,
  getPurchase,
  listPurchases,
  listReceipts,
  listSuppliers,
  receiveGoods,
  savePurchase,
  saveSupplier,
  sendPurchase,
} from './contract.ts';
import type { SupplierView } from './contract.ts';
import { startStockLab } from './inventory.testing.ts';
import type { StockLab } from './inventory.testing.ts';

const supplier = (lab: StockLab): Promise<SupplierView> =>
  lab.manager.call(saveSupplier, { code: 'ACME', name: 'Acme Diagnostics', email: 'orders@acme.example' });
const goods = { lotNumber: 'L1', expiresOn: '2031-12-31', quantity: '3', isTemperatureOk: true } as const;

test('INV-13: an order is written, sent, comes in parts, and is fulfilled when nothing is missing', async (t) => {
  const lab = await startStockLab(t);
  const { manager, technician } = lab;
  const { id: supplierId } = await supplier(lab);
  const [one, two] = [await lab.item(), await lab.item()];
  const lines = [
    { itemId: one.id, quantity: '5', pricePaise: 125_000 },
    { itemId: two.id, quantity: '2.5' },
  ];
  const input = { id: newId(), supplierId, lines };
  const [draft, twin] = await Promise.all([1, 2].map(() => manager.call(savePurchase, input)));
  assert.ok(draft);
  assert.deepEqual(twin, draft, 'sent twice at once: one order, one number');
  assert.deepEqual([draft.number, draft.status], ['PO-2031-0001', 'draft']);
  assert.deepEqual(draft.lines[1], { itemId: two.id, quantity: '2.5', received: '0', pricePaise: null });
  await technician.refused(savePurchase, input, 'platform.forbidden');
  await manager.refused(savePurchase, { ...input, note: 'urgent', expectedVersion: 4 }, 'inventory.stale');
  await manager.refused(savePurchase, { ...input, lines: [...lines, ...lines] }, 'inventory.item_twice');
  await manager.refused(savePurchase, { supplierId: newId(), lines }, 'inventory.supplier_not_found');
  await manager.refused(
    savePurchase,
    { ...input, id: newId(), lines: [{ itemId: newId(), quantity: '1' }] },
    'inventory.item_not_found',
  );
  await manager.refused(
    savePurchase,
    { ...input, lines: [{ itemId: one.id, quantity: '0' }] },
    'platform.invalid_input',
  );
  await manager.refused(savePurchase, { ...input, id: newId(), expectedVersion: 1 }, 'inventory.purchase_not_found');
  const changed = await manager.call(savePurchase, { ...input, note: 'urgent', expectedVersion: 1 });
  assert.equal((await manager.call(savePurchase, { supplierId, lines })).number, 'PO-2031-0002', 'no number left out');

  const receipt = { id: newId(), purchaseId: draft.id, invoiceNumber: 'INV/77', lots: [{ ...goods, itemId: one.id }] };
  const early = await technician.refused(receiveGoods, receipt, 'inventory.purchase_cannot');
  assert.deepEqual(early.details, { status: 'draft', move: 'receipt', who: 'inventory.move' });
  const send = { purchaseId: draft.id, expectedVersion: changed.version };
  await technician.refused(sendPurchase, send, 'platform.forbidden');
  const sent = await manager.call(sendPurchase, send);
  assert.deepEqual([sent.status, sent.sentAt], ['sent', lab.now()]);
  assert.deepEqual(await manager.call(sendPurchase, send), sent, 'sent twice');
  await manager.refused(
    savePurchase,
    { ...input, note: 'later', expectedVersion: sent.version },
    'inventory.purchase_cannot',
  );

  const came = await Promise.all([1, 2].map(() => technician.call(receiveGoods, receipt)));
  assert.deepEqual(came[0], came[1], 'one receipt, told twice at once');
  assert.equal(came[0]?.supplierId, supplierId);
  const status = async () => (await manager.call(getPurchase, { purchaseId: draft.id })).status;
  assert.equal(await status(), 'part_received');
  await technician.refused(receiveGoods, { ...receipt, invoiceNumber: 'INV/78' }, 'inventory.receipt_taken');
  const stranger = await lab.item();
  const other = { ...receipt, id: newId(), lots: [{ ...goods, itemId: stranger.id }] };
  await technician.refused(receiveGoods, other, 'inventory.not_on_order');
  await technician.call(receiveGoods, {
    ...receipt,
    id: newId(),
    lots: [
      { ...goods, itemId: one.id, lotNumber: 'L2', quantity: '2' },
      { ...goods, itemId: two.id, quantity: '3' },
    ],
  });
  const done = await manager.call(getPurchase, { purchaseId: draft.id });
  assert.deepEqual(
    [done.status, done.lines.map(({ received }) => received)],
    ['received', ['5', '3']],
    'half a pack more came of the second',
  );
  const cancel = { purchaseId: draft.id, expectedVersion: done.version, reason: 'x' };
  await manager.refused(cancelPurchase, cancel, 'inventory.purchase_cannot');
  const page = await technician.call(listReceipts, { first: 1 });
  assert.deepEqual([page.edges[0]?.node.lots.length, page.hasNextPage], [2, true]);
  const rest = await technician.call(listReceipts, { after: page.endCursor });
  assert.deepEqual(
    rest.edges.map(({ node }) => node.id),
    [receipt.id],
  );
  assert.deepEqual(await lab.crooked(), []);
});

test('INV-14: what is wrong on arrival is refused or waits: expired, another expiry, the same lot twice, warm', async (t) => {
  const lab = await startStockLab(t);
  const { technician } = lab;
  const item = await lab.item();
  const lot = { ...goods, itemId: item.id };
  await technician.refused(
    receiveGoods,
    { lots: [{ ...lot, expiresOn: '2031-03-02' }] },
    'inventory.expired_on_receipt',
  );
  await technician.refused(receiveGoods, { lots: [lot, lot] }, 'inventory.lot_twice');
  await technician.refused(receiveGoods, { lots: [lot], supplierId: newId() }, 'inventory.supplier_not_found');
  await technician.refused(receiveGoods, { lots: [lot], purchaseId: newId() }, 'inventory.purchase_not_found');
  await lab.as('pathologist').refused(receiveGoods, { lots: [lot] }, 'platform.forbidden');
  await technician.call(receiveGoods, { lots: [lot] });
  const differs = { lots: [{ ...lot, expiresOn: '2031-11-30' }] };
  const refused = await technician.refused(receiveGoods, differs, 'inventory.expiry_differs');
  assert.deepEqual(refused.details, { lotNumber: 'L1', expiresOn: '2031-12-31' });
  const warm = await lab.lot(item, { isTemperatureOk: false });
  assert.deepEqual([warm.status, warm.quarantineReasons], ['quarantine', ['temperature']]);
  assert.deepEqual(await lab.changes('inventory', item.id), [
    'inventory.add_item',
    'inventory.receive',
    'inventory.receive',
  ]);
});

test('INV-13: suppliers, cancelled orders, and another lab', async (t) => {
  const lab = await startStockLab(t);
  const { manager } = lab;
  const made = await supplier(lab);
  const item = await lab.item();
  await manager.refused(saveSupplier, { code: 'ACME', name: 'Other' }, 'inventory.supplier_code_taken');
  await manager.refused(saveSupplier, { id: made.id, code: 'ACME', name: 'Other' }, 'inventory.stale');
  await manager.refused(
    saveSupplier,
    { id: newId(), code: 'X1', name: 'X', expectedVersion: 1 },
    'inventory.supplier_not_found',
  );
  await lab.technician.refused(saveSupplier, { code: 'X1', name: 'X' }, 'platform.forbidden');
  const changed = { id: made.id, code: 'ACME', name: 'Acme', email: 'orders@acme.example', expectedVersion: 1 };
  assert.deepEqual(await manager.call(saveSupplier, changed), await manager.call(saveSupplier, changed));
  assert.deepEqual(
    (await lab.technician.call(listSuppliers, {})).edges.map(({ node }) => node.name),
    ['Acme'],
  );

  const order = { supplierId: made.id, lines: [{ itemId: item.id, quantity: '1' }] };
  const draft = await manager.call(savePurchase, order);
  const cancel = { purchaseId: draft.id, expectedVersion: 1, reason: 'Not needed' };
  const cancelled = await manager.call(cancelPurchase, cancel);
  assert.equal(cancelled.status, 'cancelled');
  assert.deepEqual(await manager.call(cancelPurchase, cancel), cancelled);
  await manager.refused(sendPurchase, { purchaseId: draft.id, expectedVersion: 1 }, 'inventory.stale');
  await manager.refused(sendPurchase, { purchaseId: draft.id, expectedVersion: 2 }, 'inventory.purchase_cannot');
  lab.later(1);
  const second = await manager.call(savePurchase, order);
  const listed = async (input: { status?: 'draft' }) =>
    (await lab.technician.call(listPurchases, input)).edges.map(({ node }) => node.id);
  assert.deepEqual([await listed({}), await listed({ status: 'draft' })], [[second.id, draft.id], [second.id]]);
  const stranger = lab.as('manager', newId());
  await stranger.refused(getPurchase, { purchaseId: draft.id }, 'inventory.purchase_not_found');
  await stranger.refused(cancelPurchase, cancel, 'inventory.purchase_not_found');
  assert.deepEqual((await stranger.call(listPurchases, {})).edges, []);
  assert.deepEqual((await stranger.call(listSuppliers, {})).edges, []);
  assert.deepEqual((await stranger.call(listReceipts, {})).edges, []);
});
