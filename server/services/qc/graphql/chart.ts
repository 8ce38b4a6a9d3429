// Rules of a pair, Levey-Jennings chart, months.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import { getPairRules, leveyJennings, monthlySummary, savePeerMean, setPairRules, WestgardRule } from '../contract.ts';
import type { Chart, ChartPoint, MonthSummary, PairRules, RuleUse } from '../contract.ts';

export function chartFields(b: Builder): void {
  // A name of GraphQL may not begin with a digit: rules go out as text, and come in as text that the call checks.
  const Use = typeRef<RuleUse>(b, 'QcRuleUse');
  Use.implement({
    fields: (t) => ({
      rule: t.exposeString('rule', { description: WestgardRule.options.join(', ') }),
      action: t.exposeString('action', { description: 'warn or reject' }),
    }),
  });
  const Rules = typeRef<PairRules>(b, 'QcRules');
  Rules.implement({
    description: 'How the controls of one analyte on one analyzer are judged.',
    fields: (t) => ({
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      rules: t.field({ type: [Use], resolve: (pair) => pair.rules }),
      isOwnSet: t.exposeBoolean('isOwnSet', { description: 'False: the usual set for as many levels.' }),
      limits: t.exposeString('limits', { description: 'strict or inclusive' }),
      rangeRule: t.exposeString('rangeRule', { description: 'opposite or plain_range' }),
      afterRejection: t.exposeString('afterRejection', { description: 'leave_out or keep' }),
      intervalHours: t.exposeInt('intervalHours'),
      runMinutes: t.exposeInt('runMinutes'),
      allowableErrorPercent: t.exposeString('allowableErrorPercent', { nullable: true }),
      version: t.exposeInt('version'),
    }),
  });
  const Point = typeRef<ChartPoint>(b, 'QcChartPoint');
  Point.implement({
    fields: (t) => ({
      controlId: t.exposeID('controlId'),
      runId: t.exposeID('runId'),
      lotId: t.exposeID('lotId'),
      measuredAt: t.field({ type: 'DateTime', resolve: (point) => point.measuredAt }),
      value: t.exposeString('value'),
      z: t.exposeString('z', { nullable: true }),
      rules: t.exposeStringList('rules'),
      outcome: t.exposeString('outcome'),
      reagentLot: t.exposeString('reagentLot', { nullable: true }),
      note: t.exposeString('note', { nullable: true }),
    }),
  });
  const Change = typeRef<Chart['changes'][number]>(b, 'QcLotChange');
  Change.implement({
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (change) => change.at }),
      kind: t.exposeString('kind', { description: 'control_lot or reagent_lot' }),
      to: t.exposeString('to', { description: 'The number of the lot that begins.' }),
    }),
  });
  const Line = typeRef<Chart['targets'][number]>(b, 'QcChartTarget');
  Line.implement({
    fields: (t) => ({
      lotId: t.exposeID('lotId'),
      validFrom: t.field({ type: 'DateTime', resolve: (target) => target.validFrom }),
      mean: t.exposeString('mean'),
      sd: t.exposeString('sd'),
      lines: t.exposeStringList('lines', { description: 'Mean - 3 SD to mean + 3 SD: seven lines.' }),
    }),
  });
  const LeveyJennings = typeRef<Chart>(b, 'LeveyJennings');
  LeveyJennings.implement({
    description: 'The chart of one level.',
    fields: (t) => ({
      unit: t.exposeString('unit'),
      points: t.field({ type: [Point], resolve: (chart) => chart.points }),
      isCut: t.exposeBoolean('isCut', { description: 'More lie before the first point.' }),
      changes: t.field({ type: [Change], resolve: (chart) => chart.changes }),
      targets: t.field({ type: [Line], resolve: (chart) => chart.targets }),
    }),
  });
  const Month = typeRef<MonthSummary>(b, 'QcMonth');
  Month.implement({
    description: 'One lot and level in one month; rejected and void values are left out.',
    fields: (t) => ({
      lotId: t.exposeID('lotId'),
      material: t.exposeString('material'),
      lotNumber: t.exposeString('lotNumber'),
      level: t.exposeInt('level'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      unit: t.exposeString('unit'),
      count: t.exposeInt('count'),
      rejected: t.exposeInt('rejected'),
      mean: t.exposeString('mean'),
      sd: t.exposeString('sd', { nullable: true }),
      cvPercent: t.exposeString('cvPercent', { nullable: true }),
      biasAgainst: t.exposeString('biasAgainst', { nullable: true, description: 'peer, assigned or cumulative' }),
      biasPercent: t.exposeString('biasPercent', { nullable: true }),
      totalErrorPercent: t.exposeString('totalErrorPercent', { nullable: true }),
      allowableErrorPercent: t.exposeString('allowableErrorPercent', { nullable: true }),
      allowableErrorSource: t.exposeString('allowableErrorSource', { nullable: true }),
      sigma: t.exposeString('sigma', { nullable: true }),
      suggestedRules: t.exposeStringList('suggestedRules', { description: 'By sigma; a suggestion.' }),
    }),
  });
  const Peer = typeRef<{ readonly lotId: string; readonly month: string; readonly mean: string }>(b, 'QcPeerMean');
  Peer.implement({
    fields: (t) => ({
      lotId: t.exposeID('lotId'),
      month: t.exposeString('month'),
      mean: t.exposeString('mean'),
    }),
  });

  const Action = b.enumType('QcRuleAction', { values: ['warn', 'reject'] as const });
  const RuleUseInput = b.inputType('QcRuleUseInput', {
    fields: (t) => ({ rule: t.string({ required: true }), action: t.field({ type: Action, required: true }) }),
  });
  const Limits = b.enumType('QcLimits', { values: ['strict', 'inclusive'] as const });
  const RangeRule = b.enumType('QcRangeRule', { values: ['opposite', 'plain_range'] as const });
  const AfterRejection = b.enumType('QcAfterRejection', { values: ['leave_out', 'keep'] as const });
  const SetQcRulesInput = b.inputType('SetQcRulesInput', {
    fields: (t) => ({
      instrument: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
      expectedVersion: t.int(),
      rules: t.field({ type: [RuleUseInput], description: 'Left out: the usual set.' }),
      limits: t.field({ type: Limits }),
      rangeRule: t.field({ type: RangeRule }),
      afterRejection: t.field({ type: AfterRejection }),
      intervalHours: t.int(),
      runMinutes: t.int(),
      allowableErrorPercent: t.string(),
      reason: t.string({ required: true }),
    }),
  });
  const SavePeerMeanInput = b.inputType('SavePeerMeanInput', {
    fields: (t) => ({
      lotId: t.id({ required: true }),
      instrument: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
      month: t.string({ required: true }),
      mean: t.string({ required: true }),
      labs: t.int(),
    }),
  });

  b.queryFields((t) => ({
    qcRules: t.field({
      type: Rules,
      args: {
        instrument: t.arg.string({ required: true }),
        analyteCode: t.arg.string({ required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(getPairRules, args),
    }),
    leveyJennings: t.field({
      type: LeveyJennings,
      args: {
        instrument: t.arg.string({ required: true }),
        analyteCode: t.arg.string({ required: true }),
        level: t.arg.int({ required: true }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        most: t.arg.int({ description: 'Newest points, 500 when left out.' }),
      },
      resolve: (_, args, ctx) => ctx.call(leveyJennings, given(args)),
    }),
    qcMonth: t.field({
      type: connection(b, Month),
      args: {
        month: t.arg.string({ required: true, description: 'YYYY-MM' }),
        instrument: t.arg.string(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(monthlySummary, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    setQcRules: t.field({
      type: Rules,
      args: { input: t.arg({ type: SetQcRulesInput, required: true }) },
      resolve: (_, { input }, ctx) => {
        const { rules, ...rest } = given(input);
        // The call's own schema refuses a rule it does not know, by name.
        return ctx.call(setPairRules, { ...rest, ...(rules ? { rules: rules as RuleUse[] } : {}) });
      },
    }),
    savePeerMean: t.field({
      type: Peer,
      args: { input: t.arg({ type: SavePeerMeanInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(savePeerMean, given(input)),
    }),
  }));
}
