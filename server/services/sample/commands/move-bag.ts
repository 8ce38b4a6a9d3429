import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import * as bags from '../bag-store.ts';
import type {
  packBag as packBagCall,
  receiveBag as receiveBagCall,
  RefusedScan,
  sendBag as sendBagCall,
} from '../contract.ts';
import { alreadyPacked, bagNotFound, cannotPack, tubeNotFound } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { bagAfter, cannotBag } from '../domain/bag-status.ts';
import * as store from '../tube-store.ts';
import { nextCode } from './document-number.ts';
import { noteFound } from './note-found.ts';
import { receiveScans } from './receive-tubes.ts';
import { step } from './steps.ts';

/** Fills a bag with collected tubes. A tube that was missing from an earlier bag is found by being packed again. */
export async function packBag(
  ctx: Ctx,
  { id, barcodes, toPlace, fromPlace }: ParsedInput<typeof packBagCall>,
): Promise<bags.Bag> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const known = id === undefined ? undefined : await bags.bagById(tx, labId, id);
    if (known) return known;
    const tubes = await store.lockTubes(tx, labId, barcodes);
    const isKnown = new Set(tubes.flatMap((tube) => [store.scanned(tube.barcode), store.scanned(tube.accession)]));
    const stranger = barcodes.find((barcode) => !isKnown.has(store.scanned(barcode)));
    if (stranger !== undefined) throw tubeNotFound({ barcode: stranger });
    const unfit = tubes.filter((tube) => tube.status !== 'collected' || tube.lineIds.length === 0);
    if (unfit.length > 0) throw cannotPack({ barcodes: unfit.map((tube) => tube.barcode) });
    const ids = tubes.map((tube) => tube.id);
    const packed = await bags.packedAmong(tx, labId, ids);
    if (packed.length > 0) {
      throw alreadyPacked({ barcodes: tubes.filter((tube) => packed.includes(tube.id)).map((tube) => tube.barcode) });
    }

    const at = ctx.now();
    const code = await nextCode(tx, labId, 'bag', at);
    const bagId = id ?? ctx.newId();
    const by = ctx.actor.name;
    const isNew = await bags.addBag(tx, labId, { id: bagId, code, fromPlace: fromPlace ?? null, toPlace, at, by });
    if (isNew) {
      await noteFound(ctx, tx, ids, fromPlace ?? null);
      await bags.fillBag(tx, labId, bagId, ids);
      await addSteps(
        tx,
        labId,
        ids.map((tubeId) => step(ctx, tubeId, 'packed', { at, place: fromPlace, facts: { bag: code, toPlace } })),
      );
      tx.audit('sample.pack_bag', bagId, { code, toPlace, tubeIds: ids });
    }
    return bagOf(await bags.bagById(tx, labId, bagId), code);
  });
}

export async function sendBag(ctx: Ctx, { code, courier }: ParsedInput<typeof sendBagCall>): Promise<bags.Bag> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const bag = bagOf(await bags.lockBag(tx, labId, code), code);
    const next = bagAfter(bag.status, 'send');
    if (next === undefined) throw cannotBag(bag.status, 'send');
    if (next === bag.status) return bag;
    const at = ctx.now();
    await bags.setSent(tx, labId, bag.id, courier ?? null, at, ctx.actor.name);
    const tubes = await bags.tubesOfBag(tx, labId, bag.id);
    await addSteps(
      tx,
      labId,
      tubes.map(({ tubeId }) => step(ctx, tubeId, 'sent', { at, place: courier, facts: { bag: bag.code } })),
    );
    tx.audit('sample.send_bag', bag.id, { from: bag.status, to: next, code: bag.code });
    return bagOf(await bags.bagById(tx, labId, bag.id), code);
  });
}

/** Opens a bag at the counter: what came out of it, what should have, and what nobody packed (lab-day 27). */
export async function receiveBag(
  ctx: Ctx,
  { code, barcodes, place }: ParsedInput<typeof receiveBagCall>,
): Promise<Answer<typeof receiveBagCall>> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    // Tubes before the bag, as packing does.
    const fates: { readonly received: readonly store.Tube[]; readonly refused: readonly RefusedScan[] } =
      await receiveScans(ctx, tx, barcodes, place ?? null);
    const bag = bagOf(await bags.lockBag(tx, labId, code), code);
    const next = bagAfter(bag.status, 'receive');
    if (next === undefined) throw cannotBag(bag.status, 'receive');
    const at = ctx.now();
    const here = fates.received.map((tube) => tube.id);
    await noteFound(ctx, tx, here, place ?? null);
    if (next !== bag.status) {
      await bags.setBagReceived(tx, labId, bag.id, at, ctx.actor.name);
      const lost = await bags.markMissing(tx, labId, bag.id, at);
      await addSteps(
        tx,
        labId,
        lost.map((tubeId) => step(ctx, tubeId, 'missing', { at, place, facts: { bag: bag.code } })),
      );
      tx.audit('sample.receive_bag', bag.id, { from: bag.status, to: next, code: bag.code, missingIds: lost });
    }
    const inBag = await bags.tubesOfBag(tx, labId, bag.id);
    const packed = new Set(inBag.map((each) => each.tubeId));
    const missingIds = inBag.filter((each) => each.state === 'missing').map((each) => each.tubeId);
    return {
      bag: bagOf(await bags.bagById(tx, labId, bag.id), code),
      received: fates.received.filter((tube) => packed.has(tube.id)),
      unexpected: fates.received.filter((tube) => !packed.has(tube.id)),
      missing: await store.tubesByIds(tx, labId, missingIds),
      refused: fates.refused,
    };
  });
}

function bagOf(bag: bags.Bag | undefined, code: string): bags.Bag {
  if (bag === undefined) throw bagNotFound({ code });
  return bag;
}
