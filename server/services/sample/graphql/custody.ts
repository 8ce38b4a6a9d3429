import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { CustodyStep, RejectionView, TubeView } from '../contract.ts';
import {
  custody as custodyCall,
  decideRejected,
  listRejections,
  listUndecided,
  RejectDecision,
  rejectionCounts,
  RejectReason,
  rejectTube,
} from '../contract.ts';

type Counts = CallOutput<typeof rejectionCounts>;
type Decided = CallOutput<typeof decideRejected>;

function implementTypes(b: Builder): void {
  typeRef<CustodyStep>(b, 'CustodyStep').implement({
    description: 'One step of a tube: who, when, where.',
    fields: (t) => ({
      tubeId: t.exposeID('tubeId'),
      act: t.exposeString('act'),
      at: t.expose('at', { type: 'DateTime' }),
      by: t.exposeString('by'),
      place: t.exposeString('place', { nullable: true }),
      reason: t.exposeString('reason', { nullable: true }),
      facts: t.expose('facts', { type: 'JSON', description: 'Codes and numbers of the step.' }),
    }),
  });
  typeRef<RejectionView>(b, 'Rejection').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      tubeId: t.exposeID('tubeId'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      barcode: t.exposeString('barcode'),
      specimen: t.exposeString('specimen'),
      containerCode: t.exposeString('containerCode'),
      section: t.exposeString('section'),
      testCodes: t.exposeStringList('testCodes'),
      collectedBy: t.exposeString('collectedBy'),
      collectedAt: t.expose('collectedAt', { type: 'DateTime' }),
      reasonCode: t.exposeString('reasonCode'),
      reason: t.exposeString('reason', { description: 'In words, as on reports.' }),
      rejectedAt: t.expose('rejectedAt', { type: 'DateTime' }),
      rejectedBy: t.exposeString('rejectedBy'),
      decision: t.exposeString('decision', { nullable: true }),
      comment: t.exposeString('comment', { nullable: true }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
      decidedBy: t.exposeString('decidedBy', { nullable: true }),
      newTubeId: t.exposeID('newTubeId', { nullable: true, description: 'The tube drawn instead.' }),
    }),
  });
}

/** Custody, rejection, the register. */
export function custody(b: Builder): void {
  implementTypes(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const Rejection = typeRef<RejectionView>(b, 'Rejection');
  const Reason = b.enumType('RejectReason', { values: RejectReason.options });
  const Decision = b.enumType('RejectDecision', { values: RejectDecision.options });
  const RejectedTube = b.objectRef<Decided>('RejectedTube').implement({
    fields: (t) => ({
      tube: t.expose('tube', { type: Tube }),
      rejection: t.expose('rejection', { type: Rejection }),
      newTube: t.expose('newTube', { type: Tube, nullable: true, description: 'To be drawn instead.' }),
    }),
  });
  const ReasonCount = b.objectRef<Counts['reasons'][number]>('RejectionCount').implement({
    fields: (t) => ({
      reasonCode: t.exposeString('reasonCode'),
      section: t.exposeString('section'),
      count: t.exposeInt('count'),
    }),
  });
  const RejectionCounts = b.objectRef<Counts>('RejectionCounts').implement({
    description: 'How many tubes of a period were rejected and why, out of how many collected.',
    fields: (t) => ({
      collected: t.exposeInt('collected'),
      rejected: t.exposeInt('rejected'),
      reasons: t.expose('reasons', { type: [ReasonCount] }),
    }),
  });
  const RejectTubeInput = b.inputType('RejectTubeInput', {
    fields: (t) => ({
      barcode: t.string({ required: true }),
      reasonCode: t.field({ type: Reason, required: true }),
      note: t.string({ description: 'More words; needed for other.' }),
      place: t.string(),
    }),
  });
  const DecideRejectedInput = b.inputType('DecideRejectedInput', {
    fields: (t) => ({
      barcode: t.string({ required: true }),
      decision: t.field({ type: Decision, required: true }),
      comment: t.string({ description: 'Printed on the report; needed to run the tube.' }),
    }),
  });

  b.queryFields((t) => ({
    custody: t.field({
      type: [typeRef<CustodyStep>(b, 'CustodyStep')],
      description: 'Every step of a tube, oldest first.',
      args: { barcode: t.arg.string({ required: true }) },
      resolve: (_, { barcode }, ctx) => ctx.call(custodyCall, { barcode }),
    }),
    undecidedRejections: t.field({
      type: connection(b, Rejection),
      description: 'Rejections that wait for a decision, oldest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listUndecided, given(page)),
    }),
    rejections: t.field({
      type: connection(b, Rejection),
      description: 'The register of a period, newest first.',
      args: {
        fromDay: t.arg({ type: 'Date', required: true }),
        toDay: t.arg({ type: 'Date', required: true }),
        reasonCode: t.arg({ type: Reason }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, { fromDay, toDay, ...more }, ctx) => ctx.call(listRejections, { fromDay, toDay, ...given(more) }),
    }),
    rejectionCounts: t.field({
      type: RejectionCounts,
      args: { fromDay: t.arg({ type: 'Date', required: true }), toDay: t.arg({ type: 'Date', required: true }) },
      resolve: (_, period, ctx) => ctx.call(rejectionCounts, period),
    }),
  }));
  b.mutationFields((t) => ({
    rejectTube: t.field({
      type: RejectedTube,
      args: { input: t.arg({ type: RejectTubeInput, required: true }) },
      resolve: async (_, { input }, ctx) => ({ ...(await ctx.call(rejectTube, given(input))), newTube: null }),
    }),
    decideRejected: t.field({
      type: RejectedTube,
      description: 'Draw again, pay back, or run it with a comment.',
      args: { input: t.arg({ type: DecideRejectedInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(decideRejected, given(input)),
    }),
  }));
}
