// Asks the sample service about barcodes the bench does not know. The bench hears of a tube's barcode when it is
// collected; a tube may be planned only, or carry a second label (its own accession under a pre-printed sticker).
import { Barcode, findTube } from '#contract/sample.ts';
import { ServiceError } from '#platform/errors.ts';
import type { Ctx } from '#platform/service.ts';

import type { KnownTube } from './domain/place-observations.ts';

/** Past this many strangers in one batch something else is wrong; the rest count as unknown, and may be replayed. */
const MAX_ASKED = 200;

/** For each barcode that names a tube: the barcode that tube goes by, and whether it is drawn. */
export async function askTubes(ctx: Ctx, strangers: readonly string[]): Promise<ReadonlyMap<string, KnownTube>> {
  const known = new Map<string, KnownTube>();
  const readable = strangers.filter((barcode) => Barcode.safeParse(barcode).success);
  for (const barcode of readable.slice(0, MAX_ASKED)) {
    try {
      const tube = await ctx.callAsSystem(findTube, { barcode });
      known.set(barcode, { barcode: tube.barcode, isDrawn: tube.status !== 'planned' });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'sample.tube_not_found') throw error;
    }
  }
  return known;
}
