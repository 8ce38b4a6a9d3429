import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';
import type { CallOutput } from '#platform/contract.ts';

import type { DecisionView as Decision, TestAutoChange, TestAutoView, TestSummary } from './contract.ts';
import {
  AutoMode,
  AutoRule,
  autoSummary,
  autoSwitch,
  DecisionView,
  decisionsOfResults,
  listDecisions,
  listTestAuto,
  setTestAuto,
  stopAuto,
  testAutoHistory,
} from './contract.ts';

export function graphql(b: Builder): void {
  const Mode = b.enumType('AutoMode', {
    description: 'off: rules are not asked; shadow: asked and recorded, a person verifies; on: a pass verifies',
    values: AutoMode.options,
  });
  const Rule = b.enumType('AutoRule', { values: AutoRule.options });
  const Outcome = b.enumType('AutoOutcome', { values: DecisionView.shape.outcome.options });

  const Limits = typeRef<TestAutoView['limits'][number]>(b, 'VerificationLimits');
  Limits.implement({
    description: 'Decimal text, both included; null: no limit on that side',
    fields: (t) => ({
      analyteCode: t.exposeString('analyteCode'),
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
    }),
  });
  const Test = typeRef<TestAutoView>(b, 'TestAutoVerification');
  Test.implement({
    fields: (t) => ({
      testCode: t.exposeString('testCode'),
      mode: t.field({ type: Mode, resolve: (test) => test.mode }),
      rules: t.field({ type: [Rule], resolve: (test) => test.rules }),
      limits: t.field({ type: [Limits], resolve: (test) => test.limits }),
      allowsManual: t.exposeBoolean('allowsManual', { description: 'Values typed by hand may pass too' }),
      qcWarningPasses: t.exposeBoolean('qcWarningPasses', { description: 'A control that only warned does not hold' }),
      changedAt: t.expose('changedAt', { type: 'DateTime', nullable: true }),
      changedBy: t.exposeString('changedBy', { nullable: true }),
    }),
  });
  const Change = typeRef<TestAutoChange>(b, 'TestAutoVerificationChange');
  Change.implement({
    fields: (t) => ({
      revision: t.exposeInt('revision', { description: 'Stands in the ruleSet of decisions as r<revision>' }),
      setting: t.field({ type: Test, resolve: (change) => change }),
      reason: t.exposeString('reason'),
    }),
  });
  const Switch = typeRef<CallOutput<typeof autoSwitch>>(b, 'AutoVerificationSwitch');
  Switch.implement({
    fields: (t) => ({
      isStopped: t.exposeBoolean('isStopped'),
      stoppedAt: t.expose('stoppedAt', { type: 'DateTime', nullable: true }),
      stoppedBy: t.exposeString('stoppedBy', { nullable: true }),
      reason: t.exposeString('reason', { nullable: true }),
    }),
  });
  const RuleOutcome = typeRef<Decision['rules'][number]>(b, 'AutoRuleOutcome');
  RuleOutcome.implement({
    fields: (t) => ({
      rule: t.field({ type: Rule, resolve: (outcome) => outcome.rule }),
      hasPassed: t.exposeBoolean('hasPassed'),
      why: t.exposeString('why', { description: 'In lab words' }),
    }),
  });
  const AutoDecision = typeRef<Decision>(b, 'AutoDecision');
  AutoDecision.implement({
    description: 'What the rules decided about one version of a result, and why (lab-day 47)',
    fields: (t) => ({
      id: t.exposeID('id'),
      resultId: t.exposeID('resultId'),
      orderId: t.exposeID('orderId'),
      testCode: t.exposeString('testCode'),
      analyteCode: t.exposeString('analyteCode'),
      resultVersion: t.exposeInt('resultVersion'),
      ruleSet: t.exposeString('ruleSet'),
      mode: t.field({ type: Mode, resolve: (decision) => decision.mode }),
      outcome: t.field({ type: Outcome, resolve: (decision) => decision.outcome }),
      rules: t.field({ type: [RuleOutcome], resolve: (decision) => decision.rules }),
      at: t.expose('at', { type: 'DateTime' }),
    }),
  });
  const HeldBy = typeRef<TestSummary['heldBy'][number]>(b, 'HeldByRule');
  HeldBy.implement({
    fields: (t) => ({ rule: t.field({ type: Rule, resolve: (row) => row.rule }), results: t.exposeInt('results') }),
  });
  const Then = typeRef<TestSummary['passedThen']>(b, 'WhatPeopleDid');
  Then.implement({
    fields: (t) => ({
      unchanged: t.exposeInt('unchanged', { description: 'Verified or signed as they were' }),
      changed: t.exposeInt('changed', { description: 'Another value took their place' }),
      sentBack: t.exposeInt('sentBack', { description: 'Signed as they were after they had been sent back' }),
    }),
  });
  const Summary = typeRef<TestSummary>(b, 'AutoVerificationSummary');
  Summary.implement({
    fields: (t) => ({
      testCode: t.exposeString('testCode'),
      results: t.exposeInt('results'),
      passed: t.exposeInt('passed'),
      held: t.exposeInt('held'),
      passPercent: t.exposeString('passPercent'),
      heldBy: t.field({ type: [HeldBy], resolve: (summary) => summary.heldBy }),
      passedThen: t.field({ type: Then, resolve: (summary) => summary.passedThen }),
      heldThen: t.field({ type: Then, resolve: (summary) => summary.heldThen }),
    }),
  });

  const LimitsInput = b.inputType('VerificationLimitsInput', {
    fields: (t) => ({ analyteCode: t.string({ required: true }), low: t.string(), high: t.string() }),
  });
  const SetTestInput = b.inputType('SetTestAutoVerificationInput', {
    description: 'Rules and limits left out stay',
    fields: (t) => ({
      testCode: t.string({ required: true }),
      mode: t.field({ type: Mode, required: true }),
      rules: t.field({ type: [Rule] }),
      limits: t.field({ type: [LimitsInput] }),
      allowsManual: t.boolean(),
      qcWarningPasses: t.boolean(),
      reason: t.string({ required: true }),
    }),
  });
  const StopInput = b.inputType('StopAutoVerificationInput', {
    fields: (t) => ({ isStopped: t.boolean({ required: true }), reason: t.string({ required: true }) }),
  });

  b.queryFields((t) => ({
    autoVerificationSwitch: t.field({ type: Switch, resolve: (_, _args, ctx) => ctx.call(autoSwitch, {}) }),
    autoVerificationTests: t.field({
      type: connection(b, Test),
      description: 'Tests that were ever set; any other is off',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listTestAuto, given(args)),
    }),
    autoVerificationHistory: t.field({
      type: connection(b, Change),
      args: { testCode: t.arg.string({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(testAutoHistory, given(args)),
    }),
    autoDecisions: t.field({
      type: connection(b, AutoDecision),
      description: 'Newest first',
      args: {
        testCode: t.arg.string(),
        outcome: t.arg({ type: Outcome }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listDecisions, given(args)),
    }),
    autoDecisionsOfResults: t.field({
      type: [AutoDecision],
      description: 'Of at most 200 results, newest first',
      args: { resultIds: t.arg.idList({ required: true }) },
      resolve: async (_, { resultIds }, ctx) => ctx.call(decisionsOfResults, { ids: resultIds.map(String) }),
    }),
    autoVerificationSummary: t.field({
      type: [Summary],
      description: 'Days of the lab, both included, at most 92',
      args: {
        from: t.arg({ type: 'Date', required: true }),
        to: t.arg({ type: 'Date', required: true }),
        testCode: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(autoSummary, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    setTestAutoVerification: t.field({
      type: Test,
      args: { input: t.arg({ type: SetTestInput, required: true }) },
      resolve: (_, { input }, ctx) => {
        const { limits, ...rest } = given(input);
        return ctx.call(setTestAuto, {
          ...rest,
          limits: limits?.map(({ analyteCode, low, high }) => ({ analyteCode, low: low ?? null, high: high ?? null })),
        });
      },
    }),
    stopAutoVerification: t.field({
      type: Switch,
      description: 'Stops every test at once, or lets them go on',
      args: { input: t.arg({ type: StopInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(stopAuto, input),
    }),
  }));
}
