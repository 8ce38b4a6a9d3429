// The fields that lead from one service's type to another's. They live here because a service knows no other's types.
// Each is one batched call over the whole request.
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder, GraphqlContext } from '#platform/graphql/module.ts';
import type { DecisionView } from '#contract/autoverify.ts';
import { decisionsOfResults } from '#contract/autoverify.ts';
import { getDoctors, getPartners } from '#contract/organization.ts';
import type { DoctorView, PartnerView } from '#contract/organization.ts';
import { getOrders, listOrders, orderNotFound } from '#contract/order.ts';
import type { OrderView } from '#contract/order.ts';
import { getPatients, patientNotFound } from '#contract/patient.ts';
import type { PatientView } from '#contract/patient.ts';
import type { ReportView } from '#contract/report.ts';
import { reportsOfOrders } from '#contract/report.ts';
import type { ResultView } from '#contract/result.ts';
import { resultsOfOrders } from '#contract/result.ts';
import type { TubeView } from '#contract/sample.ts';
import { planTubes, tubesOfOrders } from '#contract/sample.ts';

export function links(b: Builder): void {
  const Patient = typeRef<PatientView>(b, 'Patient');
  const Order = typeRef<OrderView>(b, 'Order');
  const Tube = typeRef<TubeView>(b, 'Tube');
  const Result = typeRef<ResultView>(b, 'Result');
  const Report = typeRef<ReportView>(b, 'Report');
  const Partner = typeRef<PartnerView>(b, 'Partner');
  const Doctor = typeRef<DoctorView>(b, 'Doctor');

  b.objectFields(Order, (t) => ({
    patient: t.field({
      type: Patient,
      resolve: async (order, _args, ctx) =>
        (await ctx.byId(getPatients, order.patientId)) ?? Promise.reject(patientNotFound({})),
    }),
    sourcePartner: t.field({
      type: Partner,
      nullable: true,
      description: 'The collection centre, client or camp it came from.',
      resolve: (order, _args, ctx) =>
        order.sourceId === null || order.source === 'doctor' ? null : ctx.byId(getPartners, order.sourceId),
    }),
    sourceDoctor: t.field({
      type: Doctor,
      nullable: true,
      description: 'The doctor it came from.',
      resolve: (order, _args, ctx) =>
        order.sourceId === null || order.source !== 'doctor' ? null : ctx.byId(getDoctors, order.sourceId),
    }),
    tubes: t.field({
      type: [Tube],
      description: 'The tube plan; made now when the order is only just placed.',
      resolve: async (order, _args, ctx) => {
        const tubes = await ctx.listOf(tubesOfOrders, order.id, (tube) => tube.orderId);
        return [...(tubes.length > 0 ? tubes : await ctx.call(planTubes, { orderId: order.id }))];
      },
    }),
    results: t.field({
      type: [Result],
      resolve: async (order, _args, ctx) => [
        ...(await ctx.listOf(resultsOfOrders, order.id, (result) => result.orderId)),
      ],
    }),
    reports: t.field({
      type: [Report],
      description: 'Newest version first.',
      resolve: async (order, _args, ctx) => [
        ...(await ctx.listOf(reportsOfOrders, order.id, (report) => report.orderId)),
      ],
    }),
  }));
  b.objectField(Patient, 'orders', (t) =>
    t.field({
      type: connection(b, Order),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (patient, args, ctx) => ctx.call(listOrders, { ...given(args), patientId: patient.id }),
    }),
  );
  const orderOf = async (owner: { readonly orderId: string }, _args: unknown, ctx: GraphqlContext) =>
    (await ctx.byId(getOrders, owner.orderId)) ?? Promise.reject(orderNotFound({}));
  b.objectField(Tube, 'order', (t) => t.field({ type: Order, resolve: orderOf }));
  b.objectField(Result, 'order', (t) => t.field({ type: Order, resolve: orderOf }));
  b.objectField(Report, 'order', (t) => t.field({ type: Order, resolve: orderOf }));
  b.objectField(Result, 'decisions', (t) =>
    t.field({
      type: [typeRef<DecisionView>(b, 'AutoDecision')],
      description: 'What auto-verification decided about it, newest first.',
      resolve: async (result, _args, ctx) => [
        ...(await ctx.listOf(decisionsOfResults, result.id, (decision) => decision.resultId)),
      ],
    }),
  );
  b.objectField(Result, 'patient', (t) =>
    t.field({
      type: Patient,
      resolve: async (result, _args, ctx) =>
        (await ctx.byId(getPatients, result.patientId)) ?? Promise.reject(patientNotFound({})),
    }),
  );
}
