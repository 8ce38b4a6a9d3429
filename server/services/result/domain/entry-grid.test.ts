import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { ResultStatus } from '../contract.ts';
import type { Bearer, GridResult, Seen } from './entry-grid.ts';
import { isTypable, layGrids } from './entry-grid.ts';

const result = (given: Partial<GridResult>): GridResult => ({
  id: 'r',
  version: 1,
  lineId: 'l',
  testCode: 'LFT',
  testName: 'Liver function',
  section: 'BIOCHEMISTRY',
  analyteCode: 'ALT',
  analyteName: 'ALT',
  kind: 'numeric',
  unit: 'U/L',
  isCalculated: false,
  status: 'awaiting',
  value: null,
  flags: [],
  holds: [],
  decimals: 0,
  choices: [],
  ...given,
});
const bearer: Bearer = {
  orderId: 'o',
  patientId: 'p',
  patientName: 'Test Person',
  mrn: 'M1',
  sex: 'female',
  age: '34 Y',
  barcode: 'B1',
  draw: null,
  priority: 'routine',
  collectedAt: null,
};
const nothing: Seen = { range: null, rangeText: '', previous: null };

test('lab-day 37: tubes down, analytes across, a grid for each test; a line that lacks an analyte has a gap', () => {
  const grids = layGrids(
    [
      { bearer, results: [result({ id: '1', lineId: 'a' }), result({ id: '2', lineId: 'a', analyteCode: 'AST' })] },
      { bearer, results: [result({ id: '3', lineId: 'b', testCode: 'ESR', analyteCode: 'ESR' })] },
      { bearer, results: [result({ id: '4', lineId: 'c', analyteCode: 'AST' })] },
      { bearer, results: [] },
    ],
    () => nothing,
  );
  assert.deepEqual(
    grids.map(({ testCode, columns, rows }) => [
      testCode,
      columns.map(({ analyteCode }) => analyteCode),
      rows.map(({ lineId, cells }) => [lineId, ...cells.map((cell) => cell?.resultId ?? null)]),
    ]),
    [
      [
        'LFT',
        ['ALT', 'AST'],
        [
          ['a', '1', '2'],
          ['c', null, '4'],
        ],
      ],
      ['ESR', ['ESR'], [['b', '3']]],
    ],
  );
});

test('lab-day 37: what can be typed', () => {
  const states = ResultStatus.options.filter((status) => isTypable(result({ status })));
  assert.deepEqual(states, ['awaiting', 'entered']);
  assert.equal(isTypable(result({ isCalculated: true })), false);
  assert.equal(isTypable(result({ kind: 'culture' })), false);
  assert.equal(isTypable(result({ kind: 'titre' })), true);
});

test('every result of every line stands in one cell, under its own analyte', () => {
  const anyLine = fc.record({
    testCode: fc.constantFrom('A', 'B', 'C'),
    codes: fc.uniqueArray(fc.constantFrom('W', 'X', 'Y', 'Z'), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 12 }), (lines) => {
      const laid = lines.map(({ testCode, codes }, line) => ({
        bearer,
        results: codes.map((analyteCode) =>
          result({ id: `${line} ${analyteCode}`, lineId: `${line}`, testCode, analyteCode }),
        ),
      }));
      const grids = layGrids(laid, () => nothing);
      const cells = grids.flatMap(({ columns, rows }) =>
        rows.flatMap((row) => {
          assert.equal(row.cells.length, columns.length);
          return row.cells.flatMap((cell, at) => {
            if (cell === null) return [];
            assert.equal(cell.analyteCode, columns[at]?.analyteCode);
            return [cell.resultId];
          });
        }),
      );
      const expected = laid.flatMap(({ results }) => results.map(({ id }) => id));
      assert.deepEqual(cells.toSorted(), expected.toSorted());
    }),
  );
});
