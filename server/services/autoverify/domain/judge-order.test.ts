// An order judged as a whole: specs/autoverify.md AUT-2 and AUT-7.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Hold, ResultStatus, ResultView } from '#contract/result.ts';
import { AnalyteView } from '#contract/order.ts';

import { AutoRule } from '../contract.ts';
import type { Case, Setting } from './judge-order.ts';
import { judgeOrder } from './judge-order.ts';

const ORDER = '01900000-0000-7000-8000-000000000001';
const LINES = ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-00000000000b'] as const;

/** T1 measures A and B; T2 is C, calculated from A and B. */
const tests = [
  { analyteCode: 'A', testCode: 'T1', lineId: LINES[0], formula: null },
  { analyteCode: 'B', testCode: 'T1', lineId: LINES[0], formula: null },
  { analyteCode: 'C', testCode: 'T2', lineId: LINES[1], formula: 'A - B' },
] as const;

function resultOf(at: number, change: Partial<ResultView> = {}): ResultView {
  const spec = tests[at] ?? tests[0];
  const { analyteCode, testCode, lineId, formula } = spec;
  return ResultView.parse({
    id: `01900000-0000-7000-8000-00000000010${at}`,
    orderId: ORDER,
    lineId,
    patientId: ORDER,
    testCode,
    testName: testCode,
    section: 'S',
    specimen: 'Serum',
    method: null,
    analyteCode,
    analyteName: analyteCode,
    loinc: null,
    kind: 'numeric',
    unit: 'g/dL',
    isCalculated: formula !== null,
    priority: 'routine',
    isOutsourced: false,
    draw: null,
    barcode: 'X1',
    collectedAt: '2026-11-02T03:00:00.000Z',
    receivedAt: null,
    enteredAt: '2026-11-02T04:00:00.000Z',
    enteredBy: 'cobas',
    verifiedAt: null,
    verifiedBy: null,
    authorisedAt: null,
    authorisedBy: null,
    authorisedById: null,
    autoRules: [],
    amendment: null,
    version: 2,
    status: 'entered',
    value: '4.1',
    rawValue: '4.1',
    flags: [],
    holds: [],
    range: null,
    note: null,
    source: formula === null ? 'cobas' : 'calculated',
    messageId: null,
    otherValues: [],
    delta: null,
    indices: null,
    dilution: null,
    reagentLot: null,
    sentAs: null,
    interpretation: null,
    detail: null,
    ...change,
  });
}

function analyte({ analyteCode, formula }: (typeof tests)[number]): AnalyteView {
  return AnalyteView.parse({
    code: analyteCode,
    name: analyteCode,
    loinc: null,
    ucum: 'g/dL',
    unitDisplay: 'g/dL',
    kind: 'numeric',
    decimals: 1,
    choices: [],
    aliases: [],
    formula,
    measuredAs: analyteCode === 'B' ? 'B_MEASURED' : null,
    molarMass: null,
    reportableLow: null,
    reportableHigh: null,
  });
}

function settingOf(testCode: string): Setting {
  const limits = tests.map(({ analyteCode }) => ({ analyteCode, low: '0', high: '100' }));
  return { testCode, mode: 'on', rules: [...AutoRule.options], limits, allowsManual: false, qcWarningPasses: false };
}

function caseOf(results: readonly ResultView[], change: Partial<Case> = {}): Case {
  return {
    results,
    settings: new Map(['T1', 'T2'].map((code) => [code, settingOf(code)])),
    tests: new Map(
      ['T1', 'T2'].map((code) => [
        code,
        {
          stability: [],
          isFastingNeeded: false,
          analytes: tests.filter((each) => each.testCode === code).map(analyte),
        },
      ]),
    ),
    patient: { sex: 'female', isBornOnApproximate: false },
    isFasting: null,
    qcOf: (_, code) => (code === 'A' || code === 'B_MEASURED' ? 'in_control' : null),
    inputsOf: (formula) => formula.split(' - '),
    ...change,
  };
}

/** Passed, or the rules that held, by analyte. */
function outcome(order: Case): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    judgeOrder(order).map(({ result, outcomes }) => [
      result.analyteCode,
      outcomes.filter(({ hasPassed }) => !hasPassed).map(({ rule }) => rule),
    ]),
  );
}

const three = (changes: readonly Partial<ResultView>[] = []) => tests.map((_, at) => resultOf(at, changes[at]));

test('AUT-7 all pass; a control is asked for under the name the instrument gives', () => {
  assert.deepEqual(outcome(caseOf(three())), { A: [], B: [], C: [] });
});

test('AUT-7 one held holds the others of its test, and what is calculated from it', () => {
  assert.deepEqual(outcome(caseOf(three([{}, { value: '101' }]))), {
    A: ['whole_test'],
    B: ['in_verification_limits'],
    C: ['valid'],
  });
});

test('AUT-7 a person verified one: the others go by themselves; a missing one is waited for', () => {
  assert.deepEqual(outcome(caseOf(three([{}, { status: 'verified', value: '101' }]))), { A: [], C: [] });
  assert.deepEqual(outcome(caseOf(three([{}, { status: 'awaiting', value: null }]))), {
    A: ['complete'],
    C: ['valid'],
  });
  assert.deepEqual(outcome(caseOf(three([{}, { status: 'cancelled', value: null }]))), { A: [], C: ['valid'] });
});

test('AUT-5 tests that are off are not asked, and nothing is built on what nobody has looked at', () => {
  const settings = new Map([['T2', settingOf('T2')]]);
  assert.deepEqual(outcome(caseOf(three(), { settings })), { C: ['valid'] });
  const verified = three([{ status: 'verified' }, { status: 'authorised' }]);
  assert.deepEqual(outcome(caseOf(verified, { settings })), { C: [] });
});

test('AUT-7 a formula that cannot be read, or that reads itself, holds', () => {
  assert.deepEqual(outcome(caseOf(three(), { inputsOf: () => [] })).C, ['valid']);
  assert.deepEqual(outcome(caseOf(three(), { inputsOf: () => ['C'] })).C, ['valid']);
  // Of another draw: not an input.
  assert.deepEqual(outcome(caseOf(three([{ draw: '2 h' }]))).C, ['valid']);
});

const change = fc.record(
  {
    status: fc.constantFrom(...ResultStatus.options),
    value: fc.constantFrom('4.1', '101', null),
    holds: fc.subarray([...Hold.options], { maxLength: 1 }),
    source: fc.constantFrom('cobas', 'manual'),
  },
  { requiredKeys: [] },
);

test('AUT-2 a further hold on any value of the order makes none pass that was held', () => {
  fc.assert(
    fc.property(
      fc.tuple(change, change, change),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom(...Hold.options),
      (changes, at, hold) => {
        const results = three(changes);
        const worse = results.map((result, index) =>
          index === at ? { ...result, holds: [...result.holds, hold] } : result,
        );
        const before = new Map(judgeOrder(caseOf(results)).map((each) => [each.result.id, each.hasPassed]));
        for (const { result, hasPassed } of judgeOrder(caseOf(worse))) {
          assert.ok(!hasPassed || before.get(result.id) === true);
          if (result.id === results[at]?.id) assert.equal(hasPassed, false);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
