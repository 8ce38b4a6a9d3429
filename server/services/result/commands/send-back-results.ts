import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { sendBackResults as sendBackResultsCall } from '../contract.ts';
import { noteReversals } from '../release/reversals-store.ts';
import { setSentBack } from '../release/steps-store.ts';
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
    const rows = inOrderOf(items, await setSentBack(tx, labId, ids, reason));
    const before = steps.map(([row]) => row);
    auditEach(
      tx,
      'result.send_back',
      before.map((row) => [row, { to: 'entered', value: row.value, verifiedBy: row.verifiedBy, reason }]),
    );
    await noteReversals(ctx, tx, { kind: 'sent_back', reason }, before);
    return rows;
  });
}
