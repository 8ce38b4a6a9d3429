// The rules, each by itself: facts in; passed or not, and why in lab words. A rule may only hold (lab-medicine 2): a result is verified
// when all of its test's rules pass, so that another rule, or another doubt, can never release one.
import { compareDecimal, parseLabValue } from '@nidaan/values';
import type { Flag, Hold } from '#contract/result.ts';

import type { AutoRule } from '../contract.ts';
import type { Facts } from './facts.ts';
import { ageHours } from './facts.ts';

export interface Verdict {
  readonly hasPassed: boolean;
  readonly why: string;
}

export type Rule = (facts: Facts) => Verdict;

function pass(why: string): Verdict {
  return { hasPassed: true, why };
}

function hold(why: string): Verdict {
  return { hasPassed: false, why };
}

/** Held by any of these holds of the bench or flags. */
function amongHolds(facts: Facts, kinds: readonly Hold[]): readonly Hold[] {
  return facts.holds.filter((each) => kinds.includes(each));
}

function amongFlags(facts: Facts, kinds: readonly Flag[]): readonly Flag[] {
  return facts.flags.filter((each) => kinds.includes(each));
}

function complete({ missing, value }: Facts): Verdict {
  if (value === null) return hold('It has no value');
  if (missing.length === 0) return pass('Every value of the test is there');
  const words = missing.map(({ analyteCode, why }) => (why === null ? analyteCode : `${analyteCode} (${why})`));
  return hold(`Not every value of the test is there: ${words.join(', ')}`);
}

/** What a rule can judge at all: findings in words, cultures and images are read by people. */
function valid(facts: Facts): Verdict {
  const { kind, value, inputs, isCalculated } = facts;
  if (value === null || value.trim() === '') return hold('It has no value');
  if (kind !== 'numeric' && kind !== 'coded' && kind !== 'titre') return hold(`A ${kind} result is read by a person`);
  const doubts = amongHolds(facts, ['absurd', 'not_numeric', 'no_unit', 'not_a_choice', 'outside_reportable']);
  if (doubts.length > 0) return hold(`The value is doubted: ${doubts.join(', ')}`);
  const read = parseLabValue(value);
  if (kind === 'numeric' && read.number === undefined) return hold('The value is not a number');
  if (amongFlags(facts, ['X']).length > 0) return hold('The value is beyond the physiological limit');
  if (!isCalculated) return pass('The value can be read');
  if (inputs.length === 0) return hold('What it is calculated from is not known');
  const open = inputs.filter(({ stands }) => stands !== 'passed' && stands !== 'verified');
  if (open.length > 0)
    return hold(`Calculated from ${open.map((each) => `${each.analyteCode} (${each.stands})`).join(', ')}`);
  return pass(`Calculated from ${inputs.map((each) => each.analyteCode).join(', ')}, which passed`);
}

/** The lab's own limits where it set some, else the range the value was flagged by: without either nothing is known. */
function inVerificationLimits(facts: Facts): Verdict {
  const { limits, range, kind, value } = facts;
  if (kind === 'numeric' && limits !== null) return withinLimits(value ?? '', limits);
  if (range === null || range.kind === 'none' || !range.hasLimits) return hold('There are neither limits nor a range');
  const outside = amongFlags(facts, ['L', 'H', 'LL', 'HH', 'A', 'AA']);
  if (outside.length > 0) return hold(`Outside the range (${outside.join(', ')}), and no limits are set`);
  return pass('Within the range; no limits are set');
}

/** A value with < or > lies within only when every value it may stand for does. */
function withinLimits(
  value: string,
  { low, high }: { readonly low: string | null; readonly high: string | null },
): Verdict {
  const { number, comparator } = parseLabValue(value);
  if (number === undefined) return hold('The value is not a number');
  const mayBeLower = comparator === '<' || comparator === '<=';
  const mayBeHigher = comparator === '>' || comparator === '>=';
  const words = `${low ?? 'no limit'} to ${high ?? 'no limit'}`;
  if (low !== null && (mayBeLower || compareDecimal(number, low) < 0)) return hold(`May lie below the limits ${words}`);
  if (high !== null && (mayBeHigher || compareDecimal(number, high) > 0))
    return hold(`May lie above the limits ${words}`);
  return pass(`Within the limits ${words}`);
}

function notCritical(facts: Facts): Verdict {
  const critical = amongFlags(facts, ['LL', 'HH', 'AA']);
  if (critical.length > 0) return hold(`Critical (${critical.join(', ')}): somebody has to be told`);
  if (facts.holds.includes('limit_undecided')) return hold('It may lie beyond a critical limit');
  return pass('Not critical');
}

function delta(facts: Facts): Verdict {
  const { delta: change } = facts;
  if (facts.flags.includes('D') || facts.holds.includes('delta') || (change !== null && change.brokenRules > 0))
    return hold(`Changed more than its rule allows${change === null ? '' : `: by ${change.change}`}`);
  return pass(change === null ? 'No earlier value' : `Changed by ${change.change}, within its rule`);
}

function qc({ source, qc: state, allowsManual, qcWarningPasses, holds, isCalculated }: Facts): Verdict {
  if (holds.includes('qc_failed')) return hold('Its control failed');
  if (isCalculated) return pass('Calculated: the controls are those of its inputs');
  if (source === null) return hold('Nobody knows where the value is from');
  if (source === 'manual')
    return allowsManual
      ? pass('Typed by hand, as this test allows')
      : hold('Typed by hand: no control stands behind it');
  if (state === 'in_control') return pass(`The control of ${source} is in control`);
  if (state === 'warning' && qcWarningPasses) return pass(`The control of ${source} warned, which this test allows`);
  const words = {
    warning: 'warned',
    failed: 'failed',
    due: 'is due',
    none: 'was never run',
  } as const;
  return hold(state === null ? `No control of ${source} is known` : `The control of ${source} ${words[state]}`);
}

function instrumentFlags(facts: Facts): Verdict {
  const flags = amongHolds(facts, ['instrument_flag', 'preliminary', 'instrument_blocked']);
  if (flags.length > 0) return hold(`The instrument asks for a look: ${flags.join(', ')}`);
  return pass(facts.source === 'manual' ? 'No instrument gave it' : 'The instrument raised no flag');
}

function indices(facts: Facts): Verdict {
  if (facts.holds.includes('index')) return hold('Haemolysis, icterus or lipaemia over the limit');
  return pass(facts.hasIndices ? 'No index over its limit' : 'No indices were sent');
}

function consistency(facts: Facts): Verdict {
  const doubts = amongHolds(facts, ['inconsistent', 'mix_up', 'input_held']);
  return doubts.length > 0
    ? hold(`Does not fit the other values of the sample: ${doubts.join(', ')}`)
    : pass('Nothing in the sample contradicts it');
}

function rerun({ valuesBeside, holds }: Facts): Verdict {
  if (holds.includes('rerun_differs')) return hold('A repeat differs, nobody has chosen yet');
  if (valuesBeside > 0) return hold(`${valuesBeside} further value(s) beside it: a person compares them`);
  return pass('Measured once');
}

const YEAR_DAYS = 366;

/**
 * The patient, and what of the order a value is judged by. A birth day made from an age in years may be a year off: that is let pass
 * where a year more or less leads to the same range.
 */
function patientKnown({ patient, range, holds, test, isFasting }: Facts): Verdict {
  if (patient === null) return hold('The patient is not known');
  if (holds.includes('range_unclear')) return hold('No range could be chosen for the patient');
  if (test?.isFastingNeeded && isFasting !== true)
    return hold(
      isFasting === false
        ? 'The test needs fasting, the patient had eaten'
        : 'The order does not say whether the patient fasted',
    );
  if (!patient.isBornOnApproximate) return pass('The patient is known');
  if (range === null) return pass('The age is approximate, no range depends on it');
  const { ageDays, ageFromDays, ageToDays } = range;
  const isSure =
    (ageFromDays <= 0 || ageDays - YEAR_DAYS >= ageFromDays) && (ageToDays === null || ageDays + YEAR_DAYS < ageToDays);
  return isSure
    ? pass('The age is approximate, a year more or less leads to the same range')
    : hold('The age is approximate, and the range depends on it');
}

function specimenAge(facts: Facts): Verdict {
  const hours = ageHours(facts);
  if (facts.holds.includes('wrong_slot')) return hold('The time of the draw does not fit the test');
  if (hours === null) return hold('The time of collection or of measurement is not known');
  if (hours < 0) return hold('Measured before it was collected');
  if (facts.test === null) return hold('The test is not in the catalogue');
  const { stableHours } = facts.test;
  if (hours > stableHours) return hold(`Measured ${hours.toFixed(1)} h after collection, stable for ${stableHours} h`);
  return pass(`Measured ${hours.toFixed(1)} h after collection, stable for ${stableHours} h`);
}

function noOpenHold({ holds, status, wasSentBack, isAmending }: Facts): Verdict {
  if (holds.length > 0) return hold(`Held for ${holds.join(', ')}`);
  if (wasSentBack) return hold('It was sent back: a person verifies it again');
  if (isAmending) return hold('It is being amended: a person verifies it');
  if (status !== 'entered') return hold(`It is ${status}, not entered`);
  return pass('Nothing holds it');
}

function wholeTest({ heldOthers }: Facts): Verdict {
  if (heldOthers.length > 0) return hold(`Other values of the test are held: ${heldOthers.join(', ')}`);
  return pass('The other values of the test pass too');
}

export const rules: Readonly<Record<AutoRule, Rule>> = {
  complete,
  valid,
  in_verification_limits: inVerificationLimits,
  not_critical: notCritical,
  delta,
  qc,
  instrument_flags: instrumentFlags,
  indices,
  consistency,
  rerun,
  patient_known: patientKnown,
  specimen_age: specimenAge,
  no_open_hold: noOpenHold,
  whole_test: wholeTest,
};

/** Without these nothing is ever verified, whatever a lab leaves out. */
export const neededRules = [
  'complete',
  'valid',
  'not_critical',
  'no_open_hold',
  'whole_test',
] as const satisfies readonly AutoRule[];

export interface RuleOutcome extends Verdict {
  readonly rule: AutoRule;
}

/** Every rule is asked, not only up to the first that holds: the record shows all reasons. */
export function judge(facts: Facts, asked: readonly AutoRule[]): readonly RuleOutcome[] {
  return asked.map((rule) => ({ rule, ...rules[rule](facts) }));
}

export function hasPassed(outcomes: readonly RuleOutcome[]): boolean {
  return outcomes.length > 0 && outcomes.every((outcome) => outcome.hasPassed);
}
