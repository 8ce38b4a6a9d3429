import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { allocate } from './allocate.ts';
import type { Need, StockLot } from './allocate.ts';

const TODAY = '2026-11-25';
const lot = (id: string, facts: Partial<StockLot> = {}): StockLot => ({
  id,
  lotNumber: id,
  status: 'in_use',
  usableUntil: '2026-12-31',
  expiresOn: '2026-12-31',
  receivedAt: '2026-01-01T00:00:00.000Z',
  instrument: 'cobas',
  quantity: 10n,
  ...facts,
});
const need = (facts: Partial<Need> = {}): Need => ({
  quantity: 4n,
  instrument: 'cobas',
  reagentLot: null,
  today: TODAY,
  isOpenedFirst: true,
  ...facts,
});
const from = (wanted: Need, lots: readonly StockLot[]) =>
  allocate(wanted, lots).takes.map(({ lotId, quantity }) => [lotId, quantity]);

test('lab-day 44: from the lot open on that instrument, first to expire first, over into the next', () => {
  const lots = [
    lot('later', { usableUntil: '2026-12-30' }),
    lot('first', { usableUntil: '2026-12-01', quantity: 3n }),
    lot('elsewhere', { usableUntil: '2026-11-26', instrument: 'other' }),
    lot('unopened', { status: 'usable', usableUntil: '2026-11-26', instrument: null }),
    lot('shared', { usableUntil: '2026-11-26', instrument: null }),
  ];
  assert.deepEqual(from(need(), lots), [
    ['first', 3n],
    ['later', 1n],
  ]);
  assert.deepEqual(from(need({ quantity: 20n }), lots), [
    ['first', 3n],
    ['later', 10n],
    ['shared', 7n],
  ]);
  // What does not spoil once open needs no opening.
  assert.deepEqual(from(need({ instrument: null, quantity: 15n, isOpenedFirst: false }), lots), [
    ['shared', 10n],
    ['unopened', 5n],
  ]);
});

test('lab-day 44: the lot an analyzer names is where it came from, and a doubt about it is kept', () => {
  const named = need({ reagentLot: 'N' });
  const good = lot('good');
  assert.deepEqual(from(named, [good, lot('N', { instrument: 'other', usableUntil: '2027-01-01' })]), [['N', 4n]]);
  const doubt = (facts: Partial<StockLot>) => allocate(named, [good, lot('N', facts)]).takes[0]?.doubt;
  assert.equal(doubt({ status: 'quarantine' }), 'in quarantine');
  assert.equal(doubt({ status: 'expired', expiresOn: '2026-11-24', usableUntil: '2026-11-24' }), 'past its time');
  assert.equal(doubt({ usableUntil: '2026-11-24' }), 'past its time');
  assert.equal(doubt({ usableUntil: TODAY }), null, 'the last day is in time');
  assert.deepEqual(from(named, [good, lot('N', { status: 'discarded' })]), [['good', 4n]]);
});

test('lab-day 44: what no lot covers is short, and why', () => {
  assert.deepEqual(allocate(need(), []), { takes: [], short: 4n, why: 'none_in_use' });
  assert.equal(allocate(need(), [lot('a', { status: 'usable' })]).why, 'none_in_use');
  assert.equal(allocate(need(), [lot('a', { usableUntil: '2026-11-24' })]).why, 'past_time');
  assert.equal(allocate(need(), [lot('a', { status: 'quarantine' })]).why, 'none_in_use');
  const some = allocate(need(), [lot('a', { quantity: 1n })]);
  assert.deepEqual([some.short, some.why], [3n, 'not_enough']);
});

test('INV-9: what was taken and what is short is what was needed; no lot gives more than it holds', () => {
  const anyLot = fc.record({
    id: fc.uuid(),
    lotNumber: fc.constantFrom('A', 'B'),
    status: fc.constantFrom('quarantine', 'usable', 'in_use', 'used_up', 'expired', 'discarded' as const),
    usableUntil: fc.constantFrom('2026-11-24', '2026-11-25', '2026-12-31'),
    expiresOn: fc.constantFrom('2026-11-24', '2026-12-31'),
    receivedAt: fc.constant('2026-01-01T00:00:00.000Z'),
    instrument: fc.constantFrom('cobas', 'other', null),
    quantity: fc.bigInt({ min: 0n, max: 20n }),
  });
  const anyNeed = fc.record({
    quantity: fc.bigInt({ min: 1n, max: 50n }),
    instrument: fc.constantFrom('cobas', null),
    reagentLot: fc.constantFrom('A', null),
    today: fc.constant(TODAY),
    isOpenedFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(anyNeed, fc.uniqueArray(anyLot, { selector: ({ id }) => id, maxLength: 8 }), (wanted, lots) => {
      const { takes, short, why } = allocate(wanted, lots);
      assert.equal(
        takes.reduce((sum, { quantity }) => sum + quantity, short),
        wanted.quantity,
      );
      assert.equal(short === 0n, why === null);
      assert.equal(new Set(takes.map(({ lotId }) => lotId)).size, takes.length);
      for (const take of takes) {
        const held = lots.find(({ id }) => id === take.lotId);
        assert.ok(held && take.quantity > 0n && take.quantity <= held.quantity);
        assert.notEqual(held.status, 'discarded');
        if (take.doubt !== null) assert.equal(held.lotNumber, wanted.reagentLot);
      }
    }),
  );
});
