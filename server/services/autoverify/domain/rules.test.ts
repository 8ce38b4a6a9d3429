// Each rule by itself, for every rule needs its own test (lab-medicine 1, source S5); and what holds of all together. specs/autoverify.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Flag, Hold } from '#contract/result.ts';

import { AutoRule } from '../contract.ts';
import type { Facts } from './facts.ts';
import { goodFacts } from './fixtures.ts';
import { hasPassed, judge, neededRules, rules } from './rules.ts';

type Row = readonly [facts: Partial<Facts>, hasPassed: boolean, why: RegExp];

/** What each rule says of the good facts with these changes. */
const cases: Readonly<Record<AutoRule, readonly Row[]>> = {
  complete: [
    [{}, true, /Every value of the test is there/],
    [{ missing: [{ analyteCode: 'NA', why: null }] }, false, /NA/],
    [{ missing: [{ analyteCode: 'LDL', why: 'TG above 400' }] }, false, /LDL \(TG above 400\)/],
    [{ value: null }, false, /no value/],
  ],
  valid: [
    [{}, true, /can be read/],
    [{ value: '<0.3' }, true, /can be read/],
    [{ value: '  ' }, false, /no value/],
    [{ value: 'clotted' }, false, /not a number/],
    [{ kind: 'coded', value: 'Negative' }, true, /can be read/],
    [{ kind: 'titre', value: '1:80' }, true, /can be read/],
    [{ kind: 'text', value: 'Normal morphology' }, false, /read by a person/],
    [{ kind: 'culture', value: 'No growth' }, false, /read by a person/],
    [{ kind: 'narrative', value: 'Benign' }, false, /read by a person/],
    [{ kind: 'image', value: 'Film' }, false, /read by a person/],
    [{ holds: ['absurd'] }, false, /absurd/],
    [{ holds: ['not_numeric'] }, false, /not_numeric/],
    [{ holds: ['no_unit'] }, false, /no_unit/],
    [{ holds: ['not_a_choice'] }, false, /not_a_choice/],
    [{ holds: ['outside_reportable'] }, false, /outside_reportable/],
    [{ flags: ['X'] }, false, /physiological/],
    [{ isCalculated: true, source: 'calculated' }, false, /not known/],
    [{ isCalculated: true, inputs: [{ analyteCode: 'TP', stands: 'passed' }] }, true, /TP, which passed/],
    [{ isCalculated: true, inputs: [{ analyteCode: 'TP', stands: 'verified' }] }, true, /TP/],
    [{ isCalculated: true, inputs: [{ analyteCode: 'TP', stands: 'held' }] }, false, /TP \(held\)/],
    [{ isCalculated: true, inputs: [{ analyteCode: 'TP', stands: 'missing' }] }, false, /TP \(missing\)/],
  ],
  in_verification_limits: [
    [{}, true, /Within the limits 3.0 to 5.5/],
    [{ value: '3.0' }, true, /Within/],
    [{ value: '5.50' }, true, /Within/],
    [{ value: '2.99' }, false, /below/],
    [{ value: '5.51' }, false, /above/],
    [{ value: '<5.0' }, false, /below/],
    [{ value: '<5.0', limits: { low: null, high: '5.5' } }, true, /Within/],
    [{ value: '<6.0', limits: { low: null, high: '5.5' } }, false, /above/],
    [{ value: '>4.0' }, false, /above/],
    [{ value: '>4.0', limits: { low: '3.0', high: null } }, true, /Within/],
    [{ value: '>=2.0', limits: { low: '3.0', high: null } }, false, /below/],
    // The lab's limits are not the reference range: flagged, and let pass.
    [{ value: '5.3', flags: ['H'] }, true, /Within the limits/],
    [{ limits: null }, true, /Within the range/],
    [{ limits: null, flags: ['H'] }, false, /Outside the range \(H\)/],
    [{ limits: null, flags: ['A'], kind: 'coded', value: 'Positive' }, false, /Outside/],
    [{ limits: null, range: null }, false, /neither limits nor a range/],
    [
      { limits: null, range: { kind: 'none', hasLimits: false, ageFromDays: 0, ageToDays: null, ageDays: 9 } },
      false,
      /neither/,
    ],
  ],
  not_critical: [
    [{}, true, /Not critical/],
    [{ flags: ['L', 'LL'] }, false, /LL/],
    [{ flags: ['HH'] }, false, /HH/],
    [{ flags: ['AA'] }, false, /AA/],
    [{ holds: ['limit_undecided'] }, false, /critical limit/],
  ],
  delta: [
    [{}, true, /Changed by 0.2/],
    [{ delta: null }, true, /No earlier value/],
    [{ flags: ['D'] }, false, /more than its rule allows/],
    [{ holds: ['delta'] }, false, /more than its rule allows/],
    [{ delta: { change: '2.4', percent: '60.0', brokenRules: 1 } }, false, /by 2.4/],
  ],
  qc: [
    [{}, true, /in control/],
    [{ qc: 'warning' }, false, /warned/],
    [{ qc: 'warning', qcWarningPasses: true }, true, /allows/],
    [{ qc: 'failed', qcWarningPasses: true }, false, /failed/],
    [{ qc: 'due' }, false, /due/],
    [{ qc: 'none' }, false, /never run/],
    [{ qc: null }, false, /No control/],
    [{ holds: ['qc_failed'] }, false, /failed/],
    [{ source: 'manual', qc: null }, false, /by hand/],
    [{ source: 'manual', qc: null, allowsManual: true }, true, /allows/],
    [{ source: null, qc: null }, false, /where the value is from/],
    [{ source: 'calculated', isCalculated: true, qc: null }, true, /inputs/],
  ],
  instrument_flags: [
    [{}, true, /no flag/],
    [{ source: 'manual' }, true, /No instrument/],
    [{ holds: ['instrument_flag'] }, false, /instrument_flag/],
    [{ holds: ['preliminary'] }, false, /preliminary/],
    [{ holds: ['instrument_blocked'] }, false, /instrument_blocked/],
  ],
  indices: [
    [{}, true, /No index over/],
    [{ hasIndices: false }, true, /No indices were sent/],
    [{ holds: ['index'] }, false, /Haemolysis/],
  ],
  consistency: [
    [{}, true, /Nothing in the sample/],
    [{ holds: ['inconsistent'] }, false, /inconsistent/],
    [{ holds: ['mix_up'] }, false, /mix_up/],
    [{ holds: ['input_held'] }, false, /input_held/],
  ],
  rerun: [
    [{}, true, /Measured once/],
    [{ holds: ['rerun_differs'] }, false, /differs/],
    [{ valuesBeside: 1 }, false, /beside/],
  ],
  patient_known: [
    [{}, true, /known/],
    [{ patient: null }, false, /not known/],
    [{ holds: ['range_unclear'] }, false, /No range could be chosen/],
    [{ test: { stableHours: 4, isFastingNeeded: true }, isFasting: true }, true, /known/],
    [{ test: { stableHours: 4, isFastingNeeded: true }, isFasting: false }, false, /had eaten/],
    [{ test: { stableHours: 4, isFastingNeeded: true }, isFasting: null }, false, /does not say/],
    // 33 years old, in a band from 18 years on: a year less changes nothing.
    [{ patient: { sex: 'male', isBornOnApproximate: true } }, true, /a year more or less/],
    // 18 years and 100 days by an approximate birth day: may be 17.
    [{ patient: { sex: 'male', isBornOnApproximate: true }, range: ageBand(6575, null, 6675) }, false, /depends on it/],
    [{ patient: { sex: 'male', isBornOnApproximate: true }, range: ageBand(0, 6575, 6300) }, false, /depends on it/],
    [
      { patient: { sex: 'male', isBornOnApproximate: true }, range: ageBand(0, 6575, 3000) },
      true,
      /a year more or less/,
    ],
    [{ patient: { sex: 'male', isBornOnApproximate: true }, range: null }, true, /no range depends/],
  ],
  specimen_age: [
    [{}, true, /2.5 h after collection, stable for 4 h/],
    [{ enteredAt: '2026-11-02T07:00:00.000Z' }, true, /4.0 h/],
    [{ enteredAt: '2026-11-02T07:01:00.000Z' }, false, /stable for 4 h/],
    [{ enteredAt: '2026-11-02T02:59:00.000Z' }, false, /before it was collected/],
    [{ collectedAt: null }, false, /not known/],
    [{ test: null }, false, /not in the catalogue/],
    [{ holds: ['wrong_slot'] }, false, /time of the draw/],
  ],
  no_open_hold: [
    [{}, true, /Nothing holds it/],
    ...Hold.options.map((hold): Row => [{ holds: [hold] }, false, new RegExp(hold)]),
    [{ wasSentBack: true }, false, /sent back/],
    [{ isAmending: true }, false, /amended/],
    [{ status: 'awaiting' }, false, /awaiting/],
    [{ status: 'verified' }, false, /verified/],
  ],
  whole_test: [
    [{}, true, /pass too/],
    [{ heldOthers: ['NA', 'CL'] }, false, /NA, CL/],
  ],
};

function ageBand(ageFromDays: number, ageToDays: number | null, ageDays: number): Facts['range'] {
  return { kind: 'reference', hasLimits: true, ageFromDays, ageToDays, ageDays };
}

for (const rule of AutoRule.options)
  test(`AUT-1 lab-medicine 1: the rule ${rule}`, () => {
    for (const [change, expected, why] of cases[rule]) {
      const verdict = rules[rule]({ ...goodFacts, ...change });
      assert.equal(verdict.hasPassed, expected, JSON.stringify(change));
      assert.match(verdict.why, why);
    }
  });

const someFacts = fc.record({
  value: fc.constantFrom('4.1', '<0.3', '9.9', 'x', null),
  kind: fc.constantFrom('numeric', 'coded', 'text', 'culture'),
  flags: fc.subarray([...Flag.options]),
  holds: fc.subarray([...Hold.options]),
  source: fc.constantFrom('cobas pro', 'manual', null),
  wasSentBack: fc.boolean(),
  isAmending: fc.boolean(),
  valuesBeside: fc.nat(2),
  qc: fc.constantFrom('in_control', 'warning', 'failed', 'due', 'none', null),
  heldOthers: fc.subarray(['NA', 'CL']),
  allowsManual: fc.boolean(),
  qcWarningPasses: fc.boolean(),
});
const someRules = fc
  .subarray([...AutoRule.options])
  .map((more) => AutoRule.options.filter((rule) => more.includes(rule) || neededRules.some((each) => each === rule)));
/** Mostly facts that pass, or nothing would be learnt of what passes. */
const mostlyGood = fc.oneof(fc.constant({}), someFacts).map((change): Facts => ({ ...goodFacts, ...change }));

test('AUT-2 lab-medicine 2: a further hold, flag, doubt or rule never makes what was held pass', () => {
  fc.assert(
    fc.property(
      mostlyGood,
      someRules,
      fc.subarray([...Hold.options]),
      fc.subarray([...Flag.options]),
      (facts, asked, holds, flags) => {
        const before = judge(facts, asked);
        const worse: readonly Facts[] = [
          { ...facts, holds: [...facts.holds, ...holds] },
          { ...facts, flags: [...facts.flags, ...flags] },
          { ...facts, valuesBeside: facts.valuesBeside + 1 },
          { ...facts, wasSentBack: true },
          { ...facts, heldOthers: [...facts.heldOthers, 'MG'] },
          { ...facts, missing: [{ analyteCode: 'MG', why: null }] },
          { ...facts, qc: 'failed' },
          { ...facts, patient: null },
        ];
        for (const each of worse) {
          const after = judge(each, asked);
          assert.ok(hasPassed(before) || !hasPassed(after), 'held stays held');
          // Rule by rule, but for the qc of what no instrument measured.
          for (const [at, outcome] of after.entries())
            assert.ok(before[at]?.hasPassed || !outcome.hasPassed, outcome.rule);
        }
        if (!hasPassed(before)) assert.ok(!hasPassed(judge(facts, AutoRule.options)), 'more rules hold more');
        if (holds.length > 0)
          assert.ok(!hasPassed(judge({ ...facts, holds }, asked)), 'any hold holds, whatever rules are asked');
      },
    ),
    { numRuns: 2000 },
  );
});

test('AUT-2 with no rule at all nothing passes; the good facts pass every rule', () => {
  assert.equal(hasPassed([]), false);
  assert.ok(hasPassed(judge(goodFacts, AutoRule.options)));
});

test('AUT-3 what is given again to the rules as it was stored is decided the same', () => {
  fc.assert(
    fc.property(mostlyGood, someRules, (facts, asked) => {
      const stored: Facts = JSON.parse(JSON.stringify(facts));
      assert.deepEqual(judge(stored, asked), judge(facts, asked));
    }),
  );
});
