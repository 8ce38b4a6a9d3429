import type { sampleCollected } from '#contract/sample.ts';
import { findTubes } from '#contract/sample.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import { orderNotKnownYet } from '../contract.ts';
import { after } from '../domain/status.ts';
import type { Facts } from '../gather-facts.ts';
import { gatherFacts } from '../gather-facts.ts';
import { resettle } from '../rejudge.ts';
import type { ReleasePolicies } from '../release/policies.ts';
import { policiesOf } from '../release/policies.ts';
import * as store from '../store.ts';
import { listOfOrders } from '../worklist-store.ts';

/**
 * The tube is drawn: its results await a value. A line that was collected before keeps its first tube, unless it went along
 * with an aliquot of it: then what is not signed goes by the aliquot's barcode from now on. A formula whose inputs are there
 * already, because it was added later, has its value at once.
 * @throws result.order_not_known_yet, and is tried again: the two events come from two services
 */
export async function onSampleCollected(ctx: Ctx, tube: EventPayload<typeof sampleCollected>): Promise<void> {
  const labId = ctx.labId();
  const { orderId, barcode, at: collectedAt } = tube;
  const formulas = await factsOfFormulas(ctx, tube);
  const taken = await linesTakenAlong(ctx, tube);
  await ctx.transaction(async (tx) => {
    const rows = await store.lockLines(tx, labId, orderId, tube.lineIds);
    if (new Set(rows.map((row) => row.lineId)).size < new Set(tube.lineIds).size) throw orderNotKnownYet({});
    const drawn = rows.filter((row) => after(row.status, 'collected') !== undefined).map((row) => row.id);
    await store.setCollected(tx, labId, drawn, { barcode, collectedAt, drawWarning: tube.outOfTime ?? null });
    const poured = rows.filter((row) => taken.has(row.lineId) && isOfSameDraw(row, tube)).map((row) => row.id);
    if (poured.length > 0) await store.setPoured(tx, labId, poured, barcode);
    if (formulas !== null)
      await resettle(ctx, tx, formulas.policies, [orderId], new Set(rows.map(({ id }) => id)), formulas.facts);
  });
}

type Drawn = Pick<store.LineRow, 'status' | 'barcode' | 'collectedAt'>;

/** Under another barcode, drawn at the same moment: the same blood. A second drawing is none. */
function isOfSameDraw({ barcode, collectedAt }: Drawn, tube: EventPayload<typeof sampleCollected>): boolean {
  return (
    barcode !== null &&
    barcode !== tube.barcode &&
    collectedAt !== null &&
    Date.parse(collectedAt) === Date.parse(tube.at)
  );
}

/**
 * Lines that stand under another tube here and on this one there. The sample service is asked how it is now: news that was
 * parked and comes again late must not lead the bench back to a tube that the test has left.
 */
async function linesTakenAlong(ctx: Ctx, tube: EventPayload<typeof sampleCollected>): Promise<ReadonlySet<string>> {
  const lines = new Set(tube.lineIds);
  const read = await listOfOrders(ctx.db, ctx.labId(), [tube.orderId]);
  if (!read.some((row) => lines.has(row.lineId) && isOfSameDraw(row, tube))) return new Set();
  const found = await ctx.callAsSystem(findTubes, { barcodes: [tube.barcode] });
  return new Set(found.flatMap((each) => each.tube.lineIds).filter((id) => lines.has(id)));
}

/** Null when the tube brings no formula, or no value is there that one could be calculated from. */
async function factsOfFormulas(
  ctx: Ctx,
  tube: EventPayload<typeof sampleCollected>,
): Promise<{ readonly facts: Facts; readonly policies: ReleasePolicies } | null> {
  const lines = new Set(tube.lineIds);
  const read = await listOfOrders(ctx.db, ctx.labId(), [tube.orderId]);
  const hasFormula = read.some(({ lineId, isCalculated }) => isCalculated && lines.has(lineId));
  if (!hasFormula || !read.some(({ value }) => value !== null)) return null;
  const asDrawn = read.map((row) =>
    row.status === 'expected' && lines.has(row.lineId)
      ? { ...row, status: 'awaiting' as const, collectedAt: tube.at }
      : row,
  );
  const [facts, policies] = await Promise.all([gatherFacts(ctx, asDrawn), policiesOf(ctx)]);
  return { facts, policies };
}
