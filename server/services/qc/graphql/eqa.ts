// External quality assessment.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import { addEqaRound, enterEqaResult, eqaRegister, evaluateEqaSample, listEqaRounds } from '../contract.ts';
import type { EqaRound, EqaSample } from '../contract.ts';

export function eqaFields(b: Builder): void {
  const Sample = typeRef<EqaSample>(b, 'EqaSample');
  Sample.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      roundId: t.exposeID('roundId'),
      scheme: t.exposeString('scheme'),
      round: t.exposeString('round'),
      sampleCode: t.exposeString('sampleCode'),
      analyteCode: t.exposeString('analyteCode'),
      instrument: t.exposeString('instrument'),
      result: t.exposeString('result', { nullable: true }),
      resultAt: t.field({ type: 'DateTime', nullable: true, resolve: (sample) => sample.resultAt }),
      resultBy: t.exposeString('resultBy', { nullable: true }),
      assignedValue: t.exposeString('assignedValue', { nullable: true }),
      sdpa: t.exposeString('sdpa', { nullable: true, description: 'Standard deviation for proficiency assessment.' }),
      z: t.exposeString('z', { nullable: true }),
      verdict: t.exposeString('verdict', { nullable: true, description: 'acceptable, warning or unacceptable' }),
      note: t.exposeString('note', { nullable: true }),
      version: t.exposeInt('version'),
    }),
  });
  const Round = typeRef<EqaRound>(b, 'EqaRound');
  Round.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      scheme: t.exposeString('scheme'),
      round: t.exposeString('round'),
      closesOn: t.field({ type: 'Date', resolve: (round) => round.closesOn }),
      samples: t.field({ type: [Sample], resolve: (round) => round.samples }),
      version: t.exposeInt('version'),
    }),
  });
  const Verdict = b.enumType('EqaVerdict', { values: ['acceptable', 'warning', 'unacceptable'] as const });
  const EqaSampleInput = b.inputType('EqaSampleInput', {
    fields: (t) => ({
      sampleCode: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
      instrument: t.string({ required: true }),
    }),
  });
  const AddEqaRoundInput = b.inputType('AddEqaRoundInput', {
    fields: (t) => ({
      id: t.id(),
      scheme: t.string({ required: true }),
      round: t.string({ required: true }),
      closesOn: t.field({ type: 'Date', required: true }),
      samples: t.field({ type: [EqaSampleInput], required: true }),
    }),
  });
  const EvaluateEqaInput = b.inputType('EvaluateEqaInput', {
    fields: (t) => ({
      sampleId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      assignedValue: t.string({ required: true }),
      sdpa: t.string({ required: true }),
      note: t.string(),
    }),
  });
  b.queryFields((t) => ({
    eqaRounds: t.field({
      type: connection(b, Round),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listEqaRounds, given(args)),
    }),
    eqaRegister: t.field({
      type: connection(b, Sample),
      args: { verdict: t.arg({ type: Verdict }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(eqaRegister, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    addEqaRound: t.field({
      type: Round,
      args: { input: t.arg({ type: AddEqaRoundInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(addEqaRound, given(input)),
    }),
    enterEqaResult: t.field({
      type: Sample,
      args: {
        sampleId: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        value: t.arg.string({ required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(enterEqaResult, args),
    }),
    evaluateEqaSample: t.field({
      type: Sample,
      args: { input: t.arg({ type: EvaluateEqaInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(evaluateEqaSample, given(input)),
    }),
  }));
}
