import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { StoredItem } from './order-reversal.ts';
import { itemsToReverse } from './order-reversal.ts';

function item(code: string, lineCodes: readonly string[], isReversed = false): StoredItem {
  return { code, name: code, kind: 'panel', pricePaise: 1, origin: 'ordered', isReversed, position: 1, lineCodes };
}
const line = (testCode: string, panelCode: string | null = null) =>
  ({ id: `line ${testCode}`, testCode, panelCode, status: 'open' }) as const;
const cancelled = (...codes: readonly string[]) => new Set(codes.map((code) => `line ${code}`));
const codesOf = (items: readonly StoredItem[]) => items.map((each) => each.code);

test('a panel keeps its price while one of its tests is to be done', () => {
  const lines = [line('NA', 'LYTES'), line('K', 'LYTES')];
  assert.deepEqual(codesOf(itemsToReverse([item('LYTES', ['NA', 'K'])], lines, cancelled('NA'))), []);
  assert.deepEqual(codesOf(itemsToReverse([item('LYTES', ['NA', 'K'])], lines, cancelled('NA', 'K'))), ['LYTES']);
});

test('a test inside another goes with the one that gives it', () => {
  const items = [item('HGB', ['CBC']), item('CBC', ['CBC'])];
  assert.deepEqual(codesOf(itemsToReverse(items, [line('CBC')], cancelled('CBC'))), ['HGB', 'CBC']);
});

test('of panels that share a test the one that still has it stays', () => {
  const items = [item('LIPID', ['CHOL', 'TRIG']), item('CARDIAC', ['TRIG', 'CRP'])];
  const lines = [line('CHOL', 'LIPID'), line('TRIG', 'LIPID'), line('CRP', 'CARDIAC')];
  assert.deepEqual(codesOf(itemsToReverse(items, lines, cancelled('CRP'))), []);
  assert.deepEqual(codesOf(itemsToReverse(items, lines, cancelled('CRP', 'TRIG'))), ['CARDIAC']);
});

test('items of before lines were noted go by panel and test code', () => {
  const items = [item('LYTES', []), item('CRP', [])];
  const lines = [line('NA', 'LYTES'), line('CRP')];
  assert.deepEqual(codesOf(itemsToReverse(items, lines, cancelled('NA'))), ['LYTES']);
});

test('cancelling line by line takes each price back exactly once, and all of them at the end', () => {
  const tests = ['A', 'B', 'C', 'D'];
  fc.assert(
    fc.property(
      fc.array(fc.subarray(tests, { minLength: 1 }), { minLength: 1, maxLength: 4 }),
      fc.shuffledSubarray(tests, { minLength: 4, maxLength: 4 }),
      (sets, sequence) => {
        let items = sets.map((codes, at) => item(`I${at}`, codes));
        const needed = new Set(sets.flat());
        let lines: readonly { id: string; testCode: string; panelCode: null; status: 'open' | 'cancelled' }[] = [
          ...needed,
        ]
          .map((code) => line(code))
          .map((each) => ({ ...each, panelCode: null }));
        const seen: string[] = [];
        for (const code of sequence.filter((each) => needed.has(each))) {
          const reversed = codesOf(itemsToReverse(items, lines, cancelled(code)));
          seen.push(...reversed);
          items = items.map((each) => (reversed.includes(each.code) ? { ...each, isReversed: true } : each));
          lines = lines.map((each) => (each.testCode === code ? { ...each, status: 'cancelled' } : each));
        }
        assert.deepEqual(
          seen.toSorted(),
          sets.map((_, at) => `I${at}`),
        );
      },
    ),
  );
});
