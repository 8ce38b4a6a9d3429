// Auto-verification: rules that verify a result in place of a person, or say why they do not.
import * as z from 'zod';

import {
  Day,
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  trailCall,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

/** off: rules are not asked; shadow: asked and recorded, a person verifies; on: a pass verifies. */
export const AutoMode = z.enum(['off', 'shadow', 'on']);
export type AutoMode = z.output<typeof AutoMode>;

/**
 * Source: lab-medicine notes, sections 1 and 2. Each may only hold. complete, valid, not_critical, no_open_hold and whole_test
 * belong to every test. whole_test: a value passes only with the other values of its test.
 */
export const AutoRule = z.enum([
  'complete',
  'valid',
  'in_verification_limits',
  'not_critical',
  'delta',
  'qc',
  'instrument_flags',
  'indices',
  'consistency',
  'rerun',
  'patient_known',
  'specimen_age',
  'no_open_hold',
  'whole_test',
]);
export type AutoRule = z.output<typeof AutoRule>;

export const TestAutoView = z.object({
  testCode: z.string(),
  mode: AutoMode,
  rules: z.array(AutoRule),
  /** Verification limits by analyte, decimal text: wider or narrower than the reference range. */
  limits: z.array(z.object({ analyteCode: z.string(), low: z.string().nullable(), high: z.string().nullable() })),
  /** Values typed by hand may pass too; nobody's control stands behind them. */
  allowsManual: z.boolean(),
  /** A control that only warned (1_2s) does not hold. */
  qcWarningPasses: z.boolean(),
  changedAt: Instant.nullable(),
  changedBy: z.string().nullable(),
});
export type TestAutoView = z.output<typeof TestAutoView>;

export const DecisionView = z.object({
  id: Id,
  resultId: Id,
  orderId: Id,
  testCode: z.string(),
  analyteCode: z.string(),
  resultVersion: z.int(),
  ruleSet: z.string(),
  mode: AutoMode,
  /**
   * verified: the rules passed and the mode was on; would_verify: shadow; held: at least one rule failed; passed: the rules passed
   * with the mode on, but the result had changed, or all was stopped, before it was verified: it is a person's, or decided again.
   */
  outcome: z.enum(['verified', 'would_verify', 'held', 'passed']),
  rules: z.array(z.object({ rule: AutoRule, hasPassed: z.boolean(), why: z.string() })),
  at: Instant,
});
export type DecisionView = z.output<typeof DecisionView>;

export const unknownAutoTest = defineError<{ readonly testCode: string }>(
  'autoverify.unknown_test',
  404,
  ({ testCode }) => `The catalogue has no test with the code ${testCode}.`,
);
export const badLimits = defineError<{ readonly analyteCode: string; readonly why: string }>(
  'autoverify.bad_limits',
  400,
  ({ analyteCode, why }) => `The verification limits of ${analyteCode} cannot be used: ${why}.`,
);
export const ruleNeeded = defineError<{ readonly rules: readonly string[] }>(
  'autoverify.rule_needed',
  400,
  ({ rules }) => `No test is verified without the rules ${Array.isArray(rules) ? rules.join(', ') : String(rules)}.`,
);
export const periodTooLong = defineError<{ readonly days: number }>(
  'autoverify.bad_period',
  400,
  ({ days }) => `The period ends before it begins, or is longer than ${days} days.`,
);
export const notDueYet = defineError(
  'autoverify.not_due',
  503,
  () => 'What waits is not to be asked again yet; the clock of the job queue runs ahead.',
  'transient',
);

export const autoSwitch = defineCall(
  'autoverify.switch',
  z.object({}),
  z.object({
    isStopped: z.boolean(),
    stoppedAt: Instant.nullable(),
    stoppedBy: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);
/**
 * Stops every test at once, or lets them go on; what was verified stays verified and listed. When it has answered that all is
 * stopped, nothing more is verified. To let go on takes `autoverify.manage` besides; what came meanwhile stays for people.
 */
export const stopAuto = defineCall(
  'autoverify.stop',
  z.object({ isStopped: z.boolean(), reason: noteText(300) }),
  autoSwitch.output,
);
/**
 * Rules and limits left out stay; a test never set gets every rule.
 * @throws autoverify.unknown_test | autoverify.bad_limits | autoverify.rule_needed
 */
export const setTestAuto = defineCall(
  'autoverify.setTest',
  z.object({
    testCode: z.string().max(40),
    mode: AutoMode,
    rules: z.array(AutoRule).min(1).nullish(),
    limits: z
      .array(
        z.object({
          analyteCode: z.string().max(40),
          low: z.string().max(40).nullable(),
          high: z.string().max(40).nullable(),
        }),
      )
      .max(100)
      .nullish(),
    /** Those left out stay as they are; both are false for a test never set. */
    allowsManual: z.boolean().nullish(),
    qcWarningPasses: z.boolean().nullish(),
    reason: noteText(300),
  }),
  TestAutoView,
);
/** Tests that were ever set, by code; any other is off. */
export const listTestAuto = defineCall('autoverify.listTests', PageInput, pageOf(TestAutoView));
/** One state of a test's setting, from `changedAt` to the next. */
export const TestAutoChange = TestAutoView.extend({
  /** Of the lab's rules as a whole; stands in the `ruleSet` of each decision as `r<revision>`. */
  revision: z.int(),
  reason: z.string(),
});
export type TestAutoChange = z.output<typeof TestAutoChange>;
/** Every state a test's setting ever had, newest first. */
export const testAutoHistory = defineCall(
  'autoverify.history',
  PageInput.extend({ testCode: z.string().max(40) }),
  pageOf(TestAutoChange),
);
/** Batch: decisions by result, newest first. */
export const decisionsOfResults = defineCall(
  'autoverify.ofResults',
  z.object({ ids: z.array(Id).max(200) }),
  z.array(DecisionView),
);
/** Newest first; of a test, of an outcome. */
export const listDecisions = defineCall(
  'autoverify.listDecisions',
  PageInput.extend({ testCode: z.string().max(40).nullish(), outcome: DecisionView.shape.outcome.nullish() }),
  pageOf(DecisionView),
);
/** Of one test in a period: how many results passed, which rules held, and what people made of the same values. */
export const TestSummary = z.object({
  testCode: z.string(),
  /** Results the rules were asked about: by the last decision of each. */
  results: z.int(),
  passed: z.int(),
  held: z.int(),
  /** Percent of `results` that passed, one decimal. */
  passPercent: z.string(),
  /** Held results by rule; one that fails two counts twice. */
  heldBy: z.array(z.object({ rule: AutoRule, results: z.int() })),
  /**
   * What became of the values decided about, as far as known. unchanged: verified, or signed, as they were; changed: another value took
   * their place; sentBack: signed as they were after the pathologist had sent them back. Passed and changed is what rules
   * must not do; held and unchanged is needless work.
   */
  passedThen: z.object({ unchanged: z.int(), changed: z.int(), sentBack: z.int() }),
  heldThen: z.object({ unchanged: z.int(), changed: z.int(), sentBack: z.int() }),
});
export type TestSummary = z.output<typeof TestSummary>;
/** Days of the lab, both included, at most 92; by test code. @throws autoverify.bad_period */
export const autoSummary = defineCall(
  'autoverify.summary',
  z.object({ from: Day, to: Day, testCode: z.string().max(40).nullish() }),
  z.array(TestSummary),
);
export const autoverifyTrail = trailCall('autoverify');

/** Of one order, in mode on. The subject is the order. */
export const autoverifyDecided = defineEvent(
  'autoverify.decided',
  1,
  z.object({
    orderId: Id,
    verified: z.array(Id),
    held: z.array(Id),
    ruleSet: z.string(),
    at: Instant,
  }),
);
