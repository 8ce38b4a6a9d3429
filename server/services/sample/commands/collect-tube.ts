import { getPatients } from '#contract/patient.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx, Tx } from '#platform/service.ts';

import type { collectTube as collectTubeCall } from '../contract.ts';
import {
  barcodeTaken,
  cannotMoveTube,
  collectedInFuture,
  collectedTooEarly,
  sampleCollected,
  staleTube,
  testsCancelled,
  tubeNotFound,
} from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { timingOf } from '../domain/timed-collection.ts';
import type { Timing } from '../domain/timed-collection.ts';
import { cannotMove, drawnAt, isTooEarly, mayMove, statusAfter } from '../domain/tube-status.ts';
import { addBarcode, setCollected } from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { step, tubeFact } from './steps.ts';

type Input = ParsedInput<typeof collectTubeCall>;

/** The scan at the bedside: who drew the tube and when. */
export async function collectTube(ctx: Ctx, input: Input): Promise<Answer<typeof collectTubeCall>> {
  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [input.barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode: input.barcode });
    // Said before the general refusal: whoever stands at the bed must know that nothing is to be drawn (lab-day 33).
    if (tube.status === 'cancelled') throw testsCancelled({ barcode: input.barcode });
    const next = statusAfter(tube.status, 'collect');
    if (next === undefined) throw cannotMove(tube.status, 'collect');
    if (next === tube.status) {
      // A repeat, unless it brings another label: that one would be on the tube and lead nowhere.
      if (!input.preprintedBarcode || isOn(tube, input.preprintedBarcode)) return { ...tube, warnings: [] };
      throw cannotMoveTube({
        status: tube.status,
        move: 'relabelled',
        expected: 'planned',
        mayBy: mayMove.collect,
      });
    }
    if (input.expectedVersion && input.expectedVersion !== tube.version) throw staleTube({ version: tube.version });
    const at = drawnAt(input.collectedAt ?? null, ctx.now());
    if (at === undefined) throw collectedInFuture({});
    // The scan at the bedside itself is now, and asks nobody.
    if (input.collectedAt) {
      const [patient] = await ctx.callAsSystem(getPatients, { ids: [tube.patientId] });
      if (isTooEarly(at, ctx.now(), patient)) throw collectedTooEarly({});
    }

    const timing = await timedDraw(tx, labId, tube, at, input.timedFrom ?? null);
    const barcode = await stickOn(tx, labId, tube, input.preprintedBarcode ?? null);
    const isPreprinted = barcode !== tube.accession;
    const by = ctx.actor.name;
    const volumeMl = input.volumeMl ?? null;
    const { isIdentityChecked } = input;
    const collected = await setCollected(tx, labId, {
      tubeId: tube.id,
      barcode,
      isPreprinted,
      at,
      by,
      volumeMl,
      isIdentityChecked,
    });
    const timed =
      timing === undefined
        ? {}
        : { minutes: timing.minutes, dueMinutes: tube.drawMinutes, isOutOfTime: timing.warning !== null };
    await addSteps(tx, labId, [
      step(ctx, tube.id, 'collected', { at, place: input.place, facts: { barcode, isIdentityChecked, ...timed } }),
    ]);
    tx.audit(
      'sample.collect',
      tube.id,
      {
        from: tube.status,
        to: collected.status,
        accession: tube.accession,
        barcode,
        collectedAt: at,
        isIdentityChecked,
        ...timed,
      },
      tube.orderId,
    );
    // Without a known beginning nobody can say that the time is wrong: the collector is warned, the value is not held.
    const outOfTime =
      timing !== undefined && timing.minutes !== null && timing.warning !== null ? timing.warning : null;
    tx.emit(sampleCollected, tube.orderId, { ...tubeFact(collected, at, by), ...(outOfTime && { outOfTime }) });
    return { ...collected, warnings: timing?.warning ? [timing.warning] : [] };
  });
}

/** Undefined for an ordinary draw, and for the fasting one, which is the beginning. */
async function timedDraw(
  tx: Tx,
  labId: string,
  tube: store.Tube,
  collectedAt: string,
  toldBeginning: string | null,
): Promise<Timing | undefined> {
  if (tube.draw === null || !tube.drawMinutes) return undefined;
  const fastingAt = (await store.beginningOf(tx, labId, tube.orderId)) ?? null;
  return timingOf({ draw: tube.draw, dueMinutes: tube.drawMinutes, collectedAt, toldBeginning, fastingAt });
}

function isOn(tube: store.Tube, barcode: string): boolean {
  return [tube.accession, tube.barcode].some((own) => store.scanned(own) === store.scanned(barcode));
}

/** The barcode the tube goes on with. @throws sample.barcode_taken */
async function stickOn(tx: Tx, labId: string, tube: store.Tube, preprinted: string | null): Promise<string> {
  if (preprinted === null || isOn(tube, preprinted)) return tube.barcode;
  if (!(await addBarcode(tx, labId, tube.id, preprinted))) throw barcodeTaken({});
  return preprinted;
}
