import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { markNotDrawn as markNotDrawnCall } from '../contract.ts';
import { cannotMoveTube, rescheduledInPast, testsCancelled, tubeNotFound } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { mayMove } from '../domain/tube-status.ts';
import { setNotDrawn } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { step } from './steps.ts';

/** A tube that could not be drawn (lab-day 25): it stays planned, nothing is told, so the bill stays open. */
export async function markNotDrawn(
  ctx: Ctx,
  { barcode, reason, note, rescheduledTo, place }: ParsedInput<typeof markNotDrawnCall>,
): Promise<Answer<typeof markNotDrawnCall>> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    if (tube.status === 'cancelled') throw testsCancelled({ barcode });
    if (tube.status !== 'planned') {
      const { status } = tube;
      throw cannotMoveTube({ status, move: 'marked as not drawn', expected: 'planned', mayBy: mayMove.collect });
    }
    const at = ctx.now();
    if (rescheduledTo && Date.parse(rescheduledTo) < Date.parse(at)) throw rescheduledInPast({});
    const next = rescheduledTo ?? null;
    const isRepeat =
      tube.notDrawnReason === reason &&
      Date.parse(tube.rescheduledTo ?? '') === Date.parse(next ?? '') &&
      next !== null;
    if (isRepeat && tube.notDrawnAt !== null) return { tube, reason, at: tube.notDrawnAt, rescheduledTo: next };
    const marked = await setNotDrawn(tx, labId, tube.id, { at, reason, rescheduledTo: next });
    await addSteps(tx, labId, [
      step(ctx, tube.id, 'not_drawn', {
        at,
        place,
        reason: note ? `${reason}: ${note}` : reason,
        facts: { reasonCode: reason, rescheduledTo: next },
      }),
    ]);
    tx.audit('sample.not_drawn', tube.id, { reason, rescheduledTo: next, barcode: tube.barcode }, tube.orderId);
    return { tube: marked, reason, at, rescheduledTo: next };
  });
}
