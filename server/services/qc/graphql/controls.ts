// Lots, control values, the board, holds and their lifting.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import {
  liftHold,
  listControlLots,
  listHolds,
  listQcStates,
  listTargets,
  lookBack,
  recordControls,
  recordCorrection,
  saveControlLot,
  setTarget,
  voidControl,
} from '../contract.ts';
import type { ControlLotView, ControlRunView, LookBackItem, QcHoldView, QcState, TargetView } from '../contract.ts';

export function controlFields(b: Builder): void {
  const ControlLot = typeRef<ControlLotView>(b, 'ControlLot');
  ControlLot.implement({
    description: 'A control material: one level of one lot of its maker.',
    fields: (t) => ({
      id: t.exposeID('id'),
      material: t.exposeString('material'),
      lotNumber: t.exposeString('lotNumber'),
      level: t.exposeInt('level', { description: '1 low, 2 normal, 3 high, as the lab counts them.' }),
      expiresOn: t.field({ type: 'Date', resolve: (lot) => lot.expiresOn }),
      sampleIds: t.exposeStringList('sampleIds', {
        description: 'What analyzers send as its sample id; a trailing * stands for any ending.',
      }),
      isActive: t.exposeBoolean('isActive'),
      version: t.exposeInt('version'),
    }),
  });
  const QcTarget = typeRef<TargetView>(b, 'QcTarget');
  QcTarget.implement({
    fields: (t) => ({
      lotId: t.exposeID('lotId'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      kind: t.exposeString('kind', { description: 'assigned by the maker, or cumulative from own values.' }),
      mean: t.exposeString('mean'),
      sd: t.exposeString('sd'),
      count: t.exposeInt('count', { description: 'Values behind a cumulative target.' }),
      validFrom: t.field({ type: 'DateTime', resolve: (target) => target.validFrom }),
      setBy: t.exposeString('setBy'),
    }),
  });
  const ControlValue = typeRef<ControlRunView>(b, 'ControlValue');
  ControlValue.implement({
    description: 'One measured control with its judgement.',
    fields: (t) => ({
      id: t.exposeID('id'),
      lotId: t.exposeID('lotId'),
      runId: t.exposeID('runId'),
      level: t.exposeInt('level'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      measuredAt: t.field({ type: 'DateTime', resolve: (control) => control.measuredAt }),
      by: t.exposeString('by'),
      messageId: t.exposeID('messageId', { nullable: true }),
      reagentLot: t.exposeString('reagentLot', { nullable: true }),
      z: t.exposeString('z', { nullable: true, description: 'Null while the lot has no target.' }),
      rules: t.exposeStringList('rules', { description: 'Every Westgard rule that fires here.' }),
      outcome: t.exposeString('outcome', { description: 'in_control, warning, rejected, not_judged or void' }),
      note: t.exposeString('note', { nullable: true }),
    }),
  });
  const State = typeRef<QcState>(b, 'QcState');
  State.implement({
    description: 'One line of the board.',
    fields: (t) => ({
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      state: t.exposeString('state', { description: 'in_control, warning, failed, due or none' }),
      lastRunAt: t.field({ type: 'DateTime', nullable: true, resolve: (state) => state.lastRunAt }),
      lastGoodAt: t.field({ type: 'DateTime', nullable: true, resolve: (state) => state.lastGoodAt }),
      holdId: t.exposeID('holdId', { nullable: true }),
    }),
  });
  const QcHold = typeRef<QcHoldView>(b, 'QcHold');
  QcHold.implement({
    description: 'What a rejected control holds, until a corrective action with a good control lifts it.',
    fields: (t) => ({
      id: t.exposeID('id'),
      instrument: t.exposeString('instrument'),
      analyteCode: t.exposeString('analyteCode'),
      rules: t.exposeStringList('rules', { description: 'Empty when an average of patients opened it.' }),
      runId: t.exposeID('runId'),
      lastGoodAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Null: no control was ever good, everything is suspect.',
        resolve: (hold) => hold.lastGoodAt,
      }),
      since: t.field({ type: 'DateTime', resolve: (hold) => hold.since }),
      status: t.exposeString('status', { description: 'open or lifted' }),
      cause: t.exposeString('cause', { nullable: true }),
      action: t.exposeString('action', { nullable: true }),
      correctedAt: t.field({ type: 'DateTime', nullable: true, resolve: (hold) => hold.correctedAt }),
      lookBackNote: t.exposeString('lookBackNote', { nullable: true }),
      liftedAt: t.field({ type: 'DateTime', nullable: true, resolve: (hold) => hold.liftedAt }),
      liftedBy: t.exposeString('liftedBy', { nullable: true }),
      version: t.exposeInt('version'),
    }),
  });
  const LookBack = typeRef<LookBackItem>(b, 'LookBackItem');
  LookBack.implement({
    description: 'A patient result given between the last good control and the end of the hold.',
    fields: (t) => ({
      resultId: t.exposeID('resultId'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      barcode: t.exposeString('barcode', { nullable: true }),
      value: t.exposeString('value', { nullable: true }),
      unit: t.exposeString('unit'),
      status: t.exposeString('status'),
      enteredAt: t.field({ type: 'DateTime', nullable: true, resolve: (item) => item.enteredAt }),
      authorisedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Signed: it may be on a report.',
        resolve: (item) => item.authorisedAt,
      }),
    }),
  });

  const HoldStatus = b.enumType('QcHoldStatus', { values: ['open', 'lifted'] as const });
  const StateName = b.enumType('QcStateName', { values: ['in_control', 'warning', 'failed', 'due', 'none'] as const });
  const TargetKind = b.enumType('QcTargetKind', { values: ['assigned', 'cumulative'] as const });
  const SdFrom = b.enumType('QcSdFrom', { values: ['lab_cv', 'own'] as const });

  const SaveControlLotInput = b.inputType('SaveControlLotInput', {
    fields: (t) => ({
      id: t.id(),
      expectedVersion: t.int(),
      material: t.string({ required: true }),
      lotNumber: t.string({ required: true }),
      level: t.int({ required: true }),
      expiresOn: t.field({ type: 'Date', required: true }),
      sampleIds: t.stringList({ required: true }),
      isActive: t.boolean(),
    }),
  });
  const SetQcTargetInput = b.inputType('SetQcTargetInput', {
    fields: (t) => ({
      lotId: t.id({ required: true }),
      instrument: t.string({ required: true }),
      analyteCode: t.string({ required: true }),
      kind: t.field({ type: TargetKind, required: true }),
      mean: t.string({ description: 'Of an assigned target.' }),
      sd: t.string({ description: 'Of an assigned target.' }),
      validFrom: t.field({ type: 'DateTime', description: 'Now when left out.' }),
      sdFrom: t.field({ type: SdFrom, description: 'Of a cumulative target.' }),
    }),
  });
  const ControlValueInput = b.inputType('ControlValueInput', {
    fields: (t) => ({
      lotId: t.id({ required: true }),
      analyteCode: t.string({ required: true }),
      value: t.string({ required: true }),
    }),
  });
  const RecordControlsInput = b.inputType('RecordControlsInput', {
    fields: (t) => ({
      runId: t.id({ description: 'Made by the client: sent twice, recorded once.' }),
      instrument: t.string({ required: true }),
      measuredAt: t.field({ type: 'DateTime' }),
      reagentLot: t.string(),
      values: t.field({ type: [ControlValueInput], required: true }),
      note: t.string(),
    }),
  });
  const LiftQcHoldInput = b.inputType('LiftQcHoldInput', {
    fields: (t) => ({
      holdId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      cause: t.string({ required: true }),
      action: t.string({ required: true }),
      lookBackNote: t.string({ required: true, description: 'What the look-back of the patients found.' }),
    }),
  });

  b.queryFields((t) => ({
    controlLots: t.field({
      type: connection(b, ControlLot),
      args: { isActive: t.arg.boolean(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listControlLots, given(args)),
    }),
    qcTargets: t.field({
      type: connection(b, QcTarget),
      args: { lotId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listTargets, given(args)),
    }),
    qcBoard: t.field({
      type: connection(b, State),
      description: 'Worst first; with the state `due`, the controls to be run.',
      args: {
        instrument: t.arg.string(),
        state: t.arg({ type: StateName }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listQcStates, given(args)),
    }),
    qcHolds: t.field({
      type: connection(b, QcHold),
      args: { status: t.arg({ type: HoldStatus }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listHolds, given(args)),
    }),
    qcLookBack: t.field({
      type: connection(b, LookBack),
      description: 'Every patient result that may be wrong, oldest first.',
      args: { holdId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(lookBack, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    saveControlLot: t.field({
      type: ControlLot,
      args: { input: t.arg({ type: SaveControlLotInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveControlLot, given(input)),
    }),
    setQcTarget: t.field({
      type: QcTarget,
      args: { input: t.arg({ type: SetQcTargetInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(setTarget, given(input)),
    }),
    recordControls: t.field({
      type: [ControlValue],
      args: { input: t.arg({ type: RecordControlsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(recordControls, given(input)),
    }),
    voidControl: t.field({
      type: ControlValue,
      args: { controlId: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_, args, ctx) => ctx.call(voidControl, args),
    }),
    recordQcCorrection: t.field({
      type: QcHold,
      description: 'What was done at the analyzer; the controls that follow begin a series of their own.',
      args: {
        holdId: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        action: t.arg.string({ required: true }),
      },
      resolve: (_, args, ctx) => ctx.call(recordCorrection, args),
    }),
    liftQcHold: t.field({
      type: QcHold,
      args: { input: t.arg({ type: LiftQcHoldInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(liftHold, input),
    }),
  }));
}
