import { getPatients } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { collectTube as collectTubeCall } from '../contract.ts';
import {
  barcodeTaken,
  cannotMoveTube,
  collectedInFuture,
  collectedTooEarly,
  sampleCollected,
  staleTube,
  tubeNotFound,
} from '../contract.ts';
import { drawnAt, isTooEarly, statusAfter, statusBefore } from '../domain/tube-status.ts';
import * as store from '../store.ts';

type Input = ParsedInput<typeof collectTubeCall>;

/** The scan at the bedside: who drew the tube and when. */
export async function collectTube(ctx: Ctx, input: Input): Promise<store.Tube> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [input.barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode: input.barcode });
    const next = statusAfter(tube.status, 'collect');
    const expected = statusBefore.collect;
    if (next === undefined) throw cannotMoveTube({ status: tube.status, move: 'collected', expected });
    if (next === tube.status) {
      // A repeat, unless it brings another label: that one would be on the tube and lead nowhere.
      if (!input.preprintedBarcode || isOn(tube, input.preprintedBarcode)) return tube;
      throw cannotMoveTube({ status: tube.status, move: 'relabelled', expected });
    }
    if (input.expectedVersion && input.expectedVersion !== tube.version) throw staleTube({ version: tube.version });
    const at = drawnAt(input.collectedAt ?? null, ctx.now());
    if (at === undefined) throw collectedInFuture({});
    // The scan at the bedside itself is now, and asks nobody.
    if (input.collectedAt) {
      const [patient] = await ctx.callAsSystem(getPatients, { ids: [tube.patientId] });
      if (isTooEarly(at, ctx.now(), patient)) throw collectedTooEarly({});
    }

    const barcode = await stickOn(tx, labId, tube, input.preprintedBarcode ?? null);
    const isPreprinted = barcode !== tube.accession;
    const by = ctx.actor.name;
    const collected = await store.setCollected(tx, labId, { tubeId: tube.id, barcode, isPreprinted, at, by });
    tx.audit(
      'sample.collect',
      tube.id,
      { from: tube.status, to: collected.status, accession: tube.accession, barcode, collectedAt: at },
      tube.orderId,
    );
    tx.emit(sampleCollected, tube.orderId, {
      tubeId: tube.id,
      orderId: tube.orderId,
      patientId: tube.patientId,
      barcode,
      lineIds: tube.lineIds,
      at,
      by,
    });
    return collected;
  });
}

function isOn(tube: store.Tube, barcode: string): boolean {
  return [tube.accession, tube.barcode].some((own) => store.scanned(own) === store.scanned(barcode));
}

/** The barcode the tube goes on with. @throws sample.barcode_taken */
async function stickOn(tx: Tx, labId: string, tube: store.Tube, preprinted: string | null): Promise<string> {
  if (preprinted === null || isOn(tube, preprinted)) return tube.barcode;
  if (!(await store.addBarcode(tx, labId, tube.id, preprinted))) throw barcodeTaken({});
  return preprinted;
}
