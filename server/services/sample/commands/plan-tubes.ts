import { accessionNumber, calendarDay } from '@nidaan/values';

import { getOrder, getTests } from '#contract/order.ts';
import { getLab } from '#contract/organization.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import type { planTubes as planTubesCall } from '../contract.ts';
import { accessionLetters } from '../domain/accession-prefix.ts';
import { planTubes as planOf } from '../domain/tube-plan.ts';
import * as store from '../store.ts';

/**
 * The tubes of an order, planned now when they were not. The desk asks right after placing, the order's event asks too:
 * whoever comes second gets the plan of the first.
 * @throws order.not_found
 */
export async function planTubes(
  ctx: Ctx,
  { orderId }: ParsedInput<typeof planTubesCall>,
): Promise<readonly store.Tube[]> {
  const labId = ctx.labId();
  const known = await store.tubesOfOrders(ctx.db, labId, [orderId]);
  if (known.length > 0) return known;

  const order = await ctx.callAsSystem(getOrder, { orderId });
  const tests = await ctx.callAsSystem(getTests, { codes: order.lines.map((line) => line.testCode) });
  const letters = accessionLetters(await ctx.callAsSystem(getLab, {}));
  const planned = planOf(order.lines, {
    containers: new Map(tests.map(({ container }) => [container.code, container])),
    loincOf: new Map(tests.map((test) => [test.code, test.loinc])),
  });

  return ctx.transaction(async (tx) => {
    const plannedAt = ctx.now();
    const isFirst = await store.claimPlan(tx, labId, order.id, plannedAt);
    if (!isFirst) return store.tubesOfOrders(tx, labId, [order.id]);
    const accessions = await newAccessions(tx, labId, letters, calendarDay(plannedAt), planned.length);
    const tubes = planned.map(({ container, ...tube }, at) => {
      const accession = accessions[at];
      if (accession === undefined) throw new Error('Fewer accession numbers than tubes');
      return {
        id: ctx.newId(),
        accession,
        containerCode: container.code,
        containerName: container.name,
        capColour: container.capColour,
        additive: container.additive,
        volumeMl: container.volumeMl,
        orderOfDraw: container.orderOfDraw,
        specimen: tube.specimen,
        section: tube.section,
        draw: tube.draw,
        lineIds: [...tube.lineIds],
        testCodes: [...tube.testCodes],
      };
    });
    const { patientId, priority } = order;
    const added = await store.addTubes(tx, labId, { orderId: order.id, patientId, priority, plannedAt }, tubes);
    const facts = tubes.map(({ id, accession, containerCode, testCodes }) => ({
      id,
      accession,
      containerCode,
      testCodes,
    }));
    tx.audit('sample.plan', order.id, { tubes: facts }, order.id);
    return added;
  });
}

/**
 * The next accession numbers of the lab's day. A number that a pre-printed roll of labels has used up before its turn is
 * passed over: the label is on another tube.
 */
async function newAccessions(
  tx: Tx,
  labId: string,
  letters: string,
  day: string,
  count: number,
): Promise<readonly string[]> {
  const free: string[] = [];
  while (free.length < count) {
    const missing = count - free.length;
    const last = await store.takeSerials(tx, labId, day, missing);
    const next = Array.from({ length: missing }, (_, at) =>
      accessionNumber({ branchPrefix: letters, day, serial: last - missing + 1 + at }),
    );
    const taken = new Set(await store.takenBarcodes(tx, labId, next));
    free.push(...next.filter((accession) => !taken.has(accession)));
  }
  return free;
}
