// The values of one order judged together: a test as a whole, a calculated value with what it is calculated from.
import type { TestView } from '#contract/order.ts';
import type { PatientView } from '#contract/patient.ts';
import type { QcState } from '#contract/qc.ts';
import type { ResultView } from '#contract/result.ts';

import type { TestAutoView } from '../contract.ts';
import type { Facts, InputStanding } from './facts.ts';
import type { RuleOutcome } from './rules.ts';
import { hasPassed, judge } from './rules.ts';

export type Setting = Pick<TestAutoView, 'testCode' | 'mode' | 'rules' | 'limits' | 'allowsManual' | 'qcWarningPasses'>;

export interface Case {
  /** Every result of the order. */
  readonly results: readonly ResultView[];
  /** Those of tests that are not off, by test. */
  readonly settings: ReadonlyMap<string, Setting>;
  readonly tests: ReadonlyMap<string, Pick<TestView, 'stability' | 'isFastingNeeded' | 'analytes'>>;
  readonly patient: Pick<PatientView, 'sex' | 'isBornOnApproximate'> | null;
  readonly isFasting: boolean | null;
  qcOf(instrument: string, analyteCode: string): QcState['state'] | null;
  /** Analytes that the formula reads. */
  inputsOf(formula: string): readonly string[];
}

export interface Judgement {
  readonly result: ResultView;
  readonly setting: Setting;
  readonly facts: Facts;
  readonly outcomes: readonly RuleOutcome[];
  readonly hasPassed: boolean;
}

/** For a test whose stability nobody entered: the shift in which it was drawn, as for what is added to a stored tube. */
const UNKNOWN_STABILITY_HOURS = 8;

/** How the tube was stored is not known here: of several places that of the room, else the shortest. */
export function stableHours(stability: TestView['stability']): number {
  const room = stability.find(({ storage }) => storage === 'room');
  if (room !== undefined) return room.hours;
  return stability.length === 0 ? UNKNOWN_STABILITY_HOURS : Math.min(...stability.map(({ hours }) => hours));
}

/** The analyte as the instrument, and so its control, calls it: GLU for a timed GLU_PP. */
export function measuredCode(result: Pick<ResultView, 'testCode' | 'analyteCode'>, tests: Case['tests']): string {
  const analyte = tests.get(result.testCode)?.analytes.find(({ code }) => code === result.analyteCode);
  return analyte?.measuredAs ?? result.analyteCode;
}

/** Judges every entered value of the tests that are not off. */
export function judgeOrder(order: Case): readonly Judgement[] {
  const alone = new Map<string, readonly RuleOutcome[]>();
  const underWay = new Set<string>();
  const asked = order.results.flatMap((result) => {
    const setting = order.settings.get(result.testCode);
    return setting === undefined || result.status === 'cancelled' ? [] : [{ result, setting }];
  });
  const settingOf = new Map(asked.map(({ result, setting }) => [result.id, setting]));

  /** By its own rules, without the others of its test. */
  const judgeAlone = (result: ResultView, setting: Setting): readonly RuleOutcome[] => {
    const known = alone.get(result.id);
    if (known !== undefined) return known;
    underWay.add(result.id);
    const outcomes = judge(factsOf(order, result, setting, standing, []), setting.rules);
    underWay.delete(result.id);
    alone.set(result.id, outcomes);
    return outcomes;
  };
  const standing = (result: ResultView): InputStanding => {
    if (result.status === 'verified' || result.status === 'authorised')
      return result.holds.length === 0 ? 'verified' : 'held';
    if (result.value === null || result.status !== 'entered') return 'missing';
    const setting = settingOf.get(result.id);
    // A formula that reads itself by way of others is refused by the catalogue; here it would hold.
    if (setting === undefined || underWay.has(result.id)) return 'held';
    return hasPassed(judgeAlone(result, setting)) ? 'passed' : 'held';
  };

  return asked
    .filter(({ result }) => result.status === 'entered')
    .map(({ result, setting }) => {
      const heldOthers = order.results
        .filter((other) => isOther(other, result) && other.value !== null && standing(other) === 'held')
        .map(({ analyteCode }) => analyteCode);
      const facts = factsOf(order, result, setting, standing, heldOthers);
      const outcomes = judge(facts, setting.rules);
      return { result, setting, facts, outcomes, hasPassed: hasPassed(outcomes) };
    });
}

/** Of the same line of the order, and still wanted. */
function isOther(other: ResultView, result: ResultView): boolean {
  return other.lineId === result.lineId && other.id !== result.id && other.status !== 'cancelled';
}

function factsOf(
  order: Case,
  result: ResultView,
  setting: Setting,
  standing: (result: ResultView) => InputStanding,
  heldOthers: readonly string[],
): Facts {
  const { analyteCode, testCode, status, kind, value, unit, flags, holds, source, isCalculated, range } = result;
  const test = order.tests.get(testCode);
  const limits = setting.limits.find((each) => each.analyteCode === analyteCode);
  return {
    analyteCode,
    status,
    kind,
    value,
    unit,
    flags,
    holds,
    source,
    isCalculated,
    isAmending: result.amendment !== null,
    wasSentBack: (result.sentBackReason ?? null) !== null,
    // One with a word why was set aside by somebody, its tube was rejected.
    valuesBeside: result.otherValues.filter(({ why }) => (why ?? null) === null).length,
    range:
      range === null
        ? null
        : {
            kind: range.kind,
            hasLimits: range.low !== null || range.high !== null || range.text !== null,
            ageFromDays: range.ageFromDays,
            ageToDays: range.ageToDays,
            ageDays: range.ageDays,
          },
    delta:
      result.delta === null
        ? null
        : { change: result.delta.change, percent: result.delta.percent, brokenRules: result.delta.broken.length },
    hasIndices: result.indices !== null,
    collectedAt: result.collectedAt,
    enteredAt: result.enteredAt,
    missing: order.results
      .filter((other) => isOther(other, result) && (other.value === null || other.status === 'expected'))
      .map((other) => ({ analyteCode: other.analyteCode, why: other.blankReason })),
    heldOthers,
    inputs: isCalculated ? inputsOf(order, result, standing) : [],
    qc:
      isCalculated || source === null || source === 'manual'
        ? null
        : order.qcOf(source, measuredCode(result, order.tests)),
    limits: limits === undefined ? null : { low: limits.low, high: limits.high },
    allowsManual: setting.allowsManual,
    qcWarningPasses: setting.qcWarningPasses,
    patient:
      order.patient === null
        ? null
        : { sex: order.patient.sex, isBornOnApproximate: order.patient.isBornOnApproximate },
    test:
      test === undefined ? null : { stableHours: stableHours(test.stability), isFastingNeeded: test.isFastingNeeded },
    isFasting: order.isFasting,
  };
}

/** Values of the same draw that the formula reads; of one ordered twice the doubtful counts. */
function inputsOf(order: Case, result: ResultView, standing: (result: ResultView) => InputStanding): Facts['inputs'] {
  const analyte = order.tests.get(result.testCode)?.analytes.find(({ code }) => code === result.analyteCode);
  if (analyte?.formula === null || analyte?.formula === undefined) return [];
  return order.inputsOf(analyte.formula).map((code) => {
    const own = order.results.filter(
      (each) => each.analyteCode === code && each.draw === result.draw && each.status !== 'cancelled',
    );
    const stands = own.map(standing);
    const worst = (['held', 'missing', 'passed', 'verified'] as const).find((each) => stands.includes(each));
    return { analyteCode: code, stands: worst ?? 'missing' };
  });
}
