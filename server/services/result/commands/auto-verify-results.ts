import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { autoVerifyResults as autoVerifyResultsCall } from '../contract.ts';
import { resultVerified } from '../contract.ts';
import { isDetailed } from '../domain/detail.ts';
import { after, isAmending } from '../domain/status.ts';
import { askOwners } from '../release/ask-owners.ts';
import { askReflexes, reflexFactsOf } from '../release/ask-reflexes.ts';
import { listOpenOfResults } from '../release/criticals-store.ts';
import { AUTO, setAutoVerified } from '../release/steps-store.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf } from './take-steps.ts';

/**
 * Verified by rules (lab-day 47). Each that still stands as it was judged: same version, entered, no hold, no critical that
 * nobody was told, nothing that its owner has taken back meanwhile, and never an amended one nor a culture, narrative or image, which a person has to look at. The others are
 * left out of the answer.
 */
export async function autoVerifyResults(
  ctx: Ctx,
  input: ParsedInput<typeof autoVerifyResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const ids = items.map((item) => item.resultId);
  const at = ctx.now();
  const [facts, overtaken] = await Promise.all([reflexFactsOf(ctx, ids), askOwners(ctx, ids)]);
  return ctx.transaction(async (tx) => {
    const byId = new Map((await store.lock(tx, labId, ids)).map((row) => [row.id, row]));
    const uncalled = new Set((await listOpenOfResults(tx, labId, ids)).map(({ resultId }) => resultId));
    const passed = items.flatMap((item) => {
      const row = byId.get(item.resultId);
      return row !== undefined &&
        row.version === item.expectedVersion &&
        mayPass(row) &&
        !uncalled.has(row.id) &&
        !overtaken.has(row.id)
        ? [{ row, rules: item.rules }]
        : [];
    });
    if (passed.length === 0) return [];
    const rows = inOrderOf(
      items,
      await setAutoVerified(
        tx,
        labId,
        at,
        passed.map(({ row, rules: own }) => ({ id: row.id, rules: own })),
      ),
    );
    auditEach(
      tx,
      'result.auto_verify',
      passed.map(({ row, rules: own }) => [
        row,
        { to: 'verified', value: row.value, flags: row.flags, rules: own, ruleSet: input.ruleSet },
      ]),
    );
    for (const fact of factsByOrder(rows)) tx.emit(resultVerified, fact.orderId, { ...fact, at, by: AUTO });
    await askReflexes(ctx, tx, facts, rows);
    return rows;
  });
}

function mayPass(row: store.ResultRow): boolean {
  const isForPerson = isAmending(row) || isDetailed(row.kind);
  return after(row.status, 'verified') !== undefined && row.holds.length === 0 && !isForPerson;
}
