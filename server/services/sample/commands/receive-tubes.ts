import type { CallOutput, ParsedInput } from '#platform/contract.ts';
import type { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { receiveTubes as receiveTubesCall } from '../contract.ts';
import { cannotMoveTube, sampleReceived, tubeNotFound } from '../contract.ts';
import { statusAfter, statusBefore } from '../domain/tube-status.ts';
import * as store from '../store.ts';

interface Fates {
  readonly received: readonly store.Tube[];
  readonly refused: CallOutput<typeof receiveTubesCall>['refused'];
}

/** The scans of one courier bag at the counter. One tube that cannot be received does not hold up the others. */
export async function receiveTubes(ctx: Ctx, { barcodes }: ParsedInput<typeof receiveTubesCall>): Promise<Fates> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const locked = await store.lockTubes(tx, labId, barcodes);
    const byBarcode = new Map(
      locked.flatMap((tube) => [tube.accession, tube.barcode].map((text) => [store.scanned(text), tube] as const)),
    );

    // In the sequence of scanning, each tube once though both its labels may have been read.
    const accepted = new Map<string, store.Tube>();
    const refused = new Map<string, Fates['refused'][number]>();
    const refuse = (barcode: string, error: ServiceError) =>
      refused.set(store.scanned(barcode), { barcode, code: error.code, reason: error.message });
    for (const barcode of barcodes) {
      const tube = byBarcode.get(store.scanned(barcode));
      if (tube === undefined) refuse(barcode, tubeNotFound({ barcode }));
      else if (statusAfter(tube.status, 'receive') !== undefined) accepted.set(tube.id, tube);
      else refuse(barcode, cannotMoveTube({ status: tube.status, move: 'received', expected: statusBefore.receive }));
    }

    const moving = [...accepted.values()].filter((tube) => statusAfter(tube.status, 'receive') !== tube.status);
    const at = ctx.now();
    const by = ctx.actor.name;
    const moved =
      moving.length === 0
        ? []
        : await store.setReceived(
            tx,
            labId,
            moving.map((tube) => tube.id),
            at,
            by,
          );
    for (const tube of moving) {
      tx.audit('sample.receive', tube.id, { from: tube.status, to: 'received', barcode: tube.barcode }, tube.orderId);
      tx.emit(sampleReceived, tube.orderId, {
        tubeId: tube.id,
        orderId: tube.orderId,
        patientId: tube.patientId,
        barcode: tube.barcode,
        lineIds: tube.lineIds,
        at,
        by,
      });
    }
    for (const tube of moved) accepted.set(tube.id, tube);
    return { received: [...accepted.values()], refused: [...refused.values()] };
  });
}
