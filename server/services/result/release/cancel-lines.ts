// Tests that were taken back (lab-day 18): their results leave the worklists and keep what stood there. What was signed stays,
// also while it is being amended, and the trail says so. A critical value of theirs still has to be called.
import type { Ctx, Tx } from '#platform/service.ts';

import { after, isAmending } from '../domain/status.ts';
import type { ResultRow } from '../store.ts';
import * as store from '../store.ts';
import { isOrderComplete, tellComplete } from './order-complete.ts';
import { noteReversals } from './reversals-store.ts';
import * as rejections from './rejection-store.ts';

export interface Cancelled {
  readonly cancelled: readonly ResultRow[];
  /** Signed before the news came. */
  readonly stayed: readonly ResultRow[];
}

/** @param reason in words, as the order gave it; `by` who cancelled there */
export async function cancelLines(
  ctx: Ctx,
  tx: Tx,
  orderId: string,
  lineIds: readonly string[],
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<Cancelled> {
  if (lineIds.length === 0) return { cancelled: [], stayed: [] };
  const labId = ctx.labId();
  const lines = new Set(lineIds);
  const all = await store.lockOrders(tx, labId, [orderId]);
  const asked = all.filter((row) => lines.has(row.lineId) && row.status !== 'cancelled');
  const open = asked.filter((row) => after(row.status, 'cancelled', isAmending(row)) !== undefined);
  const stayed = asked.filter((row) => !open.includes(row));
  const ids = new Set(open.map(({ id }) => id));
  const cancelled = open.length === 0 ? [] : await rejections.setCancelled(tx, labId, [...ids]);
  for (const { id, status: from, analyteCode, value, verifiedBy } of open)
    tx.audit('result.cancel', id, { from, to: 'cancelled', analyteCode, value, verifiedBy, reason, by }, orderId);
  for (const { id, status, analyteCode, authorisedBy } of stayed)
    tx.audit('result.cancel_refused', id, { status, analyteCode, signedBy: authorisedBy, reason, by }, orderId);
  await noteReversals(ctx, tx, { kind: 'cancelled', reason }, open);
  const left = all.filter((row) => !ids.has(row.id));
  const [signed] = left.filter((row) => row.status === 'authorised');
  if (open.length > 0 && signed !== undefined && isOrderComplete(left, orderId)) tellComplete(ctx, tx, signed);
  return { cancelled, stayed };
}
