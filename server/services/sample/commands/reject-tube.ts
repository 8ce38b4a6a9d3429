import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { rejectTube as rejectTubeCall } from '../contract.ts';
import { reasonNeeded, sampleRejected, tubeNotFound } from '../contract.ts';
import { addRejection, addSteps, lastRejection } from '../custody-store.ts';
import { reasonInWords } from '../domain/reject-words.ts';
import { cannotMove, statusAfter } from '../domain/tube-status.ts';
import { setRejected } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { step, tubeFact } from './steps.ts';

/** Refuses a tube that was drawn, at the counter or at the bench; what came from it and is not signed is put aside there. */
export async function rejectTube(
  ctx: Ctx,
  { barcode, reasonCode, note, place }: ParsedInput<typeof rejectTubeCall>,
): Promise<Answer<typeof rejectTubeCall>> {
  if (reasonCode === 'other' && !note) throw reasonNeeded({});
  const reason = reasonInWords(reasonCode, note ?? null);
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    const at = ctx.now();
    const by = ctx.actor.name;
    if (statusAfter(tube.status, 'reject') === undefined) {
      const last = tube.status === 'rejected' ? await lastRejection(tx, labId, tube.id) : undefined;
      // The same click sent twice; another person, or another reason, is told that someone was first.
      const isRepeat = last?.decision === null && last.rejectedBy === by && last.reason === reason;
      if (last !== undefined && isRepeat) return { tube, rejection: last };
      throw cannotMove(tube.status, 'reject');
    }
    const rejected = await setRejected(tx, labId, tube.id, { reason: reasonCode, at, by });
    const rejection = await addRejection(tx, labId, {
      id: ctx.newId(),
      tubeId: tube.id,
      reasonCode,
      reason,
      at,
      by,
    });
    await addSteps(tx, labId, [step(ctx, tube.id, 'rejected', { at, place, reason, facts: { reasonCode } })]);
    tx.audit(
      'sample.reject',
      tube.id,
      { from: tube.status, to: 'rejected', reasonCode, barcode: tube.barcode, rejectionId: rejection.id },
      tube.orderId,
    );
    tx.emit(sampleRejected, tube.orderId, { ...tubeFact(tube, at, by), reasonCode, reason });
    return { tube: rejected, rejection };
  });
}
