import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { AtRiskLine, BreachView, PendingLine, TurnaroundGroup, WhyPending } from '../contract.ts';
import {
  BreachReason,
  listAtRisk,
  listBreaches,
  listPending,
  setBreachReason,
  turnaroundSummary,
  whyPending,
} from '../contract.ts';

function summaryGraphql(b: Builder): void {
  const Group = typeRef<TurnaroundGroup>(b, 'TurnaroundGroup');
  Group.implement({
    description: 'How long lines took that were signed in a period. Minutes of the clock, until the first signature.',
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Test code, section or priority.' }),
      lines: t.exposeInt('lines'),
      medianMinutes: t.exposeInt('medianMinutes'),
      p90Minutes: t.exposeInt('p90Minutes', { description: 'Nine of ten lines took no longer.' }),
      breaches: t.exposeInt('breaches', { description: 'Signed after the promise.' }),
    }),
  });
  const Summary = typeRef<CallOutput<typeof turnaroundSummary>>(b, 'TurnaroundSummary');
  Summary.implement({
    fields: (t) => ({
      lines: t.exposeInt('lines'),
      breaches: t.exposeInt('breaches'),
      groups: t.field({ type: [Group], resolve: ({ groups }) => groups }),
    }),
  });
  const GroupBy = b.enumType('TurnaroundGroupBy', { values: ['test', 'section', 'priority'] as const });
  b.queryField('turnaroundSummary', (t) =>
    t.field({
      type: Summary,
      description: 'Days of the lab, both included, at most 92.',
      args: {
        fromDay: t.arg({ type: 'Date', required: true }),
        toDay: t.arg({ type: 'Date', required: true }),
        groupBy: t.arg({ type: GroupBy, required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(turnaroundSummary, args),
    }),
  );
}

export function turnaroundGraphql(b: Builder): void {
  summaryGraphql(b);
  const Pending = typeRef<PendingLine>(b, 'PendingLine');
  Pending.implement({
    description: 'An open line as the board shows it.',
    fields: (t) => ({
      lineId: t.exposeID('lineId'),
      orderId: t.exposeID('orderId'),
      orderNumber: t.exposeString('orderNumber'),
      patientId: t.exposeID('patientId'),
      testCode: t.exposeString('testCode'),
      testName: t.exposeString('testName'),
      section: t.exposeString('section'),
      priority: t.exposeString('priority'),
      stage: t.exposeString('stage', {
        description: 'ordered, collected, received, rejected, entered or verified.',
      }),
      isOutsourced: t.exposeBoolean('isOutsourced'),
      placedAt: t.expose('placedAt', { type: 'DateTime' }),
      promisedAt: t.expose('promisedAt', { type: 'DateTime' }),
      collectedAt: t.expose('collectedAt', { type: 'DateTime', nullable: true }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', nullable: true }),
      isOverdue: t.exposeBoolean('isOverdue'),
    }),
  });
  const AtRisk = typeRef<AtRiskLine>(b, 'AtRiskLine');
  AtRisk.implement({
    description: 'An open line that has passed its promise, or will at the usual pace of the lab.',
    fields: (t) => ({
      line: t.field({ type: Pending, resolve: (row) => row }),
      risk: t.exposeString('risk', { description: 'overdue or predicted.' }),
      expectedAt: t.expose('expectedAt', { type: 'DateTime' }),
      basis: t.exposeString('basis', { description: 'history: the lab\u2019s last lines of the test; or catalogue.' }),
      reason: t.exposeString('reason', { description: 'In words.' }),
    }),
  });
  const Why = typeRef<WhyPending>(b, 'WhyPending');
  Why.implement({
    description: 'Where a line stands, in the words of the lab.',
    fields: (t) => ({
      orderId: t.exposeID('orderId'),
      lineId: t.exposeID('lineId'),
      testCode: t.exposeString('testCode'),
      stage: t.exposeString('stage'),
      words: t.exposeString('words'),
      since: t.expose('since', { type: 'DateTime', nullable: true }),
      holds: t.exposeStringList('holds'),
      promisedAt: t.expose('promisedAt', { type: 'DateTime' }),
      isOverdue: t.exposeBoolean('isOverdue'),
      consent: t.exposeString('consent', {
        nullable: true,
        description: 'given or missing; null for a test that takes no consent.',
      }),
    }),
  });
  const Breach = typeRef<BreachView>(b, 'TurnaroundBreach');
  Breach.implement({
    description: 'A line that passed its promise, with the reason a person gave.',
    fields: (t) => ({
      lineId: t.exposeID('lineId'),
      orderId: t.exposeID('orderId'),
      orderNumber: t.exposeString('orderNumber'),
      testCode: t.exposeString('testCode'),
      section: t.exposeString('section'),
      promisedAt: t.expose('promisedAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      reason: t.exposeString('reason', { nullable: true }),
      note: t.exposeString('note', { nullable: true }),
      setBy: t.exposeString('setBy', { nullable: true }),
      setAt: t.expose('setAt', { type: 'DateTime', nullable: true }),
    }),
  });
  const Kind = b.enumType('PendingKind', { values: ['before_today', 'overdue', 'all'] as const });
  const Reason = b.enumType('BreachReason', { values: BreachReason.options });

  b.queryFields((t) => ({
    pendingLines: t.field({
      type: connection(b, Pending),
      description: 'Pending from yesterday and before (the default), past the promise, or all; oldest first.',
      args: { kind: t.arg({ type: Kind }), section: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listPending, given(args)),
    }),
    linesAtRisk: t.field({
      type: connection(b, AtRisk),
      description: 'Overdue first, then those that will be.',
      args: { section: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listAtRisk, given(args)),
    }),
    whyPending: t.field({
      type: [Why],
      args: { orderIds: t.arg.idList({ required: true }) },
      resolve: (_, { orderIds }, ctx) => ctx.call(whyPending, { orderIds }),
    }),
    turnaroundBreaches: t.field({
      type: connection(b, Breach),
      args: {
        fromDay: t.arg({ type: 'Date', required: true }),
        toDay: t.arg({ type: 'Date', required: true }),
        section: t.arg.string(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listBreaches, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    setBreachReason: t.field({
      type: Breach,
      args: {
        orderId: t.arg.id({ required: true }),
        lineId: t.arg.id({ required: true }),
        reason: t.arg({ type: Reason, required: true }),
        note: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(setBreachReason, given(args)),
    }),
  }));
}
