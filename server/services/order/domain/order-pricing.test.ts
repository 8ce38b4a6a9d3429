import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { CatalogueItem } from '../contract.ts';
import { priceItems } from './order-pricing.ts';

function item(
  kind: CatalogueItem['kind'],
  code: string,
  testCodes: readonly string[],
  pricePaise: number,
): CatalogueItem {
  return {
    kind,
    code,
    name: code,
    synonyms: [],
    pricePaise,
    testCodes: [...testCodes],
    specimens: [],
    isFastingNeeded: false,
    isOutsourced: false,
    isInScope: false,
    needsConsent: false,
  };
}
const paise = (items: readonly CatalogueItem[]) => priceItems(items, new Map()).map((priced) => priced.pricePaise);

const lipid = item('panel', 'LIPID', ['CHOL', 'TRIG', 'HDL'], 50_000);
const lipidExtended = item('panel', 'LIPID_EXT', ['CHOL', 'TRIG', 'HDL', 'APOB'], 90_000);
const cardiac = item('panel', 'CARDIAC', ['TRIG', 'CRP'], 40_000);
const triglycerides = item('test', 'TRIG', ['TRIG'], 15_000);
const glucose = item('test', 'GLU', ['GLU'], 6_000);

test('a test beside the panel that contains it costs nothing, in either sequence', () => {
  assert.deepEqual(paise([triglycerides, lipid]), [0, 50_000]);
  assert.deepEqual(paise([lipid, triglycerides, glucose]), [50_000, 0, 6_000]);
});

test('a panel inside a larger ordered panel costs nothing', () => {
  assert.deepEqual(paise([lipid, lipidExtended, triglycerides]), [0, 90_000, 0]);
});

test('panels that share only some tests each keep their price', () => {
  assert.deepEqual(paise([lipid, cardiac]), [50_000, 40_000]);
});

test('of two that contain the same tests one is charged: the panel before the test, else the first', () => {
  const glucosePanel = item('panel', 'SUGAR', ['GLU'], 5_000);
  const other = item('panel', 'SUGAR2', ['GLU'], 4_000);
  assert.deepEqual(paise([glucose, glucosePanel]), [0, 5_000]);
  assert.deepEqual(paise([other, glucosePanel]), [4_000, 0]);
});

test('every test of an order is paid by some charged item, and no charged item lies inside another', () => {
  const letters = ['A', 'B', 'C', 'D', 'E'];
  const anyItem = fc
    .record({
      kind: fc.constantFrom('test' as const, 'panel' as const),
      tests: fc.subarray(letters, { minLength: 1 }),
      price: fc.nat(1000),
    })
    .map(({ kind, tests, price }) => ({ kind, tests: kind === 'test' ? tests.slice(0, 1) : tests, price }));
  fc.assert(
    fc.property(fc.array(anyItem, { minLength: 1, maxLength: 8 }), (drafts) => {
      const items = drafts.map(({ kind, tests, price }, at) => item(kind, `I${at}`, tests, price));
      const priced = priceItems(items, new Map());
      const charged = priced.filter(({ isCovered }) => !isCovered).map((each) => each.item);
      const paid = new Set(charged.flatMap((each) => each.testCodes));
      for (const each of items) for (const code of each.testCodes) assert.ok(paid.has(code));
      for (const one of charged) {
        for (const other of charged) {
          if (one !== other) assert.ok(!one.testCodes.every((code) => other.testCodes.includes(code)));
        }
      }
      for (const { item: each, pricePaise, isCovered } of priced)
        assert.equal(pricePaise, isCovered ? 0 : each.pricePaise);
    }),
  );
});
