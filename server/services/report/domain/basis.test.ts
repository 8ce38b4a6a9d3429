import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { BasisFact } from './basis.ts';
import { basisOf, isReady } from './basis.ts';

const result = (id: string, version = 1, status = 'authorised', lineId = 'l1'): BasisFact => ({
  id,
  version,
  status,
  lineId,
});

test('ready when each line has results and each result is authorised', () => {
  assert.equal(isReady(['l1'], [result('a'), result('b')]), true);
  assert.equal(isReady(['l1', 'l2'], [result('a'), result('b', 1, 'authorised', 'l2')]), true);
  assert.equal(isReady(['l1'], [result('a'), result('b', 1, 'verified')]), false);
  assert.equal(isReady(['l1', 'l2'], [result('a')]), false, 'the bench does not know a line yet');
  assert.equal(isReady(['l1'], []), false);
  assert.equal(isReady([], []), false);
});

test('the basis by hand: sha256 of the sorted pairs', () => {
  // printf 'a:1\nb:2' | sha256sum
  assert.equal(
    basisOf([result('b', 2), result('a', 1)]),
    '2bc11e86e8348c7c62f11e681435b5d013a262e5a9f3b8ce61c25831a516a45e',
  );
});

test('the order of results does not matter; any change of a version, and any result more or less, does', () => {
  const sets = fc.uniqueArray(fc.record({ id: fc.uuid(), version: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 8,
    selector: ({ id }) => id,
  });
  fc.assert(
    fc.property(sets, fc.nat(), fc.uuid(), (set, at, another) => {
      const results = set.map(({ id, version }) => result(id, version));
      const basis = basisOf(results);
      assert.equal(basisOf(results.toReversed()), basis);
      const index = at % results.length;
      assert.notEqual(
        basisOf(results.map((one, n) => (n === index ? { ...one, version: one.version + 1 } : one))),
        basis,
      );
      assert.notEqual(basisOf(results.toSpliced(index, 1)), basis);
      assert.notEqual(basisOf([...results, result(another)]), basis);
    }),
  );
});
