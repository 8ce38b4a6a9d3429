import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { BasisFact } from './basis.ts';
import { basisOf, basisOfBefore } from './basis.ts';

const signed = (id: string, authorisedAt: string | null, number?: number): BasisFact => ({
  id,
  authorisedAt,
  amendment: number === undefined ? null : { number },
});

test('the basis by hand: sha256 of the status and the sorted results', () => {
  // printf 'final\na:0:blank\nb:2:2026-11-25T06:00:00.000Z' | sha256sum
  assert.equal(
    basisOf('final', [signed('b', '2026-11-25T06:00:00.000Z', 2), signed('a', null)]),
    '4827fbf554ed6ff2f290ca5931c1dbf5b7be3b6feccc34ce0153b0d66b8d4d53',
  );
  // printf 'a:1\nb:2' | sha256sum
  assert.equal(
    basisOfBefore([
      { id: 'b', version: 2 },
      { id: 'a', version: 1 },
    ]),
    '2bc11e86e8348c7c62f11e681435b5d013a262e5a9f3b8ce61c25831a516a45e',
  );
});

test('the order of results does not matter; another signing, status, and any result more or less, does', () => {
  const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
  const sets = fc.uniqueArray(fc.record({ id: fc.uuid(), at }), {
    minLength: 1,
    maxLength: 8,
    selector: ({ id }) => id,
  });
  fc.assert(
    fc.property(sets, fc.nat(), fc.uuid(), (set, place, another) => {
      const results = set.map((one) => signed(one.id, one.at.toISOString()));
      const basis = basisOf('final', results);
      assert.equal(basisOf('final', results.toReversed()), basis);
      assert.notEqual(basisOf('interim', results), basis);
      const index = place % results.length;
      const other = results.map((one, n) => (n === index ? { ...one, amendment: { number: 1 } } : one));
      assert.notEqual(basisOf('final', other), basis);
      assert.notEqual(basisOf('final', results.toSpliced(index, 1)), basis);
      assert.notEqual(basisOf('final', [...results, signed(another, null)]), basis);
    }),
  );
});
