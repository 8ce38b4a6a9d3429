import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { OnTube } from './rack.ts';
import { loadRack } from './rack.ts';

const on = (barcode: string, testCode: string, analyteCode: string): OnTube => ({
  barcode,
  testCode,
  testName: `Test ${testCode}`,
  analyteCode,
  orderId: `order of ${barcode}`,
  patientId: 'p',
  priority: 'routine',
  specimen: 'Serum',
  draw: null,
});
const tube = (barcode: string) => ({ barcode, cameAt: '2026-11-25T03:00:00Z' });

test('lab-day 34: controls at both ends, tubes between them in order, the tests of each once', () => {
  const places = loadRack(
    [tube('B'), tube('A'), tube('GONE')],
    [on('A', 'LFT', 'ALT'), on('A', 'LFT', 'AST'), on('A', 'CREA', 'CREA'), on('B', 'CREA', 'CREA')],
    { first: 2, last: 1 },
  );
  assert.deepEqual(
    places.map(({ position, kind, barcode }) => [position, kind, barcode]),
    [
      [1, 'control', null],
      [2, 'control', null],
      [3, 'tube', 'B'],
      [4, 'tube', 'A'],
      [5, 'control', null],
    ],
  );
  assert.deepEqual(
    places[3]?.tests.map(({ testCode, analyteCodes }) => [testCode, ...analyteCodes]),
    [
      ['LFT', 'ALT', 'AST'],
      ['CREA', 'CREA'],
    ],
  );
  assert.deepEqual([places[0]?.tests, places[0]?.orderId, places[3]?.orderId], [[], null, 'order of A']);
});

test('positions have no gap, and no tube is loaded that is not measured', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 })),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      fc.nat(20),
      fc.nat(20),
      (barcodes, isMeasured, first, last) => {
        const measured = barcodes.filter((_, at) => isMeasured[at % 40]);
        const places = loadRack(
          barcodes.map(tube),
          measured.map((barcode) => on(barcode, 'T', 'A')),
          { first, last },
        );
        assert.deepEqual(
          places.map(({ position }) => position),
          places.map((_, at) => at + 1),
        );
        assert.deepEqual(
          places.slice(first, places.length - last).map(({ barcode }) => barcode),
          measured,
        );
        assert.equal(places.filter(({ kind }) => kind === 'control').length, first + last);
      },
    ),
  );
});
