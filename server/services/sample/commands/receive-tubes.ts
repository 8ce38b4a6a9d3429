import type { ParsedInput } from '#platform/contract.ts';
import type { ServiceError } from '#platform/errors.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { receiveTubes as receiveTubesCall, RefusedScan } from '../contract.ts';
import { sampleReceived, testsCancelled, tubeNotFound } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { cannotMove, statusAfter } from '../domain/tube-status.ts';
import { setReceived } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { noteFound } from './note-found.ts';
import { step, tubeFact } from './steps.ts';

export interface Fates {
  readonly received: readonly store.Tube[];
  readonly refused: readonly RefusedScan[];
}

/** The scans of one courier bag at the counter. One tube that cannot be received does not hold up the others. */
export async function receiveTubes(
  ctx: Ctx,
  { barcodes, place }: ParsedInput<typeof receiveTubesCall>,
): Promise<Fates> {
  return ctx.transaction(async (tx) => {
    const fates = await receiveScans(ctx, tx, barcodes, place ?? null);
    // Scanned one by one, a tube comes out of its bag all the same, and a missing one is found.
    await noteFound(
      ctx,
      tx,
      fates.received.map((tube) => tube.id),
      place ?? null,
    );
    return fates;
  });
}

/** Receives what can be; a tube received before is among the received and tells nothing again. */
export async function receiveScans(
  ctx: Ctx,
  tx: Tx,
  barcodes: readonly string[],
  place: string | null,
): Promise<Fates> {
  const labId = ctx.labId();
  const locked = await store.lockTubes(tx, labId, barcodes);
  const byBarcode = new Map(
    locked.flatMap((tube) => [tube.accession, tube.barcode].map((text) => [store.scanned(text), tube] as const)),
  );

  // In the sequence of scanning, each tube once though both its labels may have been read.
  const accepted = new Map<string, store.Tube>();
  const refused = new Map<string, RefusedScan>();
  for (const barcode of barcodes) {
    const tube = byBarcode.get(store.scanned(barcode));
    const refusal = refusalOf(barcode, tube);
    if (refusal) refused.set(store.scanned(barcode), { barcode, code: refusal.code, reason: refusal.message });
    else if (tube) accepted.set(tube.id, tube);
  }

  const moving = [...accepted.values()].filter((tube) => statusAfter(tube.status, 'receive') !== tube.status);
  if (moving.length > 0) {
    const at = ctx.now();
    const by = ctx.actor.name;
    const ids = moving.map((tube) => tube.id);
    for (const tube of await setReceived(tx, labId, ids, at, by)) accepted.set(tube.id, tube);
    await addSteps(
      tx,
      labId,
      moving.map((tube) => step(ctx, tube.id, 'received', { at, place })),
    );
    for (const tube of moving) {
      tx.audit('sample.receive', tube.id, { from: tube.status, to: 'received', barcode: tube.barcode }, tube.orderId);
      tx.emit(sampleReceived, tube.orderId, tubeFact(tube, at, by));
    }
  }
  return { received: [...accepted.values()], refused: [...refused.values()] };
}

function refusalOf(barcode: string, tube: store.Tube | undefined): ServiceError | undefined {
  if (tube === undefined) return tubeNotFound({ barcode });
  // lab-day 33: tests that were refunded are refused at the scan. A received tube may have lost its tests since: it is here.
  const isWithoutTests = tube.status === 'collected' && tube.lineIds.length === 0;
  if (tube.status === 'cancelled' || isWithoutTests) return testsCancelled({ barcode });
  return statusAfter(tube.status, 'receive') === undefined ? cannotMove(tube.status, 'receive') : undefined;
}
