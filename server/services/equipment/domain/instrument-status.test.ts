import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { InstrumentStatus } from '../contract.ts';
import { instrumentMoves, moves, statusAfter } from './instrument-status.ts';

test('EQP-3: no sequence of moves leaves the table, and only a breakdown, a repair and the manager change the status', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...instrumentMoves), { maxLength: 40 }), (sequence) => {
      let status: InstrumentStatus = 'in_service';
      for (const move of sequence) {
        const next: InstrumentStatus = statusAfter(status, move) ?? status;
        assert.ok(InstrumentStatus.options.includes(next));
        if (next !== status) {
          const expected = { down: ['breakdown'], in_service: ['repair', 'reinstatement'], retired: ['retirement'] };
          assert.ok(expected[next].includes(move), `${move} took ${status} to ${next}`);
        }
        if (status === 'retired' && next !== 'retired') assert.equal(move, 'reinstatement');
        status = next;
      }
    }),
  );
});

test('EQP-3: the whole table, cell by cell', () => {
  const cells = instrumentMoves.map((move) => [move, ...InstrumentStatus.options.map((from) => moves[move].to[from])]);
  assert.deepEqual(cells, [
    ['calibration', 'in_service', 'down', undefined],
    ['maintenance', 'in_service', 'down', undefined],
    ['breakdown', 'down', undefined, undefined],
    ['repair', undefined, 'in_service', undefined],
    ['note', 'in_service', 'down', 'retired'],
    ['retirement', 'retired', 'retired', undefined],
    ['reinstatement', undefined, undefined, 'in_service'],
  ]);
});
