import type { Ctx, Tx } from '#platform/service.ts';

import { markFound } from '../bag-store.ts';
import { addSteps } from '../custody-store.ts';
import { step } from './steps.ts';

/** Tubes in hand come out of the bags they are listed in; those that had been missing are noted as found. */
export async function noteFound(ctx: Ctx, tx: Tx, tubeIds: readonly string[], place: string | null): Promise<void> {
  const found = await markFound(tx, ctx.labId(), tubeIds);
  await addSteps(
    tx,
    ctx.labId(),
    found.map((tubeId) => step(ctx, tubeId, 'found', { place })),
  );
}
