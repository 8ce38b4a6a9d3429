import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type {
  retrieveTube as retrieveTubeCall,
  saveRack as saveRackCall,
  storeTube as storeTubeCall,
} from '../contract.ts';
import {
  noSuchPosition,
  notAtCounter,
  notStored,
  positionTaken,
  rackFull,
  rackInUse,
  rackNotFound,
  tubeNotFound,
} from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { freePosition, isInRack, lastPosition } from '../domain/rack.ts';
import * as racks from '../rack-store.ts';
import * as store from '../tube-store.ts';
import { step } from './steps.ts';

export async function saveRack(
  ctx: Ctx,
  input: ParsedInput<typeof saveRackCall>,
): Promise<Answer<typeof saveRackCall>> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const before = await racks.lockRack(tx, labId, input.code);
    const standing = before === undefined ? [] : await racks.tubesInRack(tx, labId, before.code);
    if (standing.some((tube) => tube.rackPosition !== null && !isInRack(input, tube.rackPosition))) throw rackInUse({});
    await racks.saveRack(tx, labId, { ...input, id: before?.id ?? ctx.newId() });
    const saved = await racks.findRack(tx, labId, input.code);
    if (saved === undefined) throw new Error('A rack that was saved is not there');
    const { rows, columns, place, temperature } = input;
    tx.audit('sample.save_rack', saved.id, { code: saved.code, rows, columns, place, temperature, isNew: !before });
    return saved;
  });
}

/** Puts a tube where it can be found again; from another position it moves. The same position again changes nothing. */
export async function storeTube(
  ctx: Ctx,
  { barcode, rackCode, position }: ParsedInput<typeof storeTubeCall>,
): Promise<store.Tube> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    // The tube before the rack, always: two who move tubes cannot block each other.
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    if (tube.status !== 'received' && tube.status !== 'rejected') throw notAtCounter({ status: tube.status });
    const rack = await racks.lockRack(tx, labId, rackCode);
    if (rack === undefined) throw rackNotFound({ code: rackCode });
    if (position && !isInRack(rack, position)) throw noSuchPosition({ position, last: lastPosition(rack) });
    const isThere = tube.rackCode === rack.code && (!position || position === tube.rackPosition);
    if (isThere) return tube;

    const standing = await racks.tubesInRack(tx, labId, rack.code);
    const taken = new Set(standing.flatMap((each) => each.rackPosition ?? []));
    const free = position ?? freePosition(rack, taken);
    if (free === undefined) throw rackFull({ code: rack.code });
    if (taken.has(free)) throw positionTaken({});
    const stored = await racks.setPosition(tx, labId, tube.id, { rackCode: rack.code, position: free });
    await addSteps(tx, labId, [
      step(ctx, tube.id, 'stored', { place: `${rack.place}, ${rack.code}/${free}`, facts: { from: tube.location } }),
    ]);
    tx.audit('sample.store', tube.id, { from: tube.location, to: stored.location }, tube.orderId);
    return stored;
  });
}

export async function retrieveTube(
  ctx: Ctx,
  { barcode, reason, place }: ParsedInput<typeof retrieveTubeCall>,
): Promise<store.Tube> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    if (tube.rackCode === null) throw notStored({});
    const taken = await racks.setPosition(tx, labId, tube.id, null);
    await addSteps(tx, labId, [step(ctx, tube.id, 'retrieved', { place, reason, facts: { from: tube.location } })]);
    tx.audit('sample.retrieve', tube.id, { from: tube.location }, tube.orderId);
    return taken;
  });
}
