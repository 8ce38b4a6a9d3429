import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { add, newRuns, recipesAt, runsOf, testsOfControls } from './runs.ts';

const none = new Map<string, number>();

test('lab-day 44: one panel on one tube counts once, however its values come; measured again it counts again', () => {
  assert.deepEqual(newRuns(none, ['HGB', 'WBC', 'PLT'], false), { first: 1, repeats: 0 });
  const half = add(none, ['HGB', 'WBC']);
  assert.deepEqual(newRuns(half, ['PLT'], false), { first: 0, repeats: 0 }, 'the rest of the same run');
  assert.deepEqual(newRuns(half, ['HGB'], true), { first: 0, repeats: 1 });
  assert.deepEqual(newRuns(half, ['HGB', 'WBC', 'PLT'], true), { first: 0, repeats: 1 });
  assert.deepEqual(newRuns(none, ['HGB', 'HGB'], false), { first: 1, repeats: 1 });
  assert.deepEqual(newRuns(none, ['HGB'], true), { first: 0, repeats: 1 }, 'the first run was before the recipe');
});

test('lab-day 44: cut into any pieces, the runs are those of the whole', () => {
  const codes = fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(codes, fc.nat(20), (all, cut) => {
      const [one, two] = [all.slice(0, cut), all.slice(cut)];
      const parts = [newRuns(none, one, false), newRuns(add(none, one), two, false)];
      const sum = parts.reduce((total, { first, repeats }) => total + first + repeats, 0);
      assert.equal(sum, runsOf(add(none, all)));
      assert.equal(
        parts.reduce((total, { first }) => total + first, 0),
        1,
      );
    }),
  );
});

test('lab-day 44: a control belongs to the largest test its analyte is of', () => {
  const tests = [
    { code: 'HB', analyteCodes: ['HGB'] },
    { code: 'CBC', analyteCodes: ['HGB', 'WBC', 'PLT'] },
    { code: 'CBCB', analyteCodes: ['HGB', 'WBC', 'PLT'] },
  ];
  const found = testsOfControls(['HGB', 'HGB', 'WBC', 'GLU'], tests);
  assert.deepEqual([...found], [['CBC', ['HGB', 'HGB', 'WBC']]]);
});

test('INV-8: the instrument has its own quantity of an item, and the general ones of the others', () => {
  const recipe = { measure: 'test', code: 'CBC', quantity: '1' } as const;
  const own = { ...recipe, instrument: 'XN', itemId: 'diluent' };
  const all = { ...recipe, instrument: null, itemId: 'diluent' };
  const tip = { ...recipe, instrument: null, itemId: 'tip' };
  assert.deepEqual(recipesAt([all, own, tip], 'XN'), [own, tip]);
  assert.deepEqual(recipesAt([all, own, tip], 'other'), [all, tip]);
  assert.deepEqual(recipesAt([all, own, tip], null), [all, tip]);
});
