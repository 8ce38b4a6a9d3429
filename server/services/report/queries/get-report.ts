import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { getReport as getReportCall, reportsOfOrders as reportsOfOrdersCall, ReportView } from '../contract.ts';
import { reportNotFound } from '../contract.ts';
import * as store from '../store.ts';

export async function getReport(ctx: Ctx, { reportId }: ParsedInput<typeof getReportCall>): Promise<ReportView> {
  const report = await store.find(ctx.db, ctx.labId(), reportId);
  if (!report) throw reportNotFound({});
  return report;
}

export async function reportsOfOrders(
  ctx: Ctx,
  { ids }: ParsedInput<typeof reportsOfOrdersCall>,
): Promise<readonly ReportView[]> {
  return store.listOfOrders(ctx.db, ctx.labId(), ids);
}
