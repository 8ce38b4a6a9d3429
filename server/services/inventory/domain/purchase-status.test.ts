import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { PurchaseStatus } from '../contract.ts';
import { purchaseMoves, statusAfter } from './purchase-status.ts';

test('INV-13: no sequence of moves leaves the table; nothing comes in on a draft, and received and cancelled are the end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...purchaseMoves), { maxLength: 30 }), (sequence) => {
      let status: PurchaseStatus = 'draft';
      let wasSent = false;
      for (const move of sequence) {
        const next: PurchaseStatus = statusAfter(status, move) ?? status;
        assert.ok(PurchaseStatus.options.includes(next));
        wasSent ||= next === 'sent';
        if (next === 'part_received' || next === 'received') assert.ok(wasSent);
        if (status === 'received' || status === 'cancelled') assert.equal(next, status);
        if (status !== 'draft') assert.notEqual(next, 'draft');
        status = next;
      }
    }),
  );
});

test('INV-13: the whole table, cell by cell', () => {
  const cells = purchaseMoves.map((move) => [move, ...PurchaseStatus.options.map((from) => statusAfter(from, move))]);
  assert.deepEqual(cells, [
    // draft, sent, part_received, received, cancelled
    ['edit', 'draft', undefined, undefined, undefined, undefined],
    ['send', 'sent', undefined, undefined, undefined, undefined],
    ['receive_part', undefined, 'part_received', 'part_received', undefined, undefined],
    ['receive_all', undefined, 'received', 'received', undefined, undefined],
    ['cancel', 'cancelled', 'cancelled', 'cancelled', undefined, undefined],
  ]);
});
