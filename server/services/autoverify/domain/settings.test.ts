import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ServiceError } from '#platform/errors.ts';

import { AutoRule } from '../contract.ts';
import { fatesOf, isStraight } from './fates.ts';
import { stableHours } from './judge-order.ts';
import { neededRules } from './rules.ts';
import { daysOf, mustFit, mustHaveNeeded, nextAskAt } from './settings.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
  return 'ok';
}

test('AUT-4 no test goes without the rules that belong to every test', () => {
  for (const rule of neededRules) {
    const rest = AutoRule.options.filter((each) => each !== rule);
    assert.equal(
      codeOf(() => mustHaveNeeded(rest)),
      'autoverify.rule_needed',
    );
  }
  assert.deepEqual(mustHaveNeeded(['qc', ...neededRules, 'qc']), [
    'complete',
    'valid',
    'not_critical',
    'qc',
    'no_open_hold',
    'whole_test',
  ]);
});

test('AUT-4 limits are decimal numbers of the test, not crossed, each analyte once', () => {
  const fit = (analyteCode: string, low: string | null, high: string | null) =>
    codeOf(() => mustFit([{ analyteCode, low, high }], new Set(['K'])));
  assert.equal(fit('K', '3', '5'), 'ok');
  assert.equal(fit('K', null, '5'), 'ok');
  for (const [low, high] of [
    [null, null],
    ['5', '3'],
    ['3,1', '5'],
    ['a', null],
  ] as const)
    assert.equal(fit('K', low, high), 'autoverify.bad_limits');
  assert.equal(fit('NA', '1', '2'), 'autoverify.bad_limits');
  const once = { analyteCode: 'K', low: '3', high: '5' };
  assert.equal(
    codeOf(() => mustFit([once, once], new Set(['K']))),
    'autoverify.bad_limits',
  );
});

test('AUT-9 an order that waits is asked after 5 minutes, after a quarter of what it waited, at most 15, for a day', () => {
  const since = '2026-11-02T00:00:00.000Z';
  assert.equal(nextAskAt(since, since), '2026-11-02T00:05:00.000Z');
  assert.equal(nextAskAt(since, '2026-11-02T00:40:00.000Z'), '2026-11-02T00:50:00.000Z');
  assert.equal(nextAskAt(since, '2026-11-02T23:59:00.000Z'), '2026-11-03T00:14:00.000Z');
  assert.equal(nextAskAt(since, '2026-11-03T00:00:00.000Z'), null);
});

test('AUT-10 the days of a period, both counted', () => {
  assert.equal(daysOf('2026-11-02', '2026-11-02'), 1);
  assert.equal(daysOf('2026-02-28', '2026-03-01'), 2);
  assert.equal(daysOf('2026-11-02', '2026-11-01'), 0);
});

test('AUT-10 of several decisions about a value the last counts; another value is changed', () => {
  const decided = [
    { id: 'a', resultId: 'r', value: '4.1', resultVersion: 2 },
    { id: 'b', resultId: 'r', value: '4.1', resultVersion: 3 },
    { id: 'c', resultId: 'r', value: '5.0', resultVersion: 4 },
  ];
  assert.deepEqual(fatesOf(decided, { value: '5.0', wasSentBack: false }), [
    { id: 'a', fate: null },
    { id: 'b', fate: 'changed' },
    { id: 'c', fate: 'unchanged' },
  ]);
  assert.equal(fatesOf(decided, { value: '5.0', wasSentBack: true })[2]?.fate, 'sent_back');
  assert.deepEqual([isStraight(2, 3), isStraight(2, 4), isStraight(2, 5)], [true, true, false]);
});

test('AUT-1 the stability of the room counts, else the shortest, else the shift', () => {
  assert.equal(stableHours([]), 8);
  assert.equal(
    stableHours([
      { storage: 'frozen', hours: 700 },
      { storage: 'room', hours: 24 },
      { storage: 'refrigerated', hours: 72 },
    ]),
    24,
  );
  assert.equal(
    stableHours([
      { storage: 'frozen', hours: 700 },
      { storage: 'refrigerated', hours: 72 },
    ]),
    72,
  );
});
