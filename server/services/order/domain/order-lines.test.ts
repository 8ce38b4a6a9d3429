import assert from 'node:assert/strict';
import { test } from 'node:test';

import { smallCatalogue, testRow } from '../catalogue.testing.ts';
import { linesOf } from './order-lines.ts';

const catalogue = smallCatalogue(
  [testRow('A', { turnaroundMinutes: 1440, urgentTurnaroundMinutes: 1440 }), testRow('B'), testRow('C'), testRow('D')],
  [
    { code: 'SMALL', name: 'Small', synonyms: [], pricePaise: 1, members: ['A', 'B'] },
    { code: 'LARGE', name: 'Large', synonyms: [], pricePaise: 2, members: ['SMALL', 'C'] },
  ],
);
const placedAt = '2026-11-25T17:00:00.000Z';
const lines = (
  codes: readonly string[],
  charged: readonly string[],
  priority: 'routine' | 'urgent' | 'stat' = 'routine',
) =>
  linesOf(
    codes.map((code) => {
      const item = catalogue.items.get(code);
      assert.ok(item);
      return item;
    }),
    new Set(charged),
    catalogue,
    priority,
    placedAt,
  );

test('panels are opened where they stand, overlaps become one line, the ordered panel is noted', () => {
  assert.deepEqual(
    lines(['D', 'LARGE', 'B'], ['D', 'LARGE']).map(({ testCode, panelCode }) => [testCode, panelCode]),
    [
      ['D', null],
      ['A', 'LARGE'],
      ['B', 'LARGE'],
      ['C', 'LARGE'],
    ],
  );
});

test('a test named before its panel still carries the panel that pays for it', () => {
  assert.deepEqual(
    lines(['B', 'SMALL', 'LARGE'], ['LARGE']).map(({ testCode, panelCode }) => [testCode, panelCode]),
    [
      ['B', 'LARGE'],
      ['A', 'LARGE'],
      ['C', 'LARGE'],
    ],
  );
});

test('the promise is placing plus turnaround; urgent and stat use the urgent minutes', () => {
  assert.deepEqual(
    lines(['A', 'B'], ['A', 'B']).map((line) => line.promisedAt),
    ['2026-11-26T17:00:00.000Z', '2026-11-25T19:00:00.000Z'],
  );
  for (const priority of ['urgent', 'stat'] as const) {
    assert.deepEqual(
      lines(['A', 'B'], ['A', 'B'], priority).map((line) => line.promisedAt),
      ['2026-11-26T17:00:00.000Z', '2026-11-25T17:30:00.000Z'],
    );
  }
});
