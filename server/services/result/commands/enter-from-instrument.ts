// A whole batch of observations in one transaction and a handful of statements, however many they are. Each observation
// has its own fate. What finds no place here stores nothing, so that its key may come again once the fault is mended.
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { enterFromInstrument as enterFromInstrumentCall, InstrumentObservation } from '../contract.ts';
import { askTubes } from '../ask-tubes.ts';
import { indexOf } from '../domain/indices.ts';
import type { Place } from '../domain/place-observations.ts';
import { createPlacer } from '../domain/place-observations.ts';
import { gatherFacts, mustBeUncorrected } from '../gather-facts.ts';
import { activeHolds } from '../release/owner-holds.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import type { Fate } from '../touch-results.ts';
import { isKept, nowhere, touchIndices, touchValue } from '../touch-results.ts';
import * as values from '../value-store.ts';
import { listOfOrders } from '../worklist-store.ts';
import { settleSamples, untouched, writeValues } from '../write-values.ts';

export async function enterFromInstrument(
  ctx: Ctx,
  { observations }: ParsedInput<typeof enterFromInstrumentCall>,
): Promise<Answer<typeof enterFromInstrumentCall>> {
  const labId = ctx.labId();
  const { place, rows } = await placerOf(ctx, observations);
  const placed = observations.map((observation) => ({ observation, place: place(observation) }));
  const orderIds = new Set(
    placed.flatMap(({ place: at }) => (at.kind === 'none' ? [] : at.rows.map(({ orderId }) => orderId))),
  );
  // All of their orders: what is calculated or contradicted needs the other values of the sample.
  const found = new Map(rows.filter(({ orderId }) => orderIds.has(orderId)).map((row) => [row.id, row]));
  const [facts, policies] = await Promise.all([gatherFacts(ctx, [...found.values()]), policiesOf(ctx)]);

  const fates = await ctx.transaction(async (tx) => {
    // First of all: see activeHolds.
    const owners = await activeHolds(tx, labId, [...new Set(observations.map(({ instrument }) => instrument))]);
    const locked = await store.lockOrders(tx, labId, [...orderIds]);
    for (const row of locked) mustBeUncorrected(row, found.get(row.id));
    const touched = new Map(locked.map((row) => [row.id, untouched(row)]));
    // Read after the lock: who sent the same keys a moment ago has committed by now.
    const known = await values.listObservations(
      tx,
      labId,
      observations.map(({ key }) => key),
    );
    const fateOf = new Map<string, Fate>(known.map((row) => [row.key, row]));
    const kept: values.NewObservation[] = [];
    const work = { touched, facts, owners, at: ctx.now() };
    for (const { observation, place: at } of placed) {
      if (fateOf.has(observation.key)) continue;
      const fate = at.kind === 'none' ? nowhere(at.outcome) : touch(work, at, observation);
      fateOf.set(observation.key, fate);
      if (isKept(fate)) kept.push({ ...observation, ...fate });
    }
    await writeValues(ctx, tx, policies, settleSamples(touched.values(), facts));
    if (kept.length > 0) await values.addObservations(tx, labId, work.at, kept);
    return fateOf;
  });
  return observations.map(({ key }) => {
    const { outcome, resultId, orderId } = fates.get(key) ?? nowhere('not_ordered');
    return { key, outcome, resultId, orderId };
  });
}

function touch(
  work: Parameters<typeof touchValue>[0],
  at: Exclude<Place<store.ResultRow>, { readonly kind: 'none' }>,
  observation: InstrumentObservation,
): Fate {
  if (at.kind === 'indices') return touchIndices(work, at.rows, indexOf(observation.analyteCode, observation.value));
  const fate = touchValue(work, at.rows, observation);
  if (isKept(fate) && observation.indices !== null) touchIndices(work, at.tubeRows, observation.indices);
  return fate;
}

/**
 * Looks up all tubes at once, and asks about the strangers among them.
 * @returns with the placer all results of the orders that the tubes belong to
 */
async function placerOf(
  ctx: Ctx,
  observations: readonly InstrumentObservation[],
): Promise<{
  readonly place: (observation: InstrumentObservation) => Place<store.ResultRow>;
  readonly rows: readonly store.ResultRow[];
}> {
  const labId = ctx.labId();
  const barcodes = [...new Set(observations.map(({ barcode }) => barcode.trim()))];
  const ofTubes = await values.ordersOfBarcodes(ctx.db, labId, barcodes);
  const found = new Set(ofTubes.map(({ barcode }) => barcode));
  const tubesOf = await askTubes(
    ctx,
    barcodes.filter((barcode) => !found.has(barcode)),
  );
  const others = [...new Set([...tubesOf.values()].map(({ barcode }) => barcode))].filter(
    (barcode) => !found.has(barcode),
  );
  const more = others.length > 0 ? await values.ordersOfBarcodes(ctx.db, labId, others) : [];
  const orderIds = [...new Set([...ofTubes, ...more].map(({ orderId }) => orderId))];
  const rows = orderIds.length === 0 ? [] : await listOfOrders(ctx.db, labId, orderIds);
  return { place: createPlacer(rows, tubesOf), rows };
}
