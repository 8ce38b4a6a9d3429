import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InstrumentObservation } from '../contract.ts';
import { createPlacer } from './place-observations.ts';

const row = (barcode: string, analyteCode: string, id: string) => ({
  id,
  barcode,
  analyteCode,
  loinc: null,
  ucum: 'g/dL',
  unit: 'g/dL',
});
const observation = (given: Partial<InstrumentObservation>): InstrumentObservation => ({
  key: 'k',
  messageId: 'm',
  instrument: 'i',
  barcode: 'T1',
  analyteCode: 'HGB',
  value: '13',
  unit: 'g/dL',
  doubts: [],
  isPreliminary: false,
  note: null,
  ...given,
});
const place = createPlacer(
  [row('T1', 'HGB', 'a'), row('T1', 'HGB', 'b'), row('T1', 'PLT', 'c'), row('T2', 'HGB', 'd')],
  new Map([
    ['SECOND', { barcode: 'T2', isDrawn: true }],
    ['PLANNED', { barcode: 'PLANNED', isDrawn: false }],
    ['DRAWN', { barcode: 'DRAWN', isDrawn: true }],
  ]),
);
const told = (given: Partial<InstrumentObservation>) => {
  const found = place(observation(given));
  return found.kind === 'found' ? found.rows.map((each) => each.id).join() : found.outcome;
};

test('a value goes to its tube and analyte, to both when two tests share them', () => {
  assert.equal(told({}), 'a,b');
  assert.equal(told({ barcode: ' T1 ', analyteCode: 'PLT' }), 'c');
  assert.equal(told({ barcode: 'SECOND' }), 'd');
});

test('the first thing that is wrong is told: barcode, tube, order, value, unit', () => {
  const wrong = { analyteCode: 'TSH', value: ' ', unit: 'g/L' };
  assert.equal(told({ ...wrong, barcode: 'NOBODY' }), 'unknown_barcode');
  assert.equal(told({ ...wrong, barcode: 'PLANNED' }), 'not_collected');
  assert.equal(told({ ...wrong, barcode: 'DRAWN' }), 'not_ready', 'the news of it is on its way');
  assert.equal(told(wrong), 'not_ordered');
  assert.equal(told({ ...wrong, analyteCode: 'HGB' }), 'no_value');
  assert.equal(told({ unit: 'g/L' }), 'unit_mismatch');
  assert.equal(told({ unit: '' }), 'a,b', 'no unit is held later, not refused');
});
