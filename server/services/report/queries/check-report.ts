import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { checkReport as checkReportCall } from '../contract.ts';
import { unknownCheckCode } from '../contract.ts';
import { readCheckCode } from '../domain/check-code.ts';
import * as store from '../store.ts';

/** For whoever holds the paper. The answer names the lab and who signed; nothing of the patient leaves, by the schema too. */
export async function checkReport(
  ctx: Ctx,
  { code }: ParsedInput<typeof checkReportCall>,
): Promise<CallOutput<typeof checkReportCall>> {
  const wanted = readCheckCode(code);
  if (wanted === undefined) throw unknownCheckCode({});
  const found = await store.findByCheckCode(ctx.asLab(store.beforeAnyLab).db, wanted);
  if (!found) throw unknownCheckCode({});
  const report = await store.findToCheck(ctx.asLab(found.labId).db, found.labId, found.id);
  if (!report) throw unknownCheckCode({});
  return report;
}
