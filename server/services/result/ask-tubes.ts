// Asks the sample service about barcodes the bench does not know. The bench hears of a tube's barcode when it is
// collected; a tube may be planned only, or carry a second label (its own accession under a pre-printed sticker).
import { Barcode, findTubes } from '#contract/sample.ts';
import type { Ctx } from '#platform/service.ts';

import type { KnownTube } from './domain/place-observations.ts';

/** Past this many strangers in one batch something else is wrong; the rest count as unknown, and may be replayed. */
const MAX_ASKED = 500;

/** For each barcode that names a tube: the barcode that tube goes by, and whether it is drawn. */
export async function askTubes(ctx: Ctx, strangers: readonly string[]): Promise<ReadonlyMap<string, KnownTube>> {
  const readable = strangers.filter((barcode) => Barcode.safeParse(barcode).success);
  if (readable.length === 0) return new Map();
  const found = await ctx.callAsSystem(findTubes, { barcodes: readable.slice(0, MAX_ASKED) });
  return new Map(
    found.map(({ barcode, tube }) => [barcode, { barcode: tube.barcode, isDrawn: tube.status !== 'planned' }]),
  );
}
