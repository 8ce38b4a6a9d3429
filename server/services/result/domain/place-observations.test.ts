import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ResultStatus } from '../contract.ts';
import type { KnownTube, Target } from './place-observations.ts';
import { createPlacer } from './place-observations.ts';

interface Row extends Target {
  readonly id: string;
}

function row(barcode: string | null, analyteCode: string, id: string, given: Partial<Row> = {}): Row {
  const status: ResultStatus = 'awaiting';
  return {
    id,
    orderId: `order of ${barcode}`,
    barcode,
    analyteCode,
    measuredAs: null,
    status,
    rejectedTube: null,
    ...given,
  };
}

function teller(rows: readonly Row[], tubes: readonly (readonly [string, KnownTube])[] = []) {
  const place = createPlacer(rows, new Map(tubes));
  return (barcode: string, analyteCode: string, value = '13'): string => {
    const found = place({ barcode, analyteCode, value });
    return found.kind === 'none' ? found.outcome : found.rows.map(({ id }) => id).join();
  };
}

const told = teller(
  [row('T1', 'HGB', 'a'), row('T1', 'HGB', 'b'), row('T1', 'PLT', 'c'), row('T2', 'HGB', 'd')],
  [
    ['SECOND', { barcode: 'T2', state: 'drawn' }],
    ['PLANNED', { barcode: 'PLANNED', state: 'planned' }],
    ['DRAWN', { barcode: 'DRAWN', state: 'drawn' }],
    ['REFUSED', { barcode: 'REFUSED', state: 'rejected' }],
    ['GONE', { barcode: 'GONE', state: 'cancelled' }],
  ],
);

test('a value goes to its tube and analyte, to both when two tests share them', () => {
  assert.equal(told('T1', 'HGB'), 'a,b');
  assert.equal(told(' T1 ', 'PLT'), 'c');
  assert.equal(told('SECOND', 'HGB'), 'd');
});

test('the first thing that is wrong is told: barcode, tube, order, value', () => {
  assert.equal(told('NOBODY', 'TSH', ' '), 'unknown_barcode');
  assert.equal(told('PLANNED', 'TSH', ' '), 'not_collected');
  assert.equal(told('DRAWN', 'TSH', ' '), 'not_ready', 'the news of it is on its way');
  assert.equal(told('REFUSED', 'TSH', ' '), 'tube_rejected');
  assert.equal(told('GONE', 'TSH', ' '), 'cancelled');
  assert.equal(told('T1', 'TSH', ' '), 'not_ordered');
  assert.equal(told('T1', 'HGB', ' '), 'no_value');
});

test('lab-day 22: of a timed tube the analyte as it is measured goes to the slot of that tube', () => {
  const slots = [
    row('FAST', 'GLU_F', 'fasting', { orderId: 'o', measuredAs: 'GLU' }),
    row('2H', 'GLU_PP', 'after food', { orderId: 'o', measuredAs: 'GLU' }),
    row('PLAIN', 'CREA', 'creatinine', { orderId: 'o' }),
  ];
  const tell = teller(slots);
  assert.equal(tell('FAST', 'GLU'), 'fasting');
  assert.equal(tell('2H', 'GLU'), 'after food');
  assert.equal(tell('2H', 'GLU_PP'), 'after food');
  assert.equal(tell('2H', 'GLU_F'), 'wrong_slot', 'a value may not land in the slot of another tube');
  assert.equal(tell('FAST', 'CREA'), 'not_ordered', 'ordered, but no slot of what this tube is for');
  assert.equal(tell('PLAIN', 'GLU'), 'not_ordered');
});

test('lab-day 22: glucose belongs to the one timed slot of its tube; several, none or its own leave no choice', () => {
  const slot = (code: string, id = code) => row('T', code, id, { orderId: 'o', measuredAs: 'GLU' });
  for (const code of ['GLU_F', 'GLU_PP', 'GLU_1H', 'GLU_2H', 'GCT']) {
    const tell = teller([row('T', 'HBA1C', 'other', { orderId: 'o' }), slot(code, 'one'), slot(code, 'two')]);
    assert.equal(tell('T', 'GLU'), 'one,two', 'two tests that share the slot share the value');
  }
  assert.equal(teller([slot('GLU_F'), slot('GLU_PP')])('T', 'GLU'), 'wrong_slot');
  assert.equal(teller([row('T', 'GLU', 'random', { orderId: 'o' }), slot('GLU_F')])('T', 'GLU'), 'random');
  assert.equal(teller([row('T', 'CREA', 'creatinine', { orderId: 'o' })])('T', 'GLU'), 'not_ordered');
  assert.equal(teller([slot('GLU_F')])('T', 'CREA'), 'not_ordered');
});

test('a plain tube beside a timed one of the same analyte keeps its own', () => {
  const rows = [
    row('A', 'GLU', 'random', { orderId: 'o' }),
    row('B', 'GLU_PP', 'pp', { orderId: 'o', measuredAs: 'GLU' }),
  ];
  const tell = teller(rows);
  assert.deepEqual([tell('A', 'GLU'), tell('B', 'GLU')], ['random', 'pp']);
  assert.equal(tell('A', 'GLU_PP'), 'wrong_slot');
});

test('indices speak of all of the tube, unless the test is ordered under that code', () => {
  assert.equal(told('T1', 'H', '2+'), 'a,b,c');
  assert.equal(told('T1', 'H', ' '), 'no_value');
  assert.equal(teller([row('T1', 'H', 'own')])('T1', 'H'), 'own');
});

test('a cancelled test and a test whose tube was rejected are told as such', () => {
  const cancelled: ResultStatus = 'cancelled';
  const rows = [
    row('T1', 'HGB', 'a', { orderId: 'o', status: cancelled }),
    row('T1', 'PLT', 'b', { orderId: 'o' }),
    row(null, 'TSH', 'c', { orderId: 'o', rejectedTube: { barcode: 'T1' } }),
  ];
  const tell = teller(rows);
  assert.deepEqual([tell('T1', 'HGB'), tell('T1', 'PLT'), tell('T1', 'TSH')], ['cancelled', 'b', 'tube_rejected']);
});
