// lab-day 42: a verified value calls for another test, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseFormula } from '@nidaan/formula';
import fc from 'fast-check';

import type { ReflexRule } from '#contract/order.ts';

import { ResultStatus } from '../contract.ts';
import type { ReflexValue } from './reflex.ts';
import { reflexesDue } from './reflex.ts';

const bearer = { sex: 'female', ageDays: 12_000, ageYears: 32, isFasting: null, gestationWeeks: null } as const;
const rule = (code: string, when: string, addTestCode: string, inputs: readonly string[]): ReflexRule => ({
  code,
  name: code,
  when,
  inputs: [...inputs],
  addTestCode,
  billing: 'billed',
});
const value = (analyteCode: string, text: string | null, status: ReflexValue['status'] = 'verified'): ReflexValue => ({
  id: `r-${analyteCode}`,
  analyteCode,
  testCode: analyteCode,
  kind: 'numeric',
  value: text,
  blankReason: null,
  status,
});
const ft4 = rule('TSH_FT4', 'AGE_YEARS >= 18 and (TSH < 0.5 or TSH > 4.0)', 'FT4', ['TSH']);
const due = (rules: readonly ReflexRule[], values: readonly ReflexValue[]) =>
  reflexesDue(rules, values, bearer, parseFormula).map(({ rule: { code }, resultIds }) => [code, ...resultIds]);

test('lab-day 42: TSH outside 0.5 to 4.0 calls for free T4 when it is verified, and not before', () => {
  assert.deepEqual(due([ft4], [value('TSH', '6.1')]), [['TSH_FT4', 'r-TSH']]);
  assert.deepEqual(due([ft4], [value('TSH', '6.1', 'authorised')]), [['TSH_FT4', 'r-TSH']]);
  assert.deepEqual(due([ft4], [value('TSH', '6.1', 'entered')]), []);
  assert.deepEqual(due([ft4], [value('TSH', '4.0')]), []);
});

test('a bound calls for a test only where that is certain', () => {
  assert.deepEqual(due([ft4], [value('TSH', '<0.01')]), [['TSH_FT4', 'r-TSH']]);
  assert.deepEqual(due([ft4], [value('TSH', '<0.6')]), []);
});

test('a test the order has already is not called for, nor one twice', () => {
  assert.deepEqual(due([ft4], [value('TSH', '6.1'), value('FT4', null, 'awaiting')]), []);
  const other = rule('TSH_HIGH', 'TSH > 5', 'FT4', ['TSH']);
  assert.deepEqual(due([ft4, other], [value('TSH', '6.1')]), [['TSH_FT4', 'r-TSH']]);
});

test('whatever the states: only verified and signed values call for anything', () => {
  const states = fc.constantFrom(...ResultStatus.options);
  fc.assert(
    fc.property(states, states, (one, other) => {
      const both = rule('BOTH', 'A > 1 and B > 1', 'C', ['A', 'B']);
      const looked = [one, other].every((status) => status === 'verified' || status === 'authorised');
      assert.equal(due([both], [value('A', '2', one), value('B', '2', other)]).length, looked ? 1 : 0);
    }),
  );
});
