// Whether anything of an order is left to sign. What was cancelled does not count, nor a formula that gives nothing: it waits
// for no one, for when all that was measured is signed, the input it lacks will not come. A culture that was signed as interim
// is not done (lab-day 50).
import type { Ctx, Tx } from '#platform/service.ts';

import { resultAuthorised } from '../contract.ts';
import { isInterim } from '../domain/detail.ts';
import type { ResultRow } from '../store.ts';

/**
 * @param all every result of the order, locked; may hold more
 * @param nowSigned ids of those that are being signed in this transaction
 */
export function isOrderComplete(
  all: readonly Pick<ResultRow, 'id' | 'orderId' | 'status' | 'isCalculated' | 'detail'>[],
  orderId: string,
  nowSigned: ReadonlySet<string> = new Set(),
): boolean {
  const own = all.filter((row) => row.orderId === orderId && row.status !== 'cancelled');
  const isSigned = ({ id, status }: (typeof own)[number]) => status === 'authorised' || nowSigned.has(id);
  return (
    own.some(isSigned) &&
    own.every((row) => (isSigned(row) && !isInterim(row.detail)) || (row.isCalculated && row.status === 'awaiting'))
  );
}

/**
 * Tells that an order is complete although nothing was signed just now: the last open test was cancelled, or the last open
 * amendment given up after others had been signed. The event names no results.
 */
export function tellComplete(ctx: Ctx, tx: Tx, { orderId, patientId }: Pick<ResultRow, 'orderId' | 'patientId'>): void {
  tx.emit(resultAuthorised, orderId, {
    orderId,
    patientId,
    resultIds: [],
    at: ctx.now(),
    by: ctx.actor.name,
    isOrderComplete: true,
    isAmendment: false,
  });
}
