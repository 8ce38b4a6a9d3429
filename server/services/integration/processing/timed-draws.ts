// Looks up which timed draws the tubes of some findings carry, for values an instrument names without their time.
import { resultsOfOrders } from '#contract/result.ts';
import { Barcode, findTubes } from '#contract/sample.ts';
import { batchesOf, inBatches } from '#platform/batches.ts';
import type { Ctx } from '#platform/service.ts';

/** Limits of the two calls. */
const MAX_BARCODES = 500;
const MAX_ORDERS = 200;

/** Codes of the analytes each tube carries, by the barcode as sent. A tube nobody knows is left out. */
export async function analytesOnTubes(
  ctx: Ctx,
  barcodes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = [...new Set(barcodes)].filter((barcode) => Barcode.safeParse(barcode).success);
  const found = await inBatches(wanted, MAX_BARCODES, (some) => ctx.callAsSystem(findTubes, { barcodes: some }));
  const orderIds = new Set(found.map(({ tube }) => tube.orderId));
  const carried = new Map<string, string[]>();
  // Of each answer only the codes are kept: two hundred orders can hold thousands of results.
  for (const ids of batchesOf(orderIds, MAX_ORDERS)) {
    for (const { barcode, analyteCode } of await ctx.callAsSystem(resultsOfOrders, { ids })) {
      if (barcode === null) continue;
      const codes = carried.get(barcode);
      if (codes === undefined) carried.set(barcode, [analyteCode]);
      else codes.push(analyteCode);
    }
  }
  return new Map(found.map(({ barcode, tube }) => [barcode, carried.get(tube.barcode) ?? []]));
}
