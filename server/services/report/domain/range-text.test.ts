import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { RangeFact } from './range-text.ts';
import { rangeText, withDecimals } from './range-text.ts';

const range = (over: Partial<RangeFact>): RangeFact => ({
  low: null,
  high: null,
  text: null,
  kind: 'reference',
  ...over,
});

test('ranges as printed', () => {
  const cases: readonly (readonly [RangeFact | null, string, number | null, string])[] = [
    [range({ low: '13', high: '17' }), 'numeric', 1, '13.0 – 17.0'],
    [range({ low: '3.5', high: '5.10' }), 'numeric', 1, '3.5 – 5.10'],
    [range({ low: '150', high: '410' }), 'numeric', 0, '150 – 410'],
    [range({ low: '-2', high: '2' }), 'numeric', 1, '-2.0 – 2.0'],
    [range({ low: '0', high: '15' }), 'numeric', 0, '0 – 15'],
    [range({ high: '5' }), 'numeric', 1, '< 5.0'],
    [range({ low: '40' }), 'numeric', 0, '> 40'],
    [range({ high: '200', kind: 'decision' }), 'numeric', 0, 'Decision limit: < 200'],
    [range({ low: '4.0', high: '5.6', kind: 'decision' }), 'numeric', 1, 'Decision limit: 4.0 – 5.6'],
    [range({ text: 'Negative' }), 'coded', null, 'Negative'],
    [
      range({ low: '2', high: '9', text: 'Follicular or luteal 2-9; mid-cycle peak 4-22' }),
      'numeric',
      1,
      'Follicular or luteal 2-9; mid-cycle peak 4-22',
    ],
    [range({ kind: 'none' }), 'numeric', 1, 'No range established'],
    [range({ kind: 'none' }), 'coded', null, 'No range established'],
    [range({}), 'numeric', 1, 'No range established'],
    [null, 'numeric', 1, 'No range established'],
    [null, 'text', null, ''],
    [range({ kind: 'none' }), 'text', null, ''],
    [range({ text: 'Not seen' }), 'text', null, 'Not seen'],
  ];
  for (const [given, kind, decimals, expected] of cases) assert.equal(rangeText(given, kind, decimals), expected);
});

test('a limit only ever gains zeros at its end', () => {
  const limits = fc
    .tuple(fc.integer(), fc.option(fc.nat(9999), { nil: undefined }))
    .map(([whole, part]) => (part === undefined ? `${whole}` : `${whole}.${part}`));
  fc.assert(
    fc.property(limits, fc.integer({ min: 0, max: 6 }), (limit, decimals) => {
      const printed = withDecimals(limit, decimals);
      assert.ok(printed.startsWith(limit));
      assert.match(printed.slice(limit.length), /^\.?0*$/);
      assert.equal(Number(printed), Number(limit));
    }),
  );
});
