import { calendarDay } from '@nidaan/values';

import { getPolicies } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { ServiceError } from '#platform/errors.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { disposeTubes as disposeTubesCall, RefusedScan } from '../contract.ts';
import { tooEarlyToDispose, tubeNotFound, undecidedTube } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { keptUntil } from '../domain/retention.ts';
import { cannotMove, statusAfter } from '../domain/tube-status.ts';
import { setDisposed } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { step } from './steps.ts';

/** Throws tubes away; one that may not go does not hold up the others. */
export async function disposeTubes(
  ctx: Ctx,
  { barcodes, reason, place }: ParsedInput<typeof disposeTubesCall>,
): Promise<Answer<typeof disposeTubesCall>> {
  const { sampleRetentionDays } = await ctx.callAsSystem(getPolicies, {});
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const now = ctx.now();
    const locked = await store.lockTubes(tx, labId, barcodes);
    const byBarcode = new Map(
      locked.flatMap((tube) => [tube.accession, tube.barcode].map((text) => [store.scanned(text), tube] as const)),
    );
    const accepted = new Map<string, store.Tube>();
    const refused: RefusedScan[] = [];
    for (const barcode of new Set(barcodes)) {
      const tube = byBarcode.get(store.scanned(barcode));
      const refusal = refusalOf(barcode, tube, now, sampleRetentionDays, reason ?? null);
      if (refusal) refused.push({ barcode, code: refusal.code, reason: refusal.message });
      else if (tube) accepted.set(tube.id, tube);
    }
    const moving = [...accepted.values()].filter((tube) => tube.status !== 'disposed');
    const ids = moving.map((tube) => tube.id);
    for (const tube of await setDisposed(tx, labId, ids, now)) accepted.set(tube.id, tube);
    await addSteps(
      tx,
      labId,
      moving.map((tube) => step(ctx, tube.id, 'disposed', { at: now, place, reason, facts: { from: tube.location } })),
    );
    for (const tube of moving) {
      tx.audit('sample.dispose', tube.id, { from: tube.status, to: 'disposed', reason: reason ?? null }, tube.orderId);
    }
    return { disposed: [...accepted.values()], refused };
  });
}

function refusalOf(
  barcode: string,
  tube: store.Tube | undefined,
  now: string,
  retentionDays: number,
  reason: string | null,
): ServiceError | undefined {
  if (tube === undefined) return tubeNotFound({ barcode });
  if (statusAfter(tube.status, 'dispose') === undefined) return cannotMove(tube.status, 'dispose');
  if (tube.status === 'disposed') return undefined;
  if (tube.status === 'rejected' && tube.rejectDecision === null) return undecidedTube({});
  const until = keptUntil(tube.keptFrom ?? now, retentionDays);
  if (reason === null && Date.parse(until) > Date.parse(now))
    return tooEarlyToDispose({ keepUntil: calendarDay(until) });
  return undefined;
}
