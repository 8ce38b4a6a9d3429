// Signed values are opened again (lab-day 58, P3). The signed row is copied first and stays on the old report; the result goes
// the whole way once more: entered, verified, signed.
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { amendResults as amendResultsCall } from '../contract.ts';
import { resultAmended } from '../contract.ts';
import { dependentsOf } from '../domain/dependents.ts';
import { inputsOf } from '../domain/inputs-of.ts';
import { countOpenings, openSigned } from '../release/amendment-store.ts';
import { policiesOf } from '../release/policies.ts';
import { noteReversals } from '../release/reversals-store.ts';
import { mustConfirm } from '../release/signing.ts';
import * as store from '../store.ts';
import { auditEach, eachOnce, factsByOrder, inOrderOf, mayAllMove } from './take-steps.ts';

export async function amendResults(
  ctx: Ctx,
  input: ParsedInput<typeof amendResultsCall>,
): Promise<readonly store.ResultRow[]> {
  const labId = ctx.labId();
  const items = eachOnce(input.items);
  const { reason } = input;
  await mustConfirm(ctx, await policiesOf(ctx), input.signingToken ?? null);
  const ids = items.map((item) => item.resultId);
  const at = ctx.now();
  const by = ctx.actor.name;
  return ctx.transaction(async (tx) => {
    const orderIds = (await store.orderIdsOf(tx, labId, ids)).map((row) => row.orderId);
    const locked = await store.lockOrders(tx, labId, orderIds);
    const asked = mayAllMove(locked, items, 'amended').map(([row]) => row);
    const before = [...asked, ...signedDependents(locked, new Set(ids))];
    const openings = new Map(
      (
        await countOpenings(
          tx,
          labId,
          before.map(({ id }) => id),
        )
      ).map((counted) => [counted.resultId, counted.openings]),
    );
    const opened = before.map((row) => {
      if (row.value === null) throw new Error('A signed result has a value');
      const number = (openings.get(row.id) ?? 0) + 1;
      return { resultId: row.id, amendment: { number, reason, at, by, previousValue: row.value } };
    });
    const rows = inOrderOf(
      before.map(({ id, version }) => ({ resultId: id, expectedVersion: version })),
      await openSigned(tx, labId, opened),
    );
    auditEach(
      tx,
      'result.amend',
      before.map((row, place) => [
        row,
        {
          to: 'entered',
          value: row.value,
          flags: row.flags,
          signedBy: row.authorisedBy,
          number: opened[place]?.amendment.number,
          reason,
        },
      ]),
    );
    await noteReversals(ctx, tx, { kind: 'amended', reason }, before);
    for (const fact of factsByOrder(rows)) tx.emit(resultAmended, fact.orderId, { ...fact, at, by, reason });
    return rows;
  });
}

/** What is calculated from these and signed: opened with them, or the report would contradict itself. */
function signedDependents(rows: readonly store.ResultRow[], ids: ReadonlySet<string>): readonly store.ResultRow[] {
  return dependentsOf(rows, ids, inputsOf).filter(({ status }) => status === 'authorised');
}
