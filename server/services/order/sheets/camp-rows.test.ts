import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { readCampRows, toAge, toDay } from './camp-rows.ts';

const heading = ['Name', 'Sex', 'Born on', 'Age', 'Mobile', 'Tests', 'Fasting', 'Priority', 'Notes'];
const isItem = (code: string) => ['CBC', 'LFT', 'GLU_F'].includes(code);
const now = '2026-11-25T05:00:00.000Z';
const read = (...rows: readonly (readonly string[])[]) => readCampRows([heading, ...rows], isItem, now);
const good = ['Asha Patil', 'F', '', '45', '98765 43210', 'CBC; lft', 'yes', '', ''];

test('a row of a camp becomes a person and tests', () => {
  const { rows, faults } = read(
    good,
    ['', '', '', '', '', '', '', '', ''],
    ['Ravi Shinde', 'male', '31/12/1980', '', '', 'GLU_F|CBC|CBC', '', 'Urgent', 'Diabetic'],
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(rows, [
    {
      row: 2,
      name: 'Asha Patil',
      sex: 'female',
      bornOn: null,
      age: { years: 45 },
      mobile: '98765 43210',
      address: null,
      tests: ['CBC', 'LFT'],
      priority: 'routine',
      isFasting: true,
      notes: null,
      chosenPatientId: null,
      isKnownToDiffer: false,
    },
    {
      row: 4,
      name: 'Ravi Shinde',
      sex: 'male',
      bornOn: '1980-12-31',
      age: null,
      mobile: null,
      address: null,
      tests: ['GLU_F', 'CBC'],
      priority: 'urgent',
      isFasting: null,
      notes: 'Diabetic',
      chosenPatientId: null,
      isKnownToDiffer: false,
    },
  ]);
});

test('every fault is named by row and column, without the value, and nothing is taken', () => {
  const { rows, faults } = read(
    good,
    ['123', 'X', '31/02/1980', 'old', '12345', 'CBC;NOPE', 'perhaps', 'asap', '2341 2341 2346'],
    ['Asha', 'F', '', '', '', '', '', '', ''],
    ['Asha', 'F', '2027-01-01', '', '', 'CBC', '', '', ''],
  );
  assert.deepEqual(rows, []);
  assert.deepEqual(faults.map((fault) => `${fault.row} ${fault.column}`).toSorted(), [
    '3 age',
    '3 born_on',
    '3 fasting',
    '3 mobile',
    '3 name',
    '3 notes',
    '3 priority',
    '3 sex',
    '3 tests',
    '4 age',
    '4 tests',
    '5 born_on',
  ]);
  assert.match(faults.find((fault) => fault.column === 'tests')?.expected ?? '', /NOPE/);
  assert.doesNotMatch(JSON.stringify(faults), /2341|12345|perhaps/);
});

test('a heading that lacks a column, has one twice or one nobody knows is refused before any row', () => {
  const faultsOf = (...names: readonly string[]) => readCampRows([names, ['x']], isItem, now).faults;
  assert.deepEqual(
    faultsOf('name', 'sex').map((fault) => fault.column),
    ['tests', 'born_on'],
  );
  assert.deepEqual(
    faultsOf('name', 'sex', 'age', 'tests', 'blood').map((fault) => [fault.row, fault.column]),
    [[1, 'blood']],
  );
  assert.deepEqual(
    faultsOf('name', 'sex', 'age', 'tests', 'age').map((fault) => fault.expected),
    ['each column once'],
  );
  assert.equal(readCampRows([], isItem, now).faults.length, 4);
  assert.equal(readCampRows([heading], isItem, now).faults[0]?.row, 2);
});

test('a thousand people are taken, one more is not', () => {
  const people = (count: number) => read(...Array.from({ length: count }, () => good));
  assert.equal(people(1000).rows.length, 1000);
  assert.deepEqual(
    people(1001).faults.map((fault) => fault.row),
    [1002],
  );
});

test('days and ages as people write them', () => {
  assert.deepEqual(['1980-12-31', '31/12/1980', '1-2-1980', '1.2.1980'].map(toDay), [
    '1980-12-31',
    '1980-12-31',
    '1980-02-01',
    '1980-02-01',
  ]);
  assert.deepEqual(['31/13/1980', '12/31/1980', '80', 'today', ''].map(toDay), Array(5).fill(undefined));
  assert.deepEqual(['45', '45 Y', '3Y 2M', '8 months', '10 D', '1 year 2 months 3 days'].map(toAge), [
    { years: 45 },
    { years: 45 },
    { years: 3, months: 2 },
    { months: 8 },
    { days: 10 },
    { years: 1, months: 2, days: 3 },
  ]);
  assert.deepEqual(['', 'old', '-3', '4.5', '900'].map(toAge), Array(5).fill(undefined));
});

test('whatever the cells hold, reading ends with rows or with faults, never with both or with a throw', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ maxLength: 12 }), { maxLength: 12 }), { maxLength: 5 }), (cells) => {
      const { rows, faults } = readCampRows([heading, ...cells], isItem, now);
      assert.ok(rows.length === 0 || faults.length === 0);
      assert.ok(rows.length > 0 || faults.length > 0);
    }),
  );
});
