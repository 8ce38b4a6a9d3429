// Makes planned tubes real: ids, accession numbers, rows, custody.
import { accessionNumber, calendarDay } from '@nidaan/values';

import { getLab } from '#contract/organization.ts';
import type { Ctx, Tx } from '#platform/service.ts';

import { addSteps } from '../custody-store.ts';
import { accessionLetters } from '../domain/accession-prefix.ts';
import type { PlannedTube } from '../domain/tube-plan.ts';
import * as store from '../tube-store.ts';
import { step } from './steps.ts';

/** The letters the lab's accession numbers begin with; asked before the transaction, which holds the day's counter. */
export async function accessionPrefix(ctx: Ctx): Promise<string> {
  return accessionLetters(await ctx.callAsSystem(getLab, {}));
}

/** Adds tubes to an order, in the sequence they are filled. @param replacesTubeId the rejected tube they are drawn again for */
export async function makeTubes(
  ctx: Ctx,
  tx: Tx,
  letters: string,
  plannedFor: store.PlannedFor,
  planned: readonly PlannedTube[],
  replacesTubeId: string | null = null,
): Promise<readonly store.Tube[]> {
  const labId = ctx.labId();
  const accessions = await newAccessions(tx, labId, letters, calendarDay(plannedFor.plannedAt), planned.length);
  const tubes = planned.map(({ container, draw, ...tube }, at): store.NewTube => {
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
      draw: draw?.name ?? null,
      drawMinutes: draw?.afterMinutes ?? null,
      lineIds: [...tube.lineIds],
      testCodes: [...tube.testCodes],
      needsMl: tube.needsMl,
      referralLabId: tube.referralLabId,
      replacesTubeId,
    };
  });
  const added = await store.addTubes(tx, labId, plannedFor, tubes);
  await addSteps(
    tx,
    labId,
    added.map((tube) => step(ctx, tube.id, 'planned', { facts: { testCodes: tube.testCodes } })),
  );
  if (added.length > 0) {
    const facts = tubes.map(({ id, accession, containerCode, testCodes }) => ({
      id,
      accession,
      containerCode,
      testCodes,
    }));
    tx.audit('sample.plan', plannedFor.orderId, { tubes: facts, replacesTubeId }, plannedFor.orderId);
  }
  return added;
}

/**
 * The next accession numbers of the lab's day: letters, day, running number, Damm check digit. A number that a pre-printed roll
 * of labels has used up before its turn is passed over: the label is on another tube.
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
