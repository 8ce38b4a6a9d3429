// The whole story of an order in one query: every service's part of the audit trail, merged by time.
import type { TrailEntry } from '#platform/contract.ts';
import { typeRef } from '#platform/graphql/kit.ts';
import type { Builder, GraphqlContext } from '#platform/graphql/module.ts';
import { autoverifyTrail } from '#contract/autoverify.ts';
import { fileTrail } from '#contract/file.ts';
import { integrationTrail } from '#contract/integration.ts';
import { getOrder, orderTrail } from '#contract/order.ts';
import { patientTrail } from '#contract/patient.ts';
import { reportTrail } from '#contract/report.ts';
import { resultTrail } from '#contract/result.ts';
import { sampleTrail } from '#contract/sample.ts';

const trails = [
  patientTrail,
  orderTrail,
  sampleTrail,
  integrationTrail,
  resultTrail,
  autoverifyTrail,
  reportTrail,
  fileTrail,
];

async function readTrail(ctx: GraphqlContext, orderId: string): Promise<TrailEntry[]> {
  const order = await ctx.call(getOrder, { orderId });
  const parts = await Promise.all(
    trails.map((part) => ctx.call(part, { caseIds: part === patientTrail ? [order.patientId] : [orderId] })),
  );
  // A stable sort: entries of one service with the same time keep the order of their commits.
  return parts.flat().toSorted((a, b) => a.at.localeCompare(b.at));
}

export function trail(b: Builder): void {
  const Entry = typeRef<TrailEntry>(b, 'TrailEntry');
  Entry.implement({
    description: 'One act: who did what to which record, when.',
    fields: (t) => ({
      id: t.exposeID('id'),
      service: t.exposeString('service'),
      at: t.expose('at', { type: 'DateTime' }),
      actorId: t.exposeID('actorId', { nullable: true, description: 'Null for the system itself.' }),
      actorName: t.exposeString('actorName'),
      act: t.exposeString('act'),
      entityId: t.exposeID('entityId'),
      facts: t.expose('facts', { type: 'JSON' }),
      requestId: t.exposeString('requestId'),
      seal: t.exposeString('seal', { nullable: true, description: 'Link of the hash chain; null for about a second.' }),
    }),
  });
  b.queryField('auditTrail', (t) =>
    t.field({
      type: [Entry],
      description: 'Everything that happened to an order, from the registration of its patient to its report.',
      args: { orderId: t.arg.id({ required: true }) },
      resolve: (_, { orderId }, ctx) => readTrail(ctx, orderId),
    }),
  );
}
