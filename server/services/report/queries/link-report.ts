import { linkFile } from '#contract/file.ts';
import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { linkReport as linkReportCall } from '../contract.ts';
import { reportNotReady } from '../contract.ts';
import { getReport } from './get-report.ts';

/** A superseded version can still be read: it was given to someone, and stays what it was (P3). */
export async function linkReport(
  ctx: Ctx,
  input: ParsedInput<typeof linkReportCall>,
): Promise<CallOutput<typeof linkReportCall>> {
  const report = await getReport(ctx, input);
  if (report.fileId === null) throw reportNotReady({});
  const link = await ctx.callAsSystem(linkFile, { fileId: report.fileId });
  ctx.auditView('report.link', report.id, report.orderId);
  return link;
}
