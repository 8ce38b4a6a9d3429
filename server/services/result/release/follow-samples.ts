// What follows for the rest of a sample when release changed some of it: what is calculated from a value that is held, gone or
// back again. The facts are gathered before the lock, and refused when they were overtaken.
import { inBatches } from '#platform/batches.ts';
import { busyRow } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { Facts } from '../gather-facts.ts';
import { gatherFacts, mustBeUncorrected } from '../gather-facts.ts';
import { resettle } from '../rejudge.ts';
import type { ResultRow } from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';
import type { ReleasePolicies } from './policies.ts';

/** Orders in which something is calculated, as they were read, and what their samples are judged by. */
export interface Prepared {
  readonly facts: Facts;
  readonly read: ReadonlyMap<string, ResultRow>;
  readonly orderIds: readonly string[];
}

const MAX_ORDERS = 200;

export async function prepareSamples(ctx: Ctx, orderIds: readonly string[]): Promise<Prepared> {
  const rows = await inBatches(orderIds, MAX_ORDERS, (ids) => listOfOrders(ctx.db, ctx.labId(), ids));
  const calculating = new Set(rows.filter(mayFollow).map(({ orderId }) => orderId));
  const own = rows.filter(({ orderId }) => calculating.has(orderId));
  return {
    facts: await gatherFacts(ctx, own),
    read: new Map(own.map((row) => [row.id, row])),
    orderIds: [...calculating],
  };
}

/** Calculated, and neither signed nor cancelled. */
function mayFollow({ isCalculated, status }: ResultRow): boolean {
  return isCalculated && status !== 'authorised' && status !== 'cancelled';
}

/**
 * Before anything is written: whether the facts still hold for what is locked.
 * @throws platform.busy; the same command succeeds when tried again
 */
export function mustBePrepared(locked: readonly ResultRow[], { read, orderIds }: Prepared): void {
  const asRead = new Set(orderIds);
  for (const row of locked) {
    if (asRead.has(row.orderId)) mustBeUncorrected(row, read.get(row.id));
    else if (mayFollow(row)) throw busyRow({});
  }
}

/** After everything was written: calculated values of these samples. @param locked whole orders */
export function followSamples(
  ctx: Ctx,
  tx: Tx,
  policies: ReleasePolicies,
  { orderIds, facts }: Prepared,
  locked: readonly Pick<ResultRow, 'id'>[],
): Promise<void> {
  return resettle(ctx, tx, policies, orderIds, new Set(locked.map(({ id }) => id)), facts);
}
