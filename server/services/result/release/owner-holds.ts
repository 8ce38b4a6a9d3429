// Holds that quality control and equipment put on an instrument's values (lab-day 43). Kept here as they were told, so that
// a value that comes in while one is active is held at once.
import type { Ctx, Db, Tx } from '#platform/service.ts';

import type { Hold } from '../contract.ts';
import { measuredBy } from '../domain/read-from.ts';
import { after } from '../domain/status.ts';
import type { ResultRow } from '../store.ts';
import { lockOrders } from '../store.ts';
import { followSamples, mustBePrepared, prepareSamples } from './follow-samples.ts';
import * as store from './owner-holds-store.ts';
import { policiesOf } from './policies.ts';

type Measured = Pick<ResultRow, 'analyteCode' | 'measuredAs'>;

export interface ActiveHolds {
  /** Holds that a value of the result gets now when it comes from that source; none for `manual` and `calculated`. */
  of(source: string, result: Measured): readonly Hold[];
}

/** A hold binds its analyte and what instruments report under that code: timed glucose with GLU. Null binds everything. */
function binds(heldCode: string | null, { analyteCode, measuredAs }: Measured): boolean {
  return heldCode === null || heldCode === analyteCode || heldCode === measuredAs;
}

/**
 * What is held of these instruments. It must be the first statement of a transaction that enters values: it keeps the holds
 * from changing until the values are written, so that none slips in between a control that fails and its consequence.
 */
export async function activeHolds(tx: Tx, labId: string, instruments: readonly string[]): Promise<ActiveHolds> {
  if (instruments.length === 0) return { of: () => [] };
  await store.shareHolds(tx, labId, instruments);
  const active = Map.groupBy(await store.listActive(tx, labId, instruments), ({ instrument }) => instrument);
  return {
    of: (source, result) => [
      ...new Set((active.get(source) ?? []).filter((each) => binds(each.analyteCode, result)).map(({ hold }) => hold)),
    ],
  };
}

/**
 * Takes in what an owner told, and settles it on every result it touches that is not signed; what is calculated from them
 * follows.
 * @throws platform.busy, and is tried again: a value came between the look and the lock
 */
export async function takeHoldNews(ctx: Ctx, news: store.HoldNews): Promise<void> {
  const labId = ctx.labId();
  const { hold, instrument, analyteCode, isActive, reason, id } = news;
  const orderIds = await ordersOf(ctx.db, labId, news);
  const [policies, prepared] = await Promise.all([policiesOf(ctx), prepareSamples(ctx, orderIds)]);
  await ctx.transaction(async (tx) => {
    await store.ownHolds(tx, labId, instrument);
    if (!(await store.keepNews(tx, labId, news))) return;
    // Nothing of the instrument is entered any more. Whole orders are locked, in the order everybody locks them in.
    const now = await ordersOf(tx, labId, news);
    const locked = await lockOrders(tx, labId, now);
    mustBePrepared(locked, prepared);
    const open = locked.filter(
      (row) => measuredBy(row) === instrument && binds(analyteCode, row) && after(row.status, 'held') !== undefined,
    );
    const changed = await store.settleHold(
      tx,
      labId,
      hold,
      open.map((row) => row.id),
    );
    for (const row of changed) {
      tx.audit(
        isActive ? 'result.hold' : 'result.lift_hold',
        row.id,
        { status: row.status, analyteCode: row.analyteCode, hold, holdId: id, instrument, reason, holds: row.holds },
        row.orderId,
      );
    }
    const touched = new Set(changed.map(({ orderId }) => orderId));
    const follows = prepared.orderIds.filter((orderId) => touched.has(orderId));
    await followSamples(ctx, tx, policies, { ...prepared, orderIds: follows }, locked);
  });
}

async function ordersOf(
  db: Db,
  labId: string,
  { instrument, analyteCode }: store.HoldNews,
): Promise<readonly string[]> {
  return (await store.listOpenOrders(db, labId, instrument, analyteCode)).map(({ orderId }) => orderId);
}
