// The part of the schema about release: verified, signed, sent back, amended; criticals; reversed approvals.
import type { EnumRef } from '@pothos/core';

import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder, GraphqlTypes } from '#platform/graphql/module.ts';

import type {
  Amendment as AmendmentView,
  CriticalView,
  EarlierValue as EarlierValueView,
  Flag,
  Hold,
  ResultView,
  ReversalView,
  SigningCase as SigningCaseView,
} from '../contract.ts';
import {
  amendResults,
  authoriseResults,
  CriticalView as CriticalSchema,
  criticalsOfOrders,
  listCriticals,
  listReversals,
  recordCriticalCall,
  ReversalKind,
  sendBackResults,
  signedVersions,
  signingQueue,
  verifyResults,
  withdrawAmendments,
} from '../contract.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<GraphqlTypes>;

export interface Enums {
  readonly flag: EnumRef<Types, Flag, Flag>;
  readonly hold: EnumRef<Types, Hold, Hold>;
}

export function releaseFields(b: Builder, enums: Enums): void {
  const Result = typeRef<ResultView>(b, 'Result');
  declareViews(b, enums);
  declareSteps(b, enums);
  declareCriticals(b, enums);
  b.objectFields(Result, (t) => ({
    autoRules: t.exposeStringList('autoRules', {
      description: 'Rules that verified it instead of a person (lab-day 47)',
    }),
    amendment: t.field({
      type: typeRef<AmendmentView>(b, 'Amendment'),
      nullable: true,
      description: 'The amendment it is, or is to become, part of',
      resolve: (result) => result.amendment,
    }),
  }));
}

function declareViews(b: Builder, { flag }: Enums): void {
  const Result = typeRef<ResultView>(b, 'Result');
  const Amendment = typeRef<AmendmentView>(b, 'Amendment');
  Amendment.implement({
    fields: (t) => ({
      number: t.exposeInt('number', { description: '1 for the first' }),
      reason: t.exposeString('reason'),
      at: t.field({ type: 'DateTime', resolve: (amendment) => amendment.at }),
      by: t.exposeString('by'),
      previousValue: t.exposeString('previousValue'),
    }),
  });
  type Version = { readonly number: number; readonly signed: ResultView; readonly amendedBy: AmendmentView | null };
  const SignedVersion = typeRef<Version>(b, 'SignedVersion');
  SignedVersion.implement({
    fields: (t) => ({
      number: t.exposeInt('number'),
      signed: t.field({ type: Result, resolve: (version) => version.signed }),
      amendedBy: t.field({
        type: Amendment,
        nullable: true,
        description: 'Null for the version that stands',
        resolve: (version) => version.amendedBy,
      }),
    }),
  });
  const EarlierValue = typeRef<EarlierValueView>(b, 'EarlierValue');
  EarlierValue.implement({
    description: 'A signed value of the same person before, with the change from it to the one that waits',
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      flags: t.field({ type: [flag], resolve: (earlier) => earlier.flags }),
      collectedAt: t.field({ type: 'DateTime', nullable: true, resolve: (earlier) => earlier.collectedAt }),
      authorisedAt: t.field({ type: 'DateTime', resolve: (earlier) => earlier.authorisedAt }),
      change: t.exposeString('change', { nullable: true }),
      percent: t.exposeString('percent', { nullable: true }),
    }),
  });
  const EarlierValues = typeRef<SigningCaseView['earlier'][number]>(b, 'EarlierValues');
  EarlierValues.implement({
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      values: t.field({ type: [EarlierValue], resolve: (earlier) => earlier.values }),
    }),
  });
  const SigningCase = typeRef<SigningCaseView>(b, 'SigningCase');
  SigningCase.implement({
    description: 'An order with values that wait for a signature (lab-day 46)',
    fields: (t) => ({
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      priority: t.exposeString('priority'),
      results: t.field({ type: [Result], resolve: (each) => each.results }),
      others: t.field({ type: [Result], description: 'The rest of the order', resolve: (each) => each.others }),
      earlier: t.field({ type: [EarlierValues], resolve: (each) => each.earlier }),
      uncalledResultIds: t.exposeIDList('uncalledResultIds', { description: 'A critical that nobody was told' }),
      lockedResultIds: t.exposeIDList('lockedResultIds', { description: 'Held by quality control or equipment' }),
    }),
  });
  const Kind = b.enumType('ReversalKind', { values: ReversalKind.options });
  const Reversal = typeRef<ReversalView>(b, 'Reversal');
  Reversal.implement({
    description: 'An approval that was taken back',
    fields: (t) => ({
      id: t.exposeID('id'),
      kind: t.field({ type: Kind, resolve: (reversal) => reversal.kind }),
      resultId: t.exposeID('resultId'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      testName: t.exposeString('testName'),
      analyteName: t.exposeString('analyteName'),
      section: t.exposeString('section'),
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      approvedBy: t.exposeString('approvedBy'),
      approvedAt: t.field({ type: 'DateTime', resolve: (reversal) => reversal.approvedAt }),
      reason: t.exposeString('reason'),
      at: t.field({ type: 'DateTime', resolve: (reversal) => reversal.at }),
      by: t.exposeString('by'),
    }),
  });
  b.queryFields((t) => ({
    signingQueue: t.field({
      type: connection(b, SigningCase),
      description: 'What waits for a signature: STAT first, then urgent, then as the orders were placed',
      args: { section: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(signingQueue, given(args)),
    }),
    signedVersions: t.field({
      type: [SignedVersion],
      description: 'Versions of a result that were signed, oldest first',
      args: { resultId: t.arg.id({ required: true }) },
      resolve: (_, { resultId }, ctx) => ctx.call(signedVersions, { resultIds: [resultId] }),
    }),
    reversedApprovals: t.field({
      type: connection(b, Reversal),
      description: 'Newest first',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listReversals, given(args)),
    }),
  }));
}

function declareSteps(b: Builder, { hold }: Enums): void {
  const Result = typeRef<ResultView>(b, 'Result');
  const VerifyStepInput = b.inputType('VerifyStepInput', {
    fields: (t) => ({
      resultId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      holdsSeen: t.field({ type: [hold], description: 'Every hold of the result, by who has looked at it' }),
    }),
  });
  const ResultStepInput = b.inputType('ResultStepInput', {
    fields: (t) => ({ resultId: t.id({ required: true }), expectedVersion: t.int({ required: true }) }),
  });
  const signingToken = 'Of confirmIdentity; needed unless the lab asks for none';
  const VerifyResultsInput = b.inputType('VerifyResultsInput', {
    fields: (t) => ({ items: t.field({ type: [VerifyStepInput], required: true }) }),
  });
  const AuthoriseResultsInput = b.inputType('AuthoriseResultsInput', {
    fields: (t) => ({
      items: t.field({ type: [ResultStepInput], required: true }),
      signingToken: t.string({ description: signingToken }),
    }),
  });
  const SendBackResultsInput = b.inputType('SendBackResultsInput', {
    fields: (t) => ({
      items: t.field({ type: [ResultStepInput], required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const AmendResultsInput = b.inputType('AmendResultsInput', {
    fields: (t) => ({
      items: t.field({ type: [ResultStepInput], required: true }),
      reason: t.string({ required: true }),
      signingToken: t.string({ description: signingToken }),
    }),
  });
  b.mutationFields((t) => ({
    verifyResults: t.field({
      type: [Result],
      description: 'All or none',
      args: { input: t.arg({ type: VerifyResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(verifyResults, { items: input.items.map((item) => given(item)) }),
    }),
    authoriseResults: t.field({
      type: [Result],
      description: 'All or none; needs verified results',
      args: { input: t.arg({ type: AuthoriseResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(authoriseResults, given(input)),
    }),
    sendBackResults: t.field({
      type: [Result],
      description: 'Verified results go back to the bench, with a reason. All or none',
      args: { input: t.arg({ type: SendBackResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(sendBackResults, input),
    }),
    amendResults: t.field({
      type: [Result],
      description: 'Opens signed results again; the signed version stays on record. All or none',
      args: { input: t.arg({ type: AmendResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(amendResults, given(input)),
    }),
    withdrawAmendments: t.field({
      type: [Result],
      description: 'Gives amendments up: the results are again what was signed. All or none',
      args: { input: t.arg({ type: SendBackResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(withdrawAmendments, input),
    }),
  }));
}

function declareCriticals(b: Builder, { flag }: Enums): void {
  const CriticalStatus = b.enumType('CriticalStatus', { values: CriticalSchema.shape.status.options });
  const Call = typeRef<CriticalView['calls'][number]>(b, 'CriticalCall');
  Call.implement({
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (call) => call.at }),
      by: t.exposeString('by'),
      to: t.exposeString('to'),
      phone: t.exposeString('phone', { nullable: true }),
      wasReached: t.exposeBoolean('wasReached'),
      wasReadBack: t.exposeBoolean('wasReadBack'),
      note: t.exposeString('note', { nullable: true }),
    }),
  });
  const Critical = typeRef<CriticalView>(b, 'Critical');
  Critical.implement({
    description: 'A critical value that somebody has to be told, and the calls about it (lab-day 48)',
    fields: (t) => ({
      id: t.exposeID('id'),
      resultId: t.exposeID('resultId'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      analyteCode: t.exposeString('analyteCode'),
      analyteName: t.exposeString('analyteName'),
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      flags: t.field({ type: [flag], resolve: (critical) => critical.flags }),
      limit: t.exposeString('limit'),
      isCorrection: t.exposeBoolean('isCorrection', { description: 'Somebody was told another value before' }),
      status: t.field({ type: CriticalStatus, resolve: (critical) => critical.status }),
      foundAt: t.field({ type: 'DateTime', resolve: (critical) => critical.foundAt }),
      dueAt: t.field({ type: 'DateTime', resolve: (critical) => critical.dueAt }),
      escalations: t.exposeInt('escalations'),
      calls: t.field({ type: [Call], resolve: (critical) => critical.calls }),
    }),
  });
  const RecordCriticalCallInput = b.inputType('RecordCriticalCallInput', {
    fields: (t) => ({
      id: t.id({ description: 'Client-made: recording the same call twice records it once' }),
      criticalIds: t.idList({ required: true }),
      to: t.string({ required: true, description: 'Who was called: name and role' }),
      phone: t.string(),
      calledAt: t.field({ type: 'DateTime' }),
      wasReached: t.boolean({ required: true }),
      wasReadBack: t.boolean({ required: true }),
      note: t.string(),
    }),
  });
  b.queryFields((t) => ({
    criticals: t.field({
      type: connection(b, Critical),
      description: 'The one due first, first; open ones unless told otherwise',
      args: { status: t.arg({ type: CriticalStatus }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listCriticals, given(args)),
    }),
    criticalsOfOrder: t.field({
      type: [Critical],
      args: { orderId: t.arg.id({ required: true }) },
      resolve: (_, { orderId }, ctx) => ctx.call(criticalsOfOrders, { ids: [orderId] }),
    }),
  }));
  b.mutationFields((t) => ({
    recordCriticalCall: t.field({
      type: [Critical],
      description: 'A try to reach somebody; told only when reached and read back',
      args: { input: t.arg({ type: RecordCriticalCallInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(recordCriticalCall, given(input)),
    }),
  }));
}
