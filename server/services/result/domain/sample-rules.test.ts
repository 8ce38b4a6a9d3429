// lab-day 39: derived values follow their inputs. lab-medicine 4: a sample that contradicts itself. Examples by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseFormula } from '@nidaan/formula';
import fc from 'fast-check';

import type { AnalyteRules, ConsistencyRule, DeltaRule } from '#contract/order.ts';

import type { Hold, ResultStatus } from '../contract.ts';
import { emptyStanding } from './fixtures.ts';
import { judge } from './judge.ts';
import type { Member, SampleRules } from './sample-rules.ts';
import { applySampleRules, CALCULATED } from './sample-rules.ts';

const LDL = "if(TRIG >= 400, blank('triglycerides 400 or more'), CHOL - HDL - TRIG/5)";

interface Given {
  readonly formula?: string;
  readonly value?: string;
  readonly status?: ResultStatus;
  readonly holds?: readonly Hold[];
  readonly isFresh?: boolean;
  readonly decimals?: number;
  readonly barcode?: string;
}

function member(analyteCode: string, given: Given = {}): Member {
  const { formula = null, value = null, isFresh = false, holds = [], barcode = 'T1', decimals = 0 } = given;
  const status = given.status ?? (value === null ? 'awaiting' : 'entered');
  return {
    row: {
      id: analyteCode,
      analyteCode,
      barcode,
      isCalculated: formula !== null,
      formula,
      kind: 'numeric',
      decimals,
      choices: [],
      ucum: 'mg/dL',
      unit: 'mg/dL',
      loinc: null,
    },
    standing: {
      ...emptyStanding,
      status,
      value,
      rawValue: value,
      holds: [...holds],
      source: value === null ? null : 'AU480',
    },
    isFresh,
  };
}

function rules(
  given: Partial<Pick<SampleRules, 'consistency' | 'bearer'>> & { analytes?: readonly Partial<AnalyteRules>[] } = {},
): SampleRules {
  const analytes = new Map(given.analytes?.map((each) => [each.analyteCode, { ...noRules, ...each }]));
  return {
    bearer: given.bearer ?? { sex: 'female', ageDays: 18_300, ageYears: 50, isFasting: null, gestationWeeks: null },
    consistency: given.consistency ?? [],
    rulesOf: (code) => analytes.get(code),
    parse: (text) => parseFormula(text),
    judge: (row, _, rawValue) =>
      judge(
        row,
        { value: rawValue, lacksUnit: false, isDoubted: false, isPreliminary: false },
        { sex: 'female', ageDays: 18_300 },
        [],
      ),
  };
}
const noRules: AnalyteRules = {
  analyteCode: '',
  bands: [],
  deltas: [],
  indexRules: [],
  interpretations: [],
  formula: null,
  molarMass: null,
  reportableLow: null,
  reportableHigh: null,
};

function applied(members: readonly Member[], by = rules()) {
  const found = applySampleRules(members, by);
  return (code: string) => {
    const one = found.find(({ row }) => row.analyteCode === code);
    assert.ok(one);
    return one.standing;
  };
}
const lipids = (trig: string, given: Given = {}) => [
  member('CHOL', { value: '200' }),
  member('HDL', { value: '50' }),
  member('TRIG', { value: trig, isFresh: true, ...given }),
  member('LDL', { formula: LDL }),
];

test('lab-day 39: LDL by Friedewald is 200 - 50 - 150/5 = 120, and has no value above 400, with the reason', () => {
  const of = applied(lipids('150'));
  const { status, value, rawValue, source } = of('LDL');
  assert.deepEqual([status, value, rawValue, source], ['entered', '120', '120', CALCULATED]);
  const high = applied(lipids('400'))('LDL');
  assert.deepEqual([high.status, high.value, high.blankReason], ['awaiting', null, 'triglycerides 400 or more']);
});

test('lab-day 39: blank when an input is missing, and says which', () => {
  const of = applied([
    member('CHOL', { value: '200', isFresh: true }),
    member('HDL'),
    member('TRIG'),
    member('LDL', { formula: LDL }),
  ]);
  assert.equal(of('LDL').blankReason, 'TRIG is missing');
  const notOrdered = applied([member('CHOL', { value: '200', isFresh: true }), member('VLDL', { formula: 'TRIG/5' })]);
  assert.equal(notOrdered('VLDL').blankReason, 'TRIG is missing');
});

test('a bound is not calculated from', () => {
  assert.equal(applied(lipids('<10'))('LDL').blankReason, 'TRIG is a bound');
});

test('lab-day 39: chains are calculated in the order of need, from values before rounding', () => {
  // TP 7.25, ALB 4.05: globulin 3.20, A/G 4.05/3.20 = 1.265625, printed 1.27 from the exact 3.20.
  const of = applied([
    member('AG', { formula: 'ALB / GLOB', decimals: 2 }),
    member('GLOB', { formula: 'TP - ALB', decimals: 0 }),
    member('TP', { value: '7.25', isFresh: true }),
    member('ALB', { value: '4.05' }),
  ]);
  assert.deepEqual([of('GLOB').value, of('GLOB').rawValue, of('AG').value], ['3', '3.2', '1.27']);
});

test('a step that nobody ordered is calculated on the way', () => {
  const by = rules({ analytes: [{ analyteCode: 'GLOB', formula: 'TP - ALB' }] });
  const of = applied(
    [
      member('AG', { formula: 'ALB / GLOB', decimals: 1 }),
      member('TP', { value: '6', isFresh: true }),
      member('ALB', { value: '4' }),
    ],
    by,
  );
  assert.equal(of('AG').value, '2.0');
});

test('two that are calculated from each other stay blank', () => {
  const of = applied([
    member('A', { formula: 'B + 1' }),
    member('B', { formula: 'A + 1' }),
    member('C', { value: '1', isFresh: true }),
  ]);
  assert.match(of('A').blankReason ?? '', /calculated from itself/);
});

test('eGFR reads age and sex: CKD-EPI 2021 of 1.0 mg/dL at 50 is 69 for a woman and 92 for a man (lab-medicine 11)', () => {
  const formula =
    "142 * min(CREA / if(SEX = 'female', 0.7, 0.9), 1) ^ if(SEX = 'female', -0.241, -0.302) * max(CREA / if(SEX = 'female', 0.7, 0.9), 1) ^ -1.2 * 0.9938 ^ AGE_YEARS * if(SEX = 'female', 1.012, 1)";
  const of = (sex: 'male' | 'female', ageYears: number | null) =>
    applied(
      [member('CREA', { value: '1.0', isFresh: true, decimals: 2 }), member('EGFR', { formula })],
      rules({ bearer: { sex, ageDays: null, ageYears, isFasting: null, gestationWeeks: null } }),
    )('EGFR');
  assert.deepEqual([of('female', 50).value, of('male', 50).value], ['69', '92']);
  assert.equal(of('male', null).blankReason, 'AGE_YEARS is not known');
});

test('lab-day 39: a corrected input calculates anew; a verified one comes back, a signed one stays', () => {
  const again = (status: ResultStatus, value: string) =>
    applied([...lipids('150').slice(0, 3), { ...member('LDL', { formula: LDL, value, status }) }]);
  const entered = again('entered', '99')('LDL');
  assert.deepEqual([entered.status, entered.value], ['entered', '120']);
  const back = again('verified', '99')('LDL');
  assert.deepEqual([back.status, back.value, typeof back.sentBackReason], ['entered', '120', 'string']);
  const same = again('verified', '120');
  assert.equal(same('LDL').status, 'verified');
  const signed = again('authorised', '99');
  assert.deepEqual([signed('LDL').status, signed('LDL').value], ['authorised', '99']);
  assert.deepEqual(
    signed('TRIG').holds,
    ['inconsistent'],
    'what it was calculated from tells that it is signed otherwise',
  );
});

test('lab-day 39: an input that goes takes the value along', () => {
  const of = applied([
    member('CHOL', { value: '200' }),
    member('HDL', { value: '50' }),
    { ...member('TRIG'), isFresh: true },
    member('LDL', { formula: LDL, value: '120', status: 'verified' }),
  ]);
  const { status, value, rawValue, blankReason } = of('LDL');
  assert.deepEqual([status, value, rawValue, blankReason], ['awaiting', null, null, 'TRIG is missing']);
});

test('a value calculated from one that is held is held, through any number of steps, and free when the input is', () => {
  const chain = (holds: readonly Hold[], status: ResultStatus = 'entered') => [
    member('TP', { value: '7', isFresh: true, holds, status }),
    member('ALB', { value: '4' }),
    member('GLOB', { formula: 'TP - ALB', value: '3' }),
    member('AG', { formula: 'ALB / GLOB', value: '1', holds: ['input_held'] }),
  ];
  const held = applied(chain(['instrument_flag']));
  assert.deepEqual([held('GLOB').holds, held('AG').holds], [['input_held'], ['input_held']]);
  assert.deepEqual(applied(chain([]))('AG').holds, []);
  assert.deepEqual(applied(chain(['instrument_flag'], 'verified'))('GLOB').holds, [], 'a person has looked at it');
});

const albumin: ConsistencyRule = {
  code: 'ALB_TP',
  message: 'Albumin is above total protein',
  contradiction: 'ALB > TP',
  inputs: ['ALB', 'TP'],
  holds: ['ALB', 'TP'],
};

test('lab-medicine 4: albumin above total protein holds both, with the rule in words; corrected, the hold falls', () => {
  const by = rules({ consistency: [albumin] });
  const of = applied(
    [member('ALB', { value: '5', isFresh: true }), member('TP', { value: '4' }), member('K', { value: '4' })],
    by,
  );
  assert.deepEqual([of('ALB').holds, of('TP').holds, of('K').holds], [['inconsistent'], ['inconsistent'], []]);
  assert.deepEqual(of('TP').holdNotes, [{ hold: 'inconsistent', text: albumin.message }]);
  const held = { ...member('TP', { value: '7' }), standing: of('TP') };
  const corrected = { ...held, isFresh: true, standing: { ...held.standing, value: '7', rawValue: '7' } };
  const after = applied([{ ...member('ALB', { value: '5' }), standing: of('ALB') }, corrected], by);
  assert.deepEqual([after('ALB').holds, after('TP').holds, after('TP').holdNotes], [[], [], []]);
});

test('a contradiction found after verification brings the verified value back; one that was seen does not', () => {
  const by = rules({ consistency: [albumin] });
  const verified = (holds: readonly Hold[]) => member('ALB', { value: '5', status: 'verified', holds });
  const fresh = member('TP', { value: '4', isFresh: true });
  const back = applied([verified([]), fresh], by)('ALB');
  assert.deepEqual(
    [back.status, back.holds, back.sentBackReason?.startsWith(albumin.message)],
    ['entered', ['inconsistent'], true],
  );
  assert.equal(applied([verified(['inconsistent']), fresh], by)('ALB').status, 'verified');
  const signed = member('ALB', { value: '5', status: 'authorised' });
  assert.deepEqual(applied([signed, fresh], by)('ALB').holds, []);
  assert.deepEqual(applied([signed, fresh], by)('TP').holds, ['inconsistent']);
});

test('a missing value contradicts nothing', () => {
  const by = rules({ consistency: [albumin] });
  assert.deepEqual(applied([member('ALB', { value: '5', isFresh: true }), member('TP')], by)('ALB').holds, []);
});

test('lab-medicine 3: two mix-up markers at once hold the whole tube', () => {
  const marker: DeltaRule = {
    analyteCode: 'MCV',
    mode: 'absolute',
    limit: '3',
    direction: 'any',
    lookBackDays: 90,
    isMixUpMarker: true,
    source: 'test',
  };
  const by = rules({ analytes: ['MCV', 'RDW'].map((analyteCode) => ({ analyteCode, deltas: [marker] })) });
  const changed = (code: string, isBroken: boolean): Member => {
    const one = member(code, { value: '99', isFresh: true });
    const delta = {
      previousResultId: 'p',
      previousValue: '80',
      previousCollectedAt: '2026-11-01T00:00:00Z',
      change: '19',
      percent: '23.8',
      broken: isBroken ? [{ mode: 'absolute' as const, limit: '3', direction: 'any' as const }] : [],
    };
    return { ...one, standing: { ...one.standing, delta } };
  };
  const of = applied(
    [
      changed('MCV', true),
      changed('RDW', true),
      member('HGB', { value: '13' }),
      member('TSH', { value: '2', barcode: 'T2' }),
    ],
    by,
  );
  assert.deepEqual([of('MCV').holds, of('HGB').holds, of('TSH').holds], [['mix_up'], ['mix_up'], []]);
  assert.deepEqual(applied([changed('MCV', true), changed('RDW', false)], by)('MCV').holds, []);
});

test('lab-day 50: the first text whose condition holds, by the printed value', () => {
  const texts = [
    { analyteCode: 'VITD', position: 2, when: 'VITD < 30', text: 'Insufficiency' },
    { analyteCode: 'VITD', position: 1, when: 'VITD < 20', text: 'Deficiency' },
  ];
  const by = rules({ analytes: [{ analyteCode: 'VITD', interpretations: texts }] });
  const said = (raw: string, printed: string) => {
    const one = member('VITD', { value: printed, isFresh: true });
    return applied([{ ...one, standing: { ...one.standing, rawValue: raw } }], by)('VITD').interpretation;
  };
  assert.deepEqual([said('12', '12'), said('25', '25'), said('40', '40')], ['Deficiency', 'Insufficiency', null]);
  assert.equal(said('19.96', '20'), 'Insufficiency', 'the paper says 20');
});

test('whatever comes in whatever order: the last state of the inputs alone decides, and settled is settled', () => {
  const value = fc.option(fc.integer({ min: 1, max: 600 }).map(String));
  const by = rules({
    consistency: [{ ...albumin, contradiction: 'HDL > CHOL', inputs: ['HDL', 'CHOL'], holds: ['HDL', 'CHOL'] }],
  });
  const codes = ['CHOL', 'HDL', 'TRIG'] as const;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...codes), value), { minLength: 1, maxLength: 12 }), (steps) => {
      let now: readonly Member[] = [
        ...codes.map((code) => member(code)),
        member('LDL', { formula: LDL }),
        member('NONHDL', { formula: 'CHOL - HDL' }),
      ];
      for (const [code, next] of steps) {
        const touched = now
          .map((one) => ({ ...one, isFresh: false }))
          .map((one) =>
            one.row.analyteCode === code
              ? { ...member(code, next === null ? {} : { value: next }), isFresh: true }
              : one,
          );
        now = applySampleRules(touched, by);
      }
      const last = new Map(steps);
      const inputs = codes.map((code) => member(code, last.get(code) ? { value: last.get(code) ?? '' } : {}));
      const atOnce = applySampleRules(
        [...inputs, member('LDL', { formula: LDL }), member('NONHDL', { formula: 'CHOL - HDL' })],
        by,
      );
      const facts = (members: readonly Member[]) =>
        members.map(({ standing }) => [standing.status, standing.value, standing.holds.toSorted()]);
      assert.deepEqual(facts(now), facts(atOnce));
      const settled = now.map((one) => ({ ...one, isFresh: false }));
      assert.deepEqual(
        applySampleRules(settled, by).map(({ standing }) => standing),
        settled.map(({ standing }) => standing),
      );
    }),
    { numRuns: 300 },
  );
});
