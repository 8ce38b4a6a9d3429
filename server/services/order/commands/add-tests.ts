import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { addTests as addTestsCall, OrderView } from '../contract.ts';
import { requestTaken } from '../contract.ts';
import { currentCatalogue } from '../queries/catalogue-shelf.ts';
import * as store from '../store.ts';
import { addLines, lockWhole, readWhole } from './change-lines.ts';
import { calendarOf } from './order-terms.ts';

/** Adds tests to an order (lab-day 32). The same request again gives the order as it is now. */
export async function addTests(ctx: Ctx, input: ParsedInput<typeof addTestsCall>): Promise<OrderView> {
  const labId = ctx.labId();
  const codes = [...new Set(input.items)];
  const requestId = input.requestId.toLowerCase();
  const orderId = input.orderId.toLowerCase();
  const catalogue = await currentCatalogue(ctx);
  const calendar = await calendarOf(ctx);
  return ctx.transaction(async (tx) => {
    const order = await lockWhole(tx, labId, orderId);
    if (await wasAdded(tx, labId, { id: requestId, orderId, codes })) return readWhole(tx, labId, orderId);
    const reason = input.reason ?? null;
    const after = await addLines(
      ctx,
      tx,
      order,
      { codes, origin: 'added', isBilled: true, reason },
      catalogue,
      calendar,
    );
    const addition = { id: requestId, orderId, codes, origin: 'added', at: ctx.now(), by: ctx.actor.name };
    await store.noteAddition(tx, labId, addition);
    return after;
  });
}

/** @throws order.request_taken when the request of that id asked for something else */
async function wasAdded(tx: Tx, labId: string, asked: store.Addition): Promise<boolean> {
  const known = await store.findAddition(tx, labId, asked.id);
  if (known === undefined) return false;
  const codes = new Set(known.codes);
  const isSame =
    known.orderId === asked.orderId &&
    codes.size === asked.codes.length &&
    asked.codes.every((code) => codes.has(code));
  if (!isSame) throw requestTaken({});
  return true;
}
