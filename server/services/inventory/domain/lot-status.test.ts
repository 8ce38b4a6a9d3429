import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { LotStatus } from '../contract.ts';
import { handMoves, lotMoves, moves, statusAfter, statusWith } from './lot-status.ts';

test('INV-3: no sequence of moves leaves the table; nothing leaves quarantine for use but by a release, and discarded is the end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lotMoves), { maxLength: 40 }), (sequence) => {
      let status: LotStatus = 'quarantine';
      for (const move of sequence) {
        const next: LotStatus = statusAfter(status, move) ?? status;
        assert.ok(LotStatus.options.includes(next));
        if (status === 'quarantine' && (next === 'usable' || next === 'in_use')) assert.equal(move, 'release');
        if (status === 'discarded') assert.equal(next, 'discarded');
        if (status === 'expired') assert.ok(['expired', 'used_up', 'discarded'].includes(next));
        if (next === 'in_use' && status !== 'in_use') assert.equal(move, 'open');
        status = next;
      }
    }),
  );
});

test('INV-3: the whole table, cell by cell', () => {
  const cells = lotMoves.map((move) => [move, ...LotStatus.options.map((status) => moves[move][status] ?? '-')]);
  assert.deepEqual(cells, [
    // quarantine, usable, in_use, used_up, expired, discarded
    ['release', 'usable', '-', '-', '-', '-', '-'],
    ['open', '-', 'in_use', 'in_use', '-', '-', '-'],
    ['empty', 'used_up', 'used_up', 'used_up', '-', 'used_up', '-'],
    ['refill', '-', '-', '-', 'usable', '-', '-'],
    ['put_back', '-', '-', '-', 'quarantine', '-', '-'],
    ['expire', 'expired', 'expired', 'expired', '-', '-', '-'],
    ['discard', 'discarded', 'discarded', 'discarded', '-', 'discarded', '-'],
  ]);
  assert.ok(Object.values(handMoves).every((statuses) => !statuses.includes('discarded')));
});

test('INV-3: found after it was used up: back to where it may be, never past its time and never out of quarantine', () => {
  const lot = { status: 'used_up', quarantineReasons: [], expiresOn: '2026-12-31' } as const;
  assert.equal(statusWith(lot, 1n, false, '2026-12-31'), 'usable');
  assert.equal(statusWith(lot, 1n, false, '2027-01-01'), 'expired');
  assert.equal(statusWith({ ...lot, quarantineReasons: ['verification'] }, 1n, false, '2026-12-01'), 'quarantine');
  assert.equal(statusWith({ ...lot, status: 'in_use' }, 0n, false, '2026-12-01'), 'used_up');
  assert.equal(statusWith({ ...lot, status: 'expired' }, 0n, true, '2027-01-01'), 'discarded');
  assert.equal(statusWith({ ...lot, status: 'in_use' }, 5n, true, '2026-12-01'), 'in_use', 'one vial of several');
});
