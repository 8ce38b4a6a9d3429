import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { lotNotFound, sampleIdTaken, sampleIdTooWide, staleQc } from '../contract.ts';
import type { ControlLotView, saveControlLot as saveControlLotCall } from '../contract.ts';
import { isTooWide, overlap } from '../domain/sample-ids.ts';
import * as store from '../store.ts';
import type { LotRow } from '../store.ts';
import { lotView } from '../views.ts';

type Input = ParsedInput<typeof saveControlLotCall>;

/** Adds or changes a lot. One sample id names one active lot: a control that two could claim is none's. */
export async function saveControlLot(ctx: Ctx, input: Input): Promise<ControlLotView> {
  const { expectedVersion, ...facts } = input;
  const wanted = { ...facts, id: facts.id ?? ctx.newId(), sampleIds: [...new Set(facts.sampleIds)] };
  for (const sampleId of wanted.sampleIds) if (isTooWide(sampleId)) throw sampleIdTooWide({ sampleId });
  return ctx.transaction(async (tx) => {
    await store.lockLots(tx, ctx.labId());
    const lots = await store.allLots(tx, ctx.labId());
    const before = lots.find(({ id }) => id === wanted.id);
    if (before !== undefined && isSame(before, wanted)) return lotView(before);
    if (before === undefined && typeof expectedVersion === 'number') throw lotNotFound({});
    if (before !== undefined && before.version !== expectedVersion) throw staleQc({ version: before.version });
    refuseTaken(lots, wanted);
    const lot =
      before === undefined
        ? await store.addLot(tx, ctx.labId(), wanted)
        : await store.changeLot(tx, ctx.labId(), wanted);
    const { material, lotNumber, level, isActive, sampleIds, expiresOn } = wanted;
    tx.audit('qc.save_lot', lot.id, { material, lotNumber, level, isActive, sampleIds, expiresOn }, lot.id);
    return lotView(lot);
  });
}

function isSame(before: LotRow, wanted: Omit<LotRow, 'version'>): boolean {
  return (
    before.material === wanted.material &&
    before.lotNumber === wanted.lotNumber &&
    before.level === wanted.level &&
    before.expiresOn === wanted.expiresOn &&
    before.isActive === wanted.isActive &&
    before.sampleIds.join('\n') === wanted.sampleIds.join('\n')
  );
}

function refuseTaken(lots: readonly LotRow[], wanted: Omit<LotRow, 'version'>): void {
  if (!wanted.isActive) return;
  const others = lots.filter(({ id, isActive }) => isActive && id !== wanted.id);
  for (const sampleId of wanted.sampleIds) {
    if (others.some((lot) => lot.sampleIds.some((taken) => overlap(taken, sampleId))))
      throw sampleIdTaken({ sampleId });
  }
}
