import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BagStatus, ManifestStatus } from '../contract.ts';
import { aliquotBarcode, pour } from './aliquot.ts';
import { BagMove, bagAfter, cannotBag, cannotManifest, manifestAfter, ManifestMove } from './bag-status.ts';
import { freePosition, isInRack, lastPosition } from './rack.ts';
import { keptLongEnough, keptUntil } from './retention.ts';

const parent = { accession: 'N261125000016', lineIds: ['a', 'b'], testCodes: ['A', 'B'], remainingMl: 0.3 };
const wish = (volumeMl: number, ...lineIds: string[]) => ({ volumeMl, lineIds });

test('lab-day 30: aliquots take volume and tests from the parent, to the last hundredth and not beyond', () => {
  // In binary 0.1 + 0.2 is more than 0.3.
  assert.deepEqual(pour(parent, [wish(0.1, 'b'), wish(0.2)], 0), {
    kind: 'poured',
    askedMl: 0.3,
    kept: { lineIds: ['a'], testCodes: ['A'] },
    aliquots: [
      { lineIds: ['b'], testCodes: ['B'] },
      { lineIds: [], testCodes: [] },
    ],
  });
  assert.deepEqual(pour(parent, [wish(0.31)], 0), { kind: 'not_enough', remainingMl: 0.3, askedMl: 0.31 });
  assert.equal(pour({ ...parent, remainingMl: null }, [wish(9)], 0).kind, 'poured');
  assert.deepEqual(pour(parent, [wish(0.1, 'x')], 0), { kind: 'not_on_tube', lineIds: ['x'] });
  assert.deepEqual(pour(parent, [wish(0.1, 'a'), wish(0.1, 'a')], 0), { kind: 'not_on_tube', lineIds: ['a'] });
  assert.equal(pour(parent, [wish(0.1)], 9).kind, 'too_many');
  assert.equal(aliquotBarcode(parent.accession, 2), 'N261125000016-A2');
});

test('a rack is filled row by row, every position once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 26 }), fc.integer({ min: 1, max: 12 }), (rows, columns) => {
      const size = { rows, columns };
      const taken = new Set<string>();
      for (let n = 0; n < rows * columns; n += 1) {
        const free = freePosition(size, taken);
        assert.ok(free !== undefined && isInRack(size, free) && !taken.has(free));
        taken.add(free);
        if (n === rows * columns - 1) assert.equal(free, lastPosition(size));
      }
      assert.equal(freePosition(size, taken), undefined);
    }),
    { numRuns: 30 },
  );
  assert.equal(lastPosition({ rows: 8, columns: 12 }), 'H12');
  assert.equal(isInRack({ rows: 8, columns: 12 }, 'I1'), false);
  assert.equal(isInRack({ rows: 8, columns: 12 }, 'A13'), false);
});

test('a tube is kept so many days from its reception', () => {
  assert.equal(keptUntil('2026-11-20T05:00:00.000Z', 5), '2026-11-25T05:00:00.000Z');
  assert.equal(keptLongEnough('2026-11-25T05:00:00.000Z', 5), '2026-11-20T05:00:00.000Z');
});

test('no sequence of moves leaves the way of a bag or of a manifest; refusals say who may do it', () => {
  const bagMoves = fc.array(fc.constantFrom(...Object.values(BagMove)), { maxLength: 10 });
  fc.assert(
    fc.property(bagMoves, (moves) => {
      let status: BagStatus = 'packed';
      for (const move of moves) {
        const next: BagStatus | undefined = bagAfter(status, move);
        if (next === undefined) {
          assert.match(cannotBag(status, move).message, /A received bag cannot be sent.*sample\.transport/);
          continue;
        }
        assert.ok(BagStatus.options.indexOf(next) >= BagStatus.options.indexOf(status));
        status = next;
      }
      assert.equal(status === 'received', moves.includes('receive'));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(ManifestMove)), { maxLength: 10 }), (moves) => {
      let status: ManifestStatus = 'made';
      for (const move of moves) {
        const next: ManifestStatus | undefined = manifestAfter(status, move);
        if (next === undefined) {
          assert.match(cannotManifest(status, move).message, /that is made cannot be reported on.*sample\.outsource/);
          continue;
        }
        assert.ok(ManifestStatus.options.indexOf(next) >= ManifestStatus.options.indexOf(status));
        status = next;
      }
    }),
  );
});
