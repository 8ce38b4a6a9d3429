import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { verifyResults as verifyResultsCall } from '../contract.ts';
import { detailIncomplete, holdsUnseen, lockedByOwner, resultVerified, secondCheckNeeded } from '../contract.ts';
import { isDetailed, missingOf } from '../domain/detail.ts';
import { locksOf, needsSecondPerson } from '../domain/holds.ts';
import { askReflexes, reflexFactsOf } from '../release/ask-reflexes.ts';
import { setVerified } from '../release/steps-store.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf, mayAllMove } from './take-steps.ts';

/**
 * A technician has looked at these values; each hold must be named by who has looked, save for those only their owner lifts.
 * All or none.
 */
export async function verifyResults(
  ctx: Ctx,
  input: ParsedInput<typeof verifyResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const ids = items.map((item) => item.resultId);
  const by = { at: ctx.now(), name: ctx.actor.name, userId: ctx.actor.userId };
  const facts = await reflexFactsOf(ctx, ids);
  return ctx.transaction(async (tx) => {
    const steps = mayAllMove(await store.lock(tx, labId, ids), items, 'verified');
    for (const [row, { holdsSeen }] of steps) mustBeLookedAt(row, holdsSeen, by.name);
    const rows = inOrderOf(items, await setVerified(tx, labId, ids, by));
    auditEach(
      tx,
      'result.verify',
      steps.map(([row]) => [row, { to: 'verified', value: row.value, flags: row.flags, holdsSeen: row.holds }]),
    );
    for (const fact of factsByOrder(rows)) tx.emit(resultVerified, fact.orderId, { ...fact, at: by.at, by: by.name });
    await askReflexes(ctx, tx, facts, rows);
    return rows;
  });
}

/** @throws result.locked | result.second_check_needed | result.holds_unseen | result.detail_incomplete */
function mustBeLookedAt(row: store.ResultRow, holdsSeen: readonly string[], name: string): void {
  const locks = locksOf(row.holds);
  if (locks.length > 0) throw lockedByOwner({ resultId: row.id, holds: locks });
  if (needsSecondPerson(row, name)) throw secondCheckNeeded({ resultId: row.id });
  if (row.holds.some((hold) => !holdsSeen.includes(hold))) throw holdsUnseen({ resultId: row.id, holds: row.holds });
  const missing = isDetailed(row.kind) ? missingOf(row.kind, row.detail) : [];
  if (missing.length > 0) throw detailIncomplete({ resultId: row.id, missing });
}
