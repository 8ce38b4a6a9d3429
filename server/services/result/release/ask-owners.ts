// Asks the owners of what results rest on, just before something is signed: their events may be on the way still. A handful of
// calls for any number of results, as the system, and before the transaction, so that no lock waits for another service. An
// owner that does not answer stops the signing: whether the control stands is then not known.
import { blockedOf } from '#contract/equipment.ts';
import { getOrders } from '#contract/order.ts';
import { getQcStates } from '#contract/qc.ts';
import { tubesOfOrders } from '#contract/sample.ts';
import { inBatches } from '#platform/batches.ts';
import type { Ctx } from '#platform/service.ts';

import type { Overtaken } from '../contract.ts';
import { dependentsOf } from '../domain/dependents.ts';
import { inputsOf } from '../domain/inputs-of.ts';
import type { Bound, Owners } from '../domain/overtaken.ts';
import { overtakenBy } from '../domain/overtaken.ts';
import { measuredBy } from '../domain/read-from.ts';
import { askPersons } from '../gather-facts.ts';
import type { ResultRow } from '../store.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';

const MAX_ORDERS = 200;
/** Pairs, and instruments, in one call. */
const MAX_ASKED = 1000;

/**
 * Which of these results must not be signed as they stand, and why. What is calculated falls with the values it is calculated
 * from.
 */
export async function askOwners(ctx: Ctx, resultIds: readonly string[]): Promise<ReadonlyMap<string, Overtaken>> {
  const labId = ctx.labId();
  const orderIds = (await store.orderIdsOf(ctx.db, labId, resultIds)).map(({ orderId }) => orderId);
  const rows = await inBatches(orderIds, MAX_ORDERS, (ids) => listOfOrders(ctx.db, labId, ids));
  // Signed and cancelled ones do not change by what is told of them.
  const open = rows.filter(({ status }) => status === 'entered' || status === 'verified');
  if (open.length === 0) return new Map();
  const owners = await ownersOf(ctx, open);
  const found = new Map<string, Overtaken>();
  for (const row of open) {
    const because = overtakenBy(row, owners);
    if (because === null) continue;
    found.set(row.id, because);
  }
  const direct = [...found];
  for (const [id, because] of direct)
    for (const row of dependentsOf(rows, new Set([id]), inputsOf)) if (!found.has(row.id)) found.set(row.id, because);
  return found;
}

async function ownersOf(ctx: Ctx, rows: readonly ResultRow[]): Promise<Owners> {
  const orderIds = [...new Set(rows.map(({ orderId }) => orderId))];
  const pairs = new Map(
    rows.flatMap((row) => {
      const instrument = measuredBy(row);
      if (instrument === null) return [];
      return codesOf(row).map(
        (analyteCode) => [pairKey(instrument, analyteCode), { instrument, analyteCode }] as const,
      );
    }),
  );
  const instruments = [...new Set([...pairs.values()].map(({ instrument }) => instrument))];
  const [tubes, orders, states, blocked, personAt] = await Promise.all([
    inBatches(orderIds, MAX_ORDERS, (ids) => ctx.callAsSystem(tubesOfOrders, { ids })),
    inBatches(orderIds, MAX_ORDERS, (ids) => ctx.callAsSystem(getOrders, { ids })),
    inBatches([...pairs.values()], MAX_ASKED, (some) => ctx.callAsSystem(getQcStates, { pairs: some })),
    inBatches(instruments, MAX_ASKED, (some) => ctx.callAsSystem(blockedOf, { instruments: some })),
    askPersons(ctx, new Set(rows.map(({ patientId }) => patientId))),
  ]);
  const tubeOf = new Map(tubes.map((tube) => [`${tube.orderId} ${tube.barcode}`, tube]));
  const lineOf = new Map(orders.flatMap(({ lines }) => lines.map((line) => [line.id, line] as const)));
  const failed = new Map<string, Bound>();
  for (const { state, instrument, analyteCode, lastGoodAt } of states)
    if (state === 'failed') failed.set(pairKey(instrument, analyteCode), { since: lastGoodAt });
  // Blocked before its time was kept: the bench has been told since.
  const blockedNow = new Map(
    blocked.flatMap(({ instrument, since }) => (since === null ? [] : [[instrument, { since }]])),
  );
  return {
    tubeOf: ({ orderId, barcode }) => (barcode === null ? undefined : tubeOf.get(`${orderId} ${barcode}`)),
    failedOf: (instrument, row) =>
      codesOf(row)
        .map((code) => failed.get(pairKey(instrument, code)))
        .find((bound) => bound !== undefined),
    blockedOf: (instrument) => blockedNow.get(instrument),
    personOf: ({ patientId, collectedAt }) => (collectedAt === null ? null : personAt(patientId, collectedAt)),
    lineOf: ({ lineId }) => lineOf.get(lineId),
  };
}

/** The analyte's own code, and the one instruments send it under when it is a timed slot of another. */
function codesOf({ analyteCode, measuredAs }: Pick<ResultRow, 'analyteCode' | 'measuredAs'>): readonly string[] {
  return measuredAs === null ? [analyteCode] : [analyteCode, measuredAs];
}

function pairKey(instrument: string, analyteCode: string): string {
  return JSON.stringify([instrument, analyteCode]);
}
