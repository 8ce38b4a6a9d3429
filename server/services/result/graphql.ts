import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ResultView, UsedRange as UsedRangeView } from './contract.ts';
import {
  authoriseResults,
  enterResult,
  Flag,
  Hold,
  lastResults,
  listWorklist,
  ResultStatus,
  sendBackResults,
  verifyResults,
} from './contract.ts';

export function graphql(b: Builder): void {
  const Status = b.enumType('ResultStatus', {
    values: ResultStatus.options,
    description: 'expected: tube not drawn yet; awaiting: drawn, no value; then entered, verified, authorised',
  });
  const ResultFlag = b.enumType('ResultFlag', {
    values: Flag.options,
    description: 'L, H: outside the range; LL, HH: beyond the critical limit; A: not the expected text',
  });
  const ResultHold = b.enumType('ResultHold', {
    values: Hold.options,
    description: 'Why a person must look before the value may be verified; named in holdsSeen by who has looked',
  });

  const UsedRange = typeRef<UsedRangeView>(b, 'UsedRange');
  UsedRange.implement({
    description:
      'The range a value was judged by, as stored with it. Limits are decimal text; ages are days at collection, [from, to).',
    fields: (t) => ({
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
      text: t.exposeString('text', {
        nullable: true,
        description: 'Expected text, or wording that replaces the numbers',
      }),
      kind: t.exposeString('kind', {
        description: 'reference, decision (a decision limit) or none (no range established)',
      }),
      criticalLow: t.exposeString('criticalLow', { nullable: true }),
      criticalHigh: t.exposeString('criticalHigh', { nullable: true }),
      sex: t.exposeString('sex', { description: 'any, male or female' }),
      ageFromDays: t.exposeInt('ageFromDays'),
      ageToDays: t.exposeInt('ageToDays', { nullable: true }),
      ageDays: t.exposeInt('ageDays', { description: "The patient's age at collection" }),
      source: t.exposeString('source'),
    }),
  });

  const OtherValue = typeRef<ResultView['otherValues'][number]>(b, 'OtherValue');
  OtherValue.implement({
    description: 'A further value for the same analyte, as sent, kept beside the reported one',
    fields: (t) => ({
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      source: t.exposeString('source'),
      messageId: t.exposeID('messageId', { nullable: true }),
      at: t.field({ type: 'DateTime', resolve: (other) => other.at }),
    }),
  });

  const Result = typeRef<ResultView>(b, 'Result');
  Result.implement({
    fields: (t) => {
      const instant = (pick: (result: ResultView) => string | null) =>
        t.field({ type: 'DateTime', nullable: true, resolve: (result) => pick(result) });
      return {
        id: t.exposeID('id'),
        orderId: t.exposeID('orderId'),
        lineId: t.exposeID('lineId'),
        patientId: t.exposeID('patientId'),
        testCode: t.exposeString('testCode'),
        testName: t.exposeString('testName'),
        section: t.exposeString('section'),
        specimen: t.exposeString('specimen'),
        method: t.exposeString('method', { nullable: true }),
        analyteCode: t.exposeString('analyteCode'),
        analyteName: t.exposeString('analyteName'),
        loinc: t.exposeString('loinc', { nullable: true }),
        kind: t.exposeString('kind', { description: 'numeric, text, coded or titre' }),
        unit: t.exposeString('unit', { description: 'As printed; empty when it has none' }),
        barcode: t.exposeString('barcode', { nullable: true }),
        status: t.field({ type: Status, resolve: (result) => result.status }),
        value: t.exposeString('value', { nullable: true, description: 'As reported: rounded, with < or > in front' }),
        rawValue: t.exposeString('rawValue', { nullable: true, description: 'As typed or sent' }),
        flags: t.field({ type: [ResultFlag], resolve: (result) => result.flags }),
        holds: t.field({ type: [ResultHold], resolve: (result) => result.holds }),
        range: t.field({ type: UsedRange, nullable: true, resolve: (result) => result.range }),
        note: t.exposeString('note', { nullable: true }),
        source: t.exposeString('source', { nullable: true, description: "manual, or the instrument's name" }),
        messageId: t.exposeID('messageId', { nullable: true, description: 'The raw message it came from' }),
        otherValues: t.field({ type: [OtherValue], resolve: (result) => result.otherValues }),
        collectedAt: instant((result) => result.collectedAt),
        receivedAt: instant((result) => result.receivedAt),
        enteredAt: instant((result) => result.enteredAt),
        enteredBy: t.exposeString('enteredBy', { nullable: true }),
        verifiedAt: instant((result) => result.verifiedAt),
        verifiedBy: t.exposeString('verifiedBy', { nullable: true }),
        authorisedAt: instant((result) => result.authorisedAt),
        authorisedBy: t.exposeString('authorisedBy', { nullable: true }),
        authorisedById: t.exposeID('authorisedById', { nullable: true }),
        sentBackReason: t.string({
          nullable: true,
          description: 'Why it is back at the bench, in words; until it is verified again',
          resolve: (result) => result.sentBackReason ?? null,
        }),
        version: t.exposeInt('version', { description: 'Give it back as expectedVersion' }),
      };
    },
  });

  const EnterResultInput = b.inputType('EnterResultInput', {
    fields: (t) => ({
      resultId: t.id({ required: true }),
      value: t.string({
        required: true,
        description: 'A number, if need be with < or > in front; one of the choices; or a text',
      }),
      unit: t.string({ description: "The test's own unit; may be left out" }),
      note: t.string(),
      expectedVersion: t.int({ required: true }),
    }),
  });
  const VerifyStepInput = b.inputType('VerifyStepInput', {
    fields: (t) => ({
      resultId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      holdsSeen: t.field({ type: [ResultHold], description: 'Every hold of the result, by who has looked at it' }),
    }),
  });
  const ResultStepInput = b.inputType('ResultStepInput', {
    fields: (t) => ({ resultId: t.id({ required: true }), expectedVersion: t.int({ required: true }) }),
  });
  const VerifyResultsInput = b.inputType('VerifyResultsInput', {
    fields: (t) => ({ items: t.field({ type: [VerifyStepInput], required: true }) }),
  });
  const AuthoriseResultsInput = b.inputType('AuthoriseResultsInput', {
    fields: (t) => ({ items: t.field({ type: [ResultStepInput], required: true }) }),
  });
  const SendBackResultsInput = b.inputType('SendBackResultsInput', {
    fields: (t) => ({
      items: t.field({ type: [ResultStepInput], required: true }),
      reason: t.string({ required: true }),
    }),
  });

  b.queryFields((t) => ({
    worklist: t.field({
      type: connection(b, Result),
      description: 'STAT first, then urgent, then by the time the tube came',
      args: { status: t.arg({ type: Status }), section: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listWorklist, given(args)),
    }),
    previousResults: t.field({
      type: [Result],
      description: 'Authorised values of one patient and analyte, newest first',
      args: {
        patientId: t.arg.id({ required: true }),
        analyteCode: t.arg.string({ required: true }),
        first: t.arg.int(),
      },
      resolve: (_, args, ctx) => ctx.call(lastResults, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    enterResult: t.field({
      type: Result,
      args: { input: t.arg({ type: EnterResultInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(enterResult, given(input)),
    }),
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
      resolve: (_, { input }, ctx) => ctx.call(authoriseResults, input),
    }),
    sendBackResults: t.field({
      type: [Result],
      description: 'Verified results go back to the bench, with a reason. All or none',
      args: { input: t.arg({ type: SendBackResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(sendBackResults, input),
    }),
  }));
}
