// The part of the schema about judging: what a value was compared with and converted from, typed entries, the choice of values.
import { given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { Delta as DeltaView, ResultView, SerumIndices as SerumIndicesView } from '../contract.ts';
import { chooseValue, enterManyResults, enterResult } from '../contract.ts';
import type { Enums } from './release.ts';

export function judgingFields(b: Builder, enums: Enums): void {
  declareFacts(b, enums);
  declareEntries(b);
}

function declareFacts(b: Builder, { hold }: Enums): void {
  const Result = typeRef<ResultView>(b, 'Result');
  const BrokenRule = typeRef<DeltaView['broken'][number]>(b, 'BrokenDeltaRule');
  BrokenRule.implement({
    fields: (t) => ({
      mode: t.exposeString('mode', { description: 'absolute, percent, or rate (change a day)' }),
      limit: t.exposeString('limit'),
      direction: t.exposeString('direction', { description: 'any, rise or fall' }),
    }),
  });
  const Delta = typeRef<DeltaView>(b, 'Delta');
  Delta.implement({
    description: "The change from the person's latest earlier value, whether or not it is unusual",
    fields: (t) => ({
      previousResultId: t.exposeID('previousResultId'),
      previousValue: t.exposeString('previousValue'),
      previousCollectedAt: t.field({ type: 'DateTime', resolve: (delta) => delta.previousCollectedAt }),
      change: t.exposeString('change', { description: 'New minus previous; with < or > when one of them is a bound' }),
      percent: t.exposeString('percent', { nullable: true }),
      broken: t.field({ type: [BrokenRule], resolve: (delta) => delta.broken }),
    }),
  });
  const Indices = typeRef<SerumIndicesView>(b, 'SerumIndices');
  Indices.implement({
    description: 'Haemolysis, icterus and lipaemia as the analyzer measured them',
    fields: (t) => ({
      haemolysis: t.exposeString('H', { nullable: true }),
      icterus: t.exposeString('I', { nullable: true }),
      lipaemia: t.exposeString('L', { nullable: true }),
    }),
  });
  const HoldNote = typeRef<ResultView['holdNotes'][number]>(b, 'HoldNote');
  HoldNote.implement({
    fields: (t) => ({ hold: t.field({ type: hold, resolve: (note) => note.hold }), text: t.exposeString('text') }),
  });
  const SentAs = typeRef<NonNullable<ResultView['sentAs']>>(b, 'SentAs');
  SentAs.implement({ fields: (t) => ({ value: t.exposeString('value'), unit: t.exposeString('unit') }) });
  b.objectFields(Result, (t) => ({
    isCalculated: t.exposeBoolean('isCalculated', { description: 'From other values of the sample; nobody types it' }),
    blankReason: t.exposeString('blankReason', {
      nullable: true,
      description: 'Why a calculated result has no value',
    }),
    isOutsourced: t.exposeBoolean('isOutsourced'),
    priority: t.exposeString('priority', { description: 'routine, urgent or stat' }),
    draw: t.exposeString('draw', { nullable: true, description: 'The timed draw it belongs to' }),
    holdNotes: t.field({
      type: [HoldNote],
      description: 'What holds say in words',
      resolve: (result) => result.holdNotes,
    }),
    delta: t.field({ type: Delta, nullable: true, resolve: (result) => result.delta }),
    indices: t.field({ type: Indices, nullable: true, resolve: (result) => result.indices }),
    dilution: t.exposeString('dilution', { nullable: true }),
    reagentLot: t.exposeString('reagentLot', { nullable: true }),
    readFrom: t.string({
      nullable: true,
      description: 'The instrument a typed value was read from: what holds its values holds this',
      resolve: ({ readFrom }) => readFrom ?? null,
    }),
    sentAs: t.field({
      type: SentAs,
      nullable: true,
      description: 'As typed or sent, when it was converted from another unit',
      resolve: (result) => result.sentAs,
    }),
    interpretation: t.exposeString('interpretation', {
      nullable: true,
      description: 'The text printed for this value',
    }),
  }));
}

interface EntryOutcomeView {
  readonly resultId: string;
  readonly result: ResultView | null;
  readonly refused: { readonly code: string; readonly message: string } | null;
}

interface GridView {
  readonly items: readonly EntryOutcomeView[];
  readonly others: readonly ResultView[];
}

function declareEntries(b: Builder): void {
  const Result = typeRef<ResultView>(b, 'Result');
  const EnterResultInput = b.inputType('EnterResultInput', {
    fields: (t) => ({
      resultId: t.id({ required: true }),
      value: t.string({
        required: true,
        description: 'A number, if need be with < or > in front; one of the choices; or a text',
      }),
      unit: t.string({ description: "The test's own when left out; another of the same kind is converted" }),
      note: t.string(),
      confirmAbsurd: t.string({ description: 'Why a value beyond the physiological limit is right after all' }),
      instrument: t.string({ description: 'The instrument it was read from, by the name in its messages' }),
      expectedVersion: t.int({ required: true }),
    }),
  });
  const EnterResultsInput = b.inputType('EnterResultsInput', {
    fields: (t) => ({ items: t.field({ type: [EnterResultInput], required: true }) }),
  });
  const ChooseValueInput = b.inputType('ChooseValueInput', {
    fields: (t) => ({
      resultId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      otherIndex: t.int({ required: true, description: 'Place in otherValues, 0 first' }),
      reason: t.string({ required: true }),
    }),
  });
  const Outcome = typeRef<EntryOutcomeView>(b, 'EntryOutcome');
  Outcome.implement({
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      result: t.field({ type: Result, nullable: true, resolve: (outcome) => outcome.result }),
      code: t.string({ nullable: true, resolve: (outcome) => outcome.refused?.code ?? null }),
      message: t.string({ nullable: true, resolve: (outcome) => outcome.refused?.message ?? null }),
    }),
  });
  const Grid = typeRef<GridView>(b, 'EnteredGrid');
  Grid.implement({
    fields: (t) => ({
      items: t.field({ type: [Outcome], resolve: (grid) => [...grid.items] }),
      others: t.field({
        type: [Result],
        description: 'What changed with them: calculated values, holds of the sample',
        resolve: (grid) => [...grid.others],
      }),
    }),
  });
  b.mutationFields((t) => ({
    enterResult: t.field({
      type: Result,
      args: { input: t.arg({ type: EnterResultInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(enterResult, given(input)),
    }),
    enterResults: t.field({
      type: Grid,
      description: 'A grid: each item is taken or refused by itself',
      args: { input: t.arg({ type: EnterResultsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(enterManyResults, { items: input.items.map((item) => given(item)) }),
    }),
    chooseValue: t.field({
      type: Result,
      description: 'Another of several values is to be the one reported; the one that goes is kept beside',
      args: { input: t.arg({ type: ChooseValueInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(chooseValue, input),
    }),
  }));
}
