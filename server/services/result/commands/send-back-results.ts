import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { sendBackResults as sendBackResultsCall } from '../contract.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, inOrderOf, mayAllMove } from './take-steps.ts';

/** Verified values go back to the bench with a reason, and keep their value until a new one is entered. All or none. */
export async function sendBackResults(
  ctx: Ctx,
  input: ParsedInput<typeof sendBackResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const { reason } = input;
  return ctx.transaction(async (tx) => {
    const ids = items.map((item) => item.resultId);
    const steps = mayAllMove(await store.lock(tx, labId, ids), items, 'sent back');
    const rows = inOrderOf(items, await store.setSentBack(tx, labId, ids, reason));
    auditEach(
      tx,
      'result.send_back',
      steps.map(([row]) => [row, { to: 'entered', value: row.value, verifiedBy: row.verifiedBy, reason }]),
    );
    return rows;
  });
}
