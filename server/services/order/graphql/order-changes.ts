import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { OrderView, ReflexProposal } from '../contract.ts';
import { addTests, cancelLines, decideReflex, editOrder, listReflexProposals, Priority } from '../contract.ts';

function makePriorityEnum(b: Builder) {
  return b.enumType('OrderPriority', { values: Priority.options });
}
const priorityEnums = new WeakMap<Builder, ReturnType<typeof makePriorityEnum>>();

/** Made once a schema: placing and editing both take it. */
export function priorityEnum(b: Builder): ReturnType<typeof makePriorityEnum> {
  const made = priorityEnums.get(b) ?? makePriorityEnum(b);
  priorityEnums.set(b, made);
  return made;
}

export function orderChangesGraphql(b: Builder): void {
  const Order = typeRef<OrderView>(b, 'Order');
  const Proposal = typeRef<ReflexProposal>(b, 'ReflexProposal');
  Proposal.implement({
    description: 'A test that a rule calls for and the desk has to confirm.',
    fields: (t) => ({
      id: t.exposeID('id'),
      orderId: t.exposeID('orderId'),
      orderNumber: t.exposeString('orderNumber'),
      patientId: t.exposeID('patientId'),
      ruleCode: t.exposeString('ruleCode'),
      testCode: t.exposeString('testCode'),
      resultIds: t.exposeStringList('resultIds', { description: 'The values that called for it.' }),
      status: t.exposeString('status', { description: 'open, confirmed or declined.' }),
      proposedAt: t.expose('proposedAt', { type: 'DateTime' }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
      decidedBy: t.exposeString('decidedBy', { nullable: true }),
    }),
  });
  const AddTestsInput = b.inputType('AddTestsInput', {
    fields: (t) => ({
      orderId: t.id({ required: true }),
      requestId: t.id({ required: true, description: 'Client-made: the same request sent again adds nothing.' }),
      items: t.stringList({ required: true, description: 'Codes of tests and panels.' }),
      reason: t.string(),
    }),
  });
  const CancelLinesInput = b.inputType('CancelLinesInput', {
    fields: (t) => ({
      orderId: t.id({ required: true }),
      lineIds: t.idList({ required: true }),
      reason: t.string({ required: true }),
      expectedVersion: t.int({ required: true }),
    }),
  });
  const EditOrderInput = b.inputType('EditOrderInput', {
    description: 'A field left out stays as it is; null takes it away.',
    fields: (t) => ({
      orderId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      priority: t.field({ type: priorityEnum(b) }),
      referredBy: t.string(),
      clinicalNotes: t.string(),
      isFasting: t.boolean(),
      gestationWeeks: t.int(),
    }),
  });
  const Status = b.enumType('ReflexProposalStatus', { values: ['open', 'confirmed', 'declined'] as const });

  b.queryFields((t) => ({
    reflexProposals: t.field({
      type: connection(b, Proposal),
      description: 'Oldest first; the open ones when no status is given.',
      args: { status: t.arg({ type: Status }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listReflexProposals, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    addTests: t.field({
      type: Order,
      description: 'Adds tests to an order that is there.',
      args: { input: t.arg({ type: AddTestsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(addTests, given(input)),
    }),
    cancelLines: t.field({
      type: Order,
      description: 'Takes tests back; what is at the bench needs the permission order.cancel_at_bench.',
      args: { input: t.arg({ type: CancelLinesInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(cancelLines, given(input)),
    }),
    editOrder: t.field({
      type: Order,
      args: { input: t.arg({ type: EditOrderInput, required: true }) },
      resolve: (_, { input }, ctx) => {
        // Here null has a meaning of its own, so `given` is of no use; only a priority cannot be taken away.
        const { priority, ...rest } = input;
        return ctx.call(editOrder, priority ? { ...rest, priority } : rest);
      },
    }),
    decideReflex: t.field({
      type: Proposal,
      args: { proposalId: t.arg.id({ required: true }), isConfirmed: t.arg.boolean({ required: true }) },
      resolve: (_, args, ctx) => ctx.call(decideReflex, args),
    }),
  }));
}
