import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IndexRule } from '#contract/order.ts';

import { effectOf, isOver, mergeIndices, NOT_REPORTED } from './indices.ts';
import { analyte, band, sent } from './fixtures.ts';
import { judge, noCircumstances } from './judge.ts';

const rule = (given: Partial<IndexRule>): IndexRule => ({
  analyteCode: 'K',
  index: 'H',
  limit: '50',
  effect: 'raised',
  action: 'comment',
  comment: 'haemolysed',
  ...given,
});
const serum = (H: string | null, I: string | null = null, L: string | null = null) => ({ H, I, L });

test('an index is over its limit as a number, a bound or a grade', () => {
  assert.deepEqual([isOver('51', '50'), isOver('50', '50'), isOver('50.0', '50')], [true, false, false]);
  assert.deepEqual([isOver('>50', '50'), isOver('>=50', '50'), isOver('<60', '70')], [true, false, false]);
  assert.deepEqual([isOver('3+', '2'), isOver('+++', '2'), isOver('++', '2')], [true, true, false]);
  assert.deepEqual([isOver('none', '0'), isOver(null, '0')], [false, false]);
});

test('lab-medicine 13: comment, hold or do not report; the gravest of an index counts, each index speaks', () => {
  const rules = [
    rule({ limit: '50' }),
    rule({ limit: '100', action: 'hold', comment: 'hold it' }),
    rule({ limit: '300', action: 'suppress', comment: 'not given' }),
    rule({ index: 'L', limit: '100', comment: 'lipaemic' }),
  ];
  assert.deepEqual(effectOf(rules, serum('40')), { comments: [], holds: [], isSuppressed: false });
  assert.deepEqual(effectOf(rules, serum('60')), { comments: ['haemolysed'], holds: [], isSuppressed: false });
  assert.deepEqual(effectOf(rules, serum('120', null, '200')), {
    comments: ['hold it', 'lipaemic'],
    holds: ['hold it'],
    isSuppressed: false,
  });
  assert.deepEqual(effectOf(rules, serum('400')), {
    comments: ['not given'],
    holds: ['not given'],
    isSuppressed: true,
  });
  assert.deepEqual(effectOf(rules, null), { comments: [], holds: [], isSuppressed: false });
});

test('a value that is not to be given stands as such, held, and nothing is flagged by it', () => {
  const bands = [band({ low: '3.5', high: '5.1', criticalHigh: '6.5' })];
  const person = { sex: 'male', ageDays: 12_000 } as const;
  const circumstances = { ...noCircumstances, indexRules: [rule({ action: 'suppress' })], indices: serum('80') };
  const judged = judge(analyte(), sent('7.2'), person, bands, circumstances);
  assert.deepEqual(
    [judged.value, judged.flags, judged.holds, judged.holdNotes],
    [NOT_REPORTED, [], ['index'], [{ hold: 'index', text: 'haemolysed' }]],
  );
  const held = judge(analyte(), sent('7.2'), person, bands, {
    ...circumstances,
    indexRules: [rule({ action: 'hold' })],
  });
  assert.deepEqual([held.value, held.flags, held.holds], ['7.2', ['HH'], ['index']]);
});

test('what two messages say of a serum is put together, the later where both speak', () => {
  assert.deepEqual(mergeIndices(serum('1', '2'), serum('3', null, '4')), serum('3', '2', '4'));
  assert.deepEqual(mergeIndices(null, serum('3')), serum('3'));
  assert.deepEqual(mergeIndices(serum('3'), null), serum('3'));
});
