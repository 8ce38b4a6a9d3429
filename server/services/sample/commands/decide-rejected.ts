import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx, Tx } from '#platform/service.ts';

import type { decideRejected as decideRejectedCall, RejectDecision } from '../contract.ts';
import {
  commentNeeded,
  decidedAlready,
  noRejection,
  sampleDecided,
  sampleReceived,
  testsCancelled,
  tubeNotFound,
} from '../contract.ts';
import { addSteps, decide, lastRejection } from '../custody-store.ts';
import { cannotMove, statusAfter } from '../domain/tube-status.ts';
import { setAccepted, setDecided } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { accessionPrefix, makeTubes } from './new-tubes.ts';
import { step, tubeFact } from './steps.ts';

/**
 * What becomes of the tests of a rejected tube (lab-day 29): drawn again on a new tube of the same order and bill, paid back (the
 * order cancels them), or run from this one with a comment. The same decision again changes nothing; another one is refused.
 */
export async function decideRejected(
  ctx: Ctx,
  { barcode, decision, comment }: ParsedInput<typeof decideRejectedCall>,
): Promise<Answer<typeof decideRejectedCall>> {
  if (decision === 'run_with_comment' && !comment) throw commentNeeded({});
  const letters = await accessionPrefix(ctx);
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    const open = await lastRejection(tx, labId, tube.id);
    if (open === undefined) throw noRejection({ barcode });
    if (open.decision !== null) {
      if (open.decision !== decision) throw decidedAlready({ decision: open.decision });
      const drawnAgain = open.newTubeId === null ? [] : await store.lockByIds(tx, labId, [open.newTubeId]);
      return { tube, rejection: open, newTube: drawnAgain[0] ?? null };
    }
    const at = ctx.now();
    const by = ctx.actor.name;
    const newTube = decision === 'recollect' ? await drawAgain(ctx, tx, letters, tube, at) : null;
    const decided = await settle(tx, labId, tube, decision, at, by);
    const rejection = await decide(tx, labId, {
      rejectionId: open.id,
      decision,
      comment: comment ?? null,
      at,
      by,
      newTubeId: newTube?.id ?? null,
    });
    await addSteps(tx, labId, [
      step(ctx, tube.id, 'decided', { at, reason: comment, facts: { decision, newTubeId: newTube?.id ?? null } }),
    ]);
    tx.audit(
      'sample.decide',
      tube.id,
      { from: tube.status, to: decided.status, decision, rejectionId: open.id, newTubeId: newTube?.id ?? null },
      tube.orderId,
    );
    // Rejected on its way: whoever runs it with a comment has it in hand.
    if (decided.receivedAt !== null && tube.receivedAt === null) {
      tx.emit(sampleReceived, tube.orderId, tubeFact(decided, at, by));
    }
    tx.emit(sampleDecided, tube.orderId, {
      ...tubeFact(tube, at, by),
      decision,
      comment: comment ?? null,
      newTubeId: newTube?.id ?? null,
    });
    return { tube: decided, rejection, newTube };
  });
}

async function settle(
  tx: Tx,
  labId: string,
  tube: store.Tube,
  decision: RejectDecision,
  at: string,
  by: string,
): Promise<store.Tube> {
  if (decision !== 'run_with_comment') return setDecided(tx, labId, tube.id, decision);
  if (tube.lineIds.length === 0) throw testsCancelled({ barcode: tube.barcode });
  if (statusAfter(tube.status, 'accept') === undefined) throw cannotMove(tube.status, 'accept');
  return setAccepted(tx, labId, tube.id, at, by);
}

/** A new tube of the same kind for the tests that are still wanted: new accession and label, same order and bill. */
async function drawAgain(ctx: Ctx, tx: Tx, letters: string, tube: store.Tube, at: string): Promise<store.Tube> {
  if (tube.lineIds.length === 0) throw testsCancelled({ barcode: tube.barcode });
  const { orderId, patientId, priority } = tube;
  const { containerCode, containerName, capColour, additive, volumeMl, orderOfDraw } = tube;
  const [made] = await makeTubes(
    ctx,
    tx,
    letters,
    { orderId, patientId, priority, plannedAt: at },
    [
      {
        container: { code: containerCode, name: containerName, capColour, additive, volumeMl, orderOfDraw },
        specimen: tube.specimen,
        section: tube.section,
        draw: tube.draw === null ? null : { name: tube.draw, afterMinutes: tube.drawMinutes ?? 0 },
        referralLabId: tube.referralLabId,
        lineIds: tube.lineIds,
        testCodes: tube.testCodes,
        needsMl: tube.needsMl,
      },
    ],
    tube.id,
  );
  if (made === undefined) throw new Error('A tube drawn again was not made');
  return made;
}
