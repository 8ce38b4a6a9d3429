import { getTests } from '#contract/order.ts';
import type { ParsedInput } from '#platform/contract.ts';
import type { Answer, Ctx } from '#platform/service.ts';

import type { aliquotTube as aliquotTubeCall } from '../contract.ts';
import {
  notAtCounter,
  notEnough,
  notOnTube,
  notPrimary,
  sampleCollected,
  sampleReceived,
  tooManyAliquots,
  tubeNotFound,
} from '../contract.ts';
import { addSteps } from '../custody-store.ts';
import { aliquotBarcode, pour } from '../domain/aliquot.ts';
import { volumeOf } from '../domain/tube-plan.ts';
import * as moves from '../tube-moves-store.ts';
import * as store from '../tube-store.ts';
import { checkReferralLabs } from './referral-labs.ts';
import { step, tubeFact } from './steps.ts';

/**
 * Pours off a received tube. Tests named go with their aliquot: the bench is told again where they are, for the aliquot alone.
 * Repeating it pours again, as the hand does: the screen sends it once.
 */
export async function aliquotTube(
  ctx: Ctx,
  { barcode, aliquots, place }: ParsedInput<typeof aliquotTubeCall>,
): Promise<Answer<typeof aliquotTubeCall>> {
  await checkReferralLabs(
    ctx,
    aliquots.flatMap((each) => each.referralLabId ?? []),
  );
  const seen = await store.findTube(ctx.db, ctx.labId(), barcode);
  if (seen === undefined) throw tubeNotFound({ barcode });
  const found = await ctx.callAsSystem(getTests, { codes: [...seen.testCodes] });
  const tests = new Map(found.map((test) => [test.code, test]));

  return ctx.transaction(async (tx) => {
    const labId = ctx.labId();
    const [tube] = await store.lockTubes(tx, labId, [barcode]);
    if (tube === undefined) throw tubeNotFound({ barcode });
    if (tube.parentTubeId !== null) throw notPrimary({});
    if (tube.status !== 'received') throw notAtCounter({ status: tube.status });
    const poured = await moves.countAliquots(tx, labId, tube.id);
    const pouring = pour(tube, aliquots, poured);
    if (pouring.kind === 'too_many') throw tooManyAliquots({});
    if (pouring.kind === 'not_on_tube') throw notOnTube({ lineIds: pouring.lineIds });
    if (pouring.kind === 'not_enough') {
      throw notEnough({ remainingMl: pouring.remainingMl, askedMl: pouring.askedMl });
    }

    const at = ctx.now();
    const { kept, askedMl } = pouring;
    const parent = await moves.setPoured(
      tx,
      labId,
      { id: tube.id, ...kept, needsMl: volumeOf(kept.testCodes, tests) },
      askedMl,
    );
    const made = aliquots.map((wish, n): moves.NewAliquot => {
      const share = pouring.aliquots[n] ?? { lineIds: [], testCodes: [] };
      return {
        id: ctx.newId(),
        accession: aliquotBarcode(tube.accession, poured + n + 1),
        volumeMl: wish.volumeMl,
        section: wish.section ?? tube.section,
        referralLabId: wish.referralLabId ?? tube.referralLabId,
        ...share,
        needsMl: volumeOf(share.testCodes, tests),
      };
    });
    const added = await moves.addAliquots(tx, labId, tube.id, made, at);
    await addSteps(tx, labId, [
      step(ctx, tube.id, 'poured_off', {
        at,
        place,
        facts: { volumeMl: askedMl, aliquotIds: made.map(({ id }) => id) },
      }),
      ...added.map((each) =>
        step(ctx, each.id, 'poured', {
          at,
          place,
          facts: { parentTubeId: tube.id, volumeMl: each.volumeMl, testCodes: each.testCodes },
        }),
      ),
    ]);
    tx.audit(
      'sample.aliquot',
      tube.id,
      {
        barcode: tube.barcode,
        volumeMl: askedMl,
        aliquots: made.map(({ id, accession, lineIds }) => ({ id, accession, lineIds })),
      },
      tube.orderId,
    );
    const { collectedAt, collectedBy, receivedAt, receivedBy } = tube;
    if (collectedAt === null || collectedBy === null || receivedAt === null || receivedBy === null) {
      throw new Error('A received tube has its times');
    }
    for (const each of added.filter((aliquot) => aliquot.lineIds.length > 0)) {
      tx.emit(sampleCollected, tube.orderId, tubeFact(each, collectedAt, collectedBy));
      tx.emit(sampleReceived, tube.orderId, tubeFact(each, receivedAt, receivedBy));
    }
    return { parent, aliquots: added };
  });
}
