import assert from 'node:assert/strict';
import { test } from 'node:test';

import { smallCatalogue, testRow } from '../catalogue.testing.ts';
import { lineCodesOf, linesOf, supersededBy } from './order-lines.ts';
import { alwaysOpen } from './promise.ts';

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
    { priority, fromAt: placedAt, calendar: alwaysOpen, origin: 'ordered' },
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

const terms = { priority: 'routine', fromAt: placedAt, calendar: alwaysOpen, origin: 'added' } as const;
const testOf = (code: string) => {
  const found = catalogue.tests.get(code);
  assert.ok(found);
  return found;
};
const itemOf = (code: string) => {
  const found = catalogue.items.get(code);
  assert.ok(found);
  return found;
};

test('what the order has gets no second line when a panel is added', () => {
  const added = linesOf([itemOf('LARGE')], new Set(['LARGE']), catalogue, terms, [testOf('B')]);
  assert.deepEqual(
    added.map(({ testCode, panelCode, origin }) => [testCode, panelCode, origin]),
    [
      ['A', 'LARGE', 'added'],
      ['C', 'LARGE', 'added'],
    ],
  );
});

test('an item is given by its own lines, or by that of the test that contains it', () => {
  assert.deepEqual(lineCodesOf(itemOf('SMALL'), [testOf('A'), testOf('B'), testOf('C')], catalogue), ['A', 'B']);
  const rich = smallCatalogue([testRow('HGB'), testRow('CBC')]);
  const [hgb, cbc] = ['HGB', 'CBC'].map((code) => rich.tests.get(code));
  assert.ok(hgb && cbc);
  const count = { ...cbc, analytes: [...cbc.analytes, ...hgb.analytes] };
  const whole = {
    ...rich,
    tests: new Map([
      ['HGB', hgb],
      ['CBC', count],
    ]),
  };
  const item = rich.items.get('HGB');
  assert.ok(item);
  assert.deepEqual(lineCodesOf(item, [count], whole), ['CBC']);
  assert.deepEqual([...supersededBy([count], [hgb])], ['HGB']);
  assert.deepEqual([...supersededBy([hgb], [count])], []);
});
