import { getTests } from '#contract/order.ts';
import type { orderChanged, TestView } from '#contract/order.ts';
import type { EventPayload } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { accessionPrefix, makeTubes } from '../commands/new-tubes.ts';
import { step, tubeFact } from '../commands/steps.ts';
import { planTubes, sampleCollected, sampleReceived } from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { changeOf } from '../domain/order-change.ts';
import type { ChangedTube } from '../domain/order-change.ts';
import { planTubes as planOf } from '../domain/tube-plan.ts';
import type { PlanLine } from '../domain/tube-plan.ts';
import { temperaturesOf } from '../rack-store.ts';
import { setCancelled, setLines, setPriority } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';

type Changed = EventPayload<typeof orderChanged>;

/** Added tests go on a fitting tube, drawn or not, or on a new one; cancelled ones come off; the priority moves the lists. */
export async function onOrderChanged(ctx: Ctx, event: Changed): Promise<void> {
  const labId = ctx.labId();
  // Through the call: its transaction must not be the one that marks this event as handled.
  const known = await ctx.callAsSystem(planTubes, { orderId: event.orderId });
  const codes = [...known.flatMap((tube) => tube.testCodes), ...event.addedLines.map((line) => line.testCode)];
  const found = await ctx.callAsSystem(getTests, { codes: [...new Set(codes)] });
  const tests = new Map(found.map((test) => [test.code, test]));
  const letters = event.addedLines.length === 0 ? '' : await accessionPrefix(ctx);

  await ctx.transaction(async (tx) => {
    const tubes = await store.lockOrder(tx, labId, event.orderId);
    const now = ctx.now();
    const temperatures = await temperaturesOf(
      tx,
      labId,
      tubes.flatMap((tube) => tube.rackCode ?? []),
    );
    const change = changeOf(
      tubes.map((tube) => ({ ...tube, temperature: temperatures.get(tube.rackCode ?? '') ?? null })),
      event.addedLines,
      event.cancelledLineIds,
      tests,
      now,
    );
    await setPriority(tx, labId, event.orderId, event.priority);
    await writeTubes(ctx, tx, change.tubes, event, now);
    await planRest(ctx, tx, letters, change.toPlan, tests, event, now);
  });
}

async function writeTubes(ctx: Ctx, tx: Tx, tubes: readonly ChangedTube[], event: Changed, now: string): Promise<void> {
  const labId = ctx.labId();
  const { orderId, reason } = event;
  const written = await setLines(tx, labId, tubes);
  const byId = new Map(written.map((tube) => [tube.id, tube]));
  const cancelled = tubes.filter((each) => each.isCancelled).map((each) => each.id);
  if (cancelled.length > 0) await setCancelled(tx, labId, cancelled, now);
  for (const { id, addedIds, removedIds, isCancelled } of tubes) {
    const tube = byId.get(id);
    if (tube === undefined) continue;
    const more = { at: now, reason, facts: { askedBy: event.by } };
    if (removedIds.length > 0) {
      await addSteps(tx, labId, [
        step(ctx, id, 'tests_removed', { ...more, facts: { ...more.facts, lineIds: removedIds } }),
      ]);
      tx.audit('sample.remove_tests', id, { lineIds: removedIds, status: tube.status }, orderId);
    }
    if (addedIds.length > 0) {
      await addSteps(tx, labId, [
        step(ctx, id, 'tests_added', { ...more, facts: { ...more.facts, lineIds: addedIds } }),
      ]);
      tx.audit('sample.add_tests', id, { lineIds: addedIds, status: tube.status }, orderId);
    }
    if (isCancelled) {
      await addSteps(tx, labId, [step(ctx, id, 'cancelled', more)]);
      tx.audit('sample.cancel', id, { from: 'planned', to: 'cancelled', barcode: tube.barcode }, orderId);
    }
    tellAdded(tx, tube, addedIds);
  }
}

/** A test added to a tube that is drawn is drawn: told with the time of the tube, for the added tests alone. */
function tellAdded(tx: Tx, tube: store.Tube, addedIds: readonly string[]): void {
  if (addedIds.length === 0) return;
  const { collectedAt, collectedBy, receivedAt, receivedBy } = tube;
  if (collectedAt !== null && collectedBy !== null) {
    tx.emit(sampleCollected, tube.orderId, tubeFact(tube, collectedAt, collectedBy, addedIds));
  }
  if (receivedAt !== null && receivedBy !== null) {
    tx.emit(sampleReceived, tube.orderId, tubeFact(tube, receivedAt, receivedBy, addedIds));
  }
}

async function planRest(
  ctx: Ctx,
  tx: Tx,
  letters: string,
  lines: readonly PlanLine[],
  tests: ReadonlyMap<string, TestView>,
  { orderId, patientId, priority }: Changed,
  now: string,
): Promise<void> {
  const containers = new Map([...tests.values()].map(({ container }) => [container.code, container]));
  const planned = planOf(lines, { containers, tests });
  await makeTubes(ctx, tx, letters, { orderId, patientId, priority, plannedAt: now }, planned);
}
