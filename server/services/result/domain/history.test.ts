import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Signed } from './history.ts';
import { compareInTime, layHistory, oldestOfEach } from './history.ts';
import { rangeWords } from './range-words.ts';
import { range } from './fixtures.ts';

const signed = (given: Partial<Signed>): Signed => ({
  id: '0',
  orderId: 'o1',
  analyteCode: 'GLU',
  analyteName: 'Glucose',
  collectedAt: '2026-01-01T03:00:00Z',
  draw: null,
  value: '5.4',
  kind: 'numeric',
  unit: 'mmol/L',
  flags: [],
  range: null,
  method: 'Hexokinase',
  amendment: null,
  ...given,
});

test('lab-day 46: analytes by draws, with method and unit changes marked against the value before', () => {
  const columns = [
    { orderId: 'o3', draw: null, collectedAt: '2026-03-01T03:00:00Z' },
    { orderId: 'o2', draw: null, collectedAt: '2026-02-01T03:01:00Z' },
  ];
  const rows = [
    signed({ id: '3', orderId: 'o3', collectedAt: '2026-03-01T03:00:00Z', value: '<0.5' }),
    // Its tube was scanned a minute before the last of the same draw.
    signed({ id: '2', orderId: 'o2', collectedAt: '2026-02-01T03:00:00Z', method: 'Glucose oxidase' }),
    signed({
      id: '4',
      orderId: 'o3',
      collectedAt: '2026-03-01T03:00:00Z',
      analyteCode: 'HGB',
      analyteName: 'Hb',
      unit: 'g/dL',
    }),
    signed({ id: '5', orderId: 'elsewhere' }),
    signed({ id: '6', orderId: 'o2', draw: '2 h after food' }),
  ];
  const table = layHistory(columns, rows, (code) =>
    code === 'GLU' ? { method: 'Glucose oxidase', unit: 'mg/dL' } : undefined,
  );
  assert.deepEqual(
    table.rows.map(({ analyteCode, values }) => [
      analyteCode,
      values.map((value) => value && [value.value, value.number, value.isMethodChange, value.isUnitChange]),
    ]),
    [
      [
        'GLU',
        [
          ['<0.5', '0.5', true, false],
          ['5.4', '5.4', false, true],
        ],
      ],
      ['HGB', [['5.4', '5.4', false, false], null]],
    ],
  );
});

test('lab-day 46: the next stage of a culture is no amendment', () => {
  const amendment = { number: 1, reason: 'x', at: '2026-01-01T03:00:00Z', by: 'p', previousValue: 'y' };
  const isAmended = (given: Partial<Signed>) => compareInTime([signed(given)], undefined)[0]?.isAmended;
  assert.equal(isAmended({}), false);
  assert.equal(isAmended({ amendment }), true);
  assert.equal(isAmended({ amendment: { ...amendment, kind: 'continued' } }), false);
});

test('whatever the order in which rows come, time goes down and only a neighbour is compared', () => {
  const anyRow = fc.record({
    id: fc.uuid(),
    orderId: fc.uuid(),
    collectedAt: fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()),
    method: fc.constantFrom('A', 'B', null),
  });
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { selector: ({ id }) => id, maxLength: 20 }), (given) => {
      const values = compareInTime(given.map(signed), undefined);
      assert.equal(values.length, given.length);
      for (const [at, value] of values.entries()) {
        const before = values[at + 1];
        if (before !== undefined) assert.ok(value.collectedAt >= before.collectedAt);
        assert.equal(value.isMethodChange, before !== undefined && before.method !== value.method);
      }
      const [oldest] = oldestOfEach(given.map(signed));
      assert.equal(oldest?.id, values.at(-1)?.resultId);
    }),
  );
});

test('lab-day 37: a range in words', () => {
  assert.equal(rangeWords(null), '');
  assert.equal(rangeWords(range({ low: '12', high: '16' })), '12–16');
  assert.equal(rangeWords(range({ high: '200', kind: 'decision' })), '≤ 200');
  assert.equal(rangeWords(range({ low: '40' })), '≥ 40');
  assert.equal(rangeWords(range({ low: '1', high: '2', text: 'Negative' })), 'Negative');
  assert.equal(rangeWords(range({ low: '1', kind: 'none' })), '');
});
