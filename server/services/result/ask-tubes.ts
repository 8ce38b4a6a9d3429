// Asks the sample service about barcodes the bench does not know. The bench hears of a tube's barcode when it is
// collected; a tube may be planned only, or carry a second label (its own accession under a pre-printed sticker).
import type { TubeView } from '#contract/sample.ts';
import { Barcode, findTubes } from '#contract/sample.ts';
import { inBatches } from '#platform/batches.ts';
import type { Ctx } from '#platform/service.ts';

import type { KnownTube } from './domain/place-observations.ts';

/** Past this many strangers in one batch something else is wrong; the rest count as unknown, and may be replayed. */
const MAX_ASKED = 500;

/** For each barcode that names a tube: the barcode that tube goes by, and what has become of it. */
export async function askTubes(ctx: Ctx, strangers: readonly string[]): Promise<ReadonlyMap<string, KnownTube>> {
  const readable = strangers.filter((barcode) => Barcode.safeParse(barcode).success);
  if (readable.length === 0) return new Map();
  const found = await ctx.callAsSystem(findTubes, { barcodes: readable.slice(0, MAX_ASKED) });
  return new Map(found.map(({ barcode, tube }) => [barcode, { barcode: tube.barcode, state: stateOf(tube) }]));
}

function stateOf({ status, lineIds }: TubeView): KnownTube['state'] {
  // Thrown away: what is sent of it now was not measured from it.
  if (status === 'disposed') return 'rejected';
  if (status === 'planned' || status === 'rejected' || status === 'cancelled') return status;
  return lineIds.length === 0 ? 'emptied' : 'drawn';
}

/** Which of these tubes go to a referral lab: what is typed for them is copied from its paper (lab-day 31). */
export async function referredBarcodes(ctx: Ctx, barcodes: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = [...new Set(barcodes)].filter((barcode) => Barcode.safeParse(barcode).success);
  const found = await inBatches(asked, MAX_ASKED, (some) => ctx.callAsSystem(findTubes, { barcodes: some }));
  return new Set(found.filter(({ tube }) => tube.referralLabId !== null).map(({ barcode }) => barcode));
}
