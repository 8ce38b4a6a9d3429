import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { broughtAlong } from './merging.ts';

test('a record brings along what was merged into it, directly and through others', () => {
  const links = [
    { id: 'a', mergedInto: 'b' },
    { id: 'b', mergedInto: 'd' },
    { id: 'c', mergedInto: 'b' },
    { id: 'e', mergedInto: 'd' },
  ];
  assert.deepEqual(broughtAlong(links, 'b'), ['b', 'a', 'c']);
  assert.deepEqual(broughtAlong(links, 'd'), ['d', 'b', 'e', 'a', 'c']);
  assert.deepEqual(broughtAlong(links, 'e'), ['e']);
});

test('in any forest: each once, and nobody who does not lead there', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(19), { maxLength: 20 }), fc.nat(19), (parents, at) => {
      // Each is merged into an earlier one, so that there is no circle.
      const links = parents.map((parent, i) => ({ id: String(i + 1), mergedInto: String(parent % (i + 1)) }));
      const leadsTo = (id: string): boolean =>
        id === String(at) || links.some((link) => link.id === id && leadsTo(link.mergedInto));
      const expected = [...new Set(['0', ...links.map((link) => link.id), String(at)])].filter(leadsTo).sort();
      assert.deepEqual([...broughtAlong(links, String(at))].sort(), expected);
    }),
  );
});
