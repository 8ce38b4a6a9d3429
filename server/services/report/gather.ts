// What a report needs to know, asked of the services that know it, as the system: who composes need not hold the right to
// see each of them.
import { getOrder, getTests } from '#contract/order.ts';
import type { OrderView } from '#contract/order.ts';
import { getLab } from '#contract/organization.ts';
import { getPatients, patientNotFound } from '#contract/patient.ts';
import { resultsOfOrders } from '#contract/result.ts';
import { tubesOfOrders } from '#contract/sample.ts';
import { getUsers } from '#contract/user.ts';
import type { Ctx } from '#platform/service.ts';

import { signatoryUnfit } from './contract.ts';
import { basisOf, isReady } from './domain/basis.ts';
import type { ReportFacts } from './domain/compose-content.ts';
import { signaturesOf } from './domain/signatures.ts';

export interface Gathered {
  readonly basis: string;
  readonly facts: ReportFacts;
}

/**
 * Undefined while a result is not authorised yet.
 * @throws order.not_found; report.signatory_unfit
 */
export async function gather(ctx: Ctx, order: OrderView): Promise<Gathered | undefined> {
  const results = await ctx.callAsSystem(resultsOfOrders, { ids: [order.id] });
  if (
    !isReady(
      order.lines.map(({ id }) => id),
      results,
    )
  )
    return undefined;

  const authorisers = [...new Set(results.flatMap(({ authorisedById }) => authorisedById ?? []))];
  const [lab, patients, tubes, people, tests] = await Promise.all([
    ctx.callAsSystem(getLab, {}),
    ctx.callAsSystem(getPatients, { ids: [order.patientId] }),
    ctx.callAsSystem(tubesOfOrders, { ids: [order.id] }),
    ctx.callAsSystem(getUsers, { ids: authorisers }),
    ctx.callAsSystem(getTests, { codes: [...new Set(order.lines.map(({ testCode }) => testCode))] }),
  ]);
  const patient = patients[0];
  if (!patient) throw patientNotFound({});
  const signatures = signaturesOf(results, people);
  if (!signatures) throw signatoryUnfit({});
  const decimals = new Map(
    tests.flatMap(({ analytes }) => analytes.map((analyte) => [analyte.code, analyte.decimals] as const)),
  );
  return { basis: basisOf(results), facts: { lab, order, patient, tubes, results, signatures, decimals } };
}

/** @throws order.not_found */
export async function orderOf(ctx: Ctx, orderId: string): Promise<OrderView> {
  return ctx.callAsSystem(getOrder, { orderId });
}
