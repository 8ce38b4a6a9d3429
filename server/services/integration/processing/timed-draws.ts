// Looks up which timed draws the tubes of some findings carry, for values an instrument names without their time.
import { resultsOfOrders } from '#contract/result.ts';
import { Barcode, findTubes } from '#contract/sample.ts';
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
  const tubes: { readonly asked: string; readonly barcode: string; readonly orderId: string }[] = [];
  for (let from = 0; from < wanted.length; from += MAX_BARCODES) {
    const found = await ctx.callAsSystem(findTubes, { barcodes: wanted.slice(from, from + MAX_BARCODES) });
    for (const { barcode, tube } of found) tubes.push({ asked: barcode, barcode: tube.barcode, orderId: tube.orderId });
  }
  const orderIds = [...new Set(tubes.map(({ orderId }) => orderId))];
  const carried = new Map<string, string[]>();
  for (let from = 0; from < orderIds.length; from += MAX_ORDERS) {
    const results = await ctx.callAsSystem(resultsOfOrders, { ids: orderIds.slice(from, from + MAX_ORDERS) });
    for (const { barcode, analyteCode } of results) {
      if (barcode === null) continue;
      const codes = carried.get(barcode);
      if (codes === undefined) carried.set(barcode, [analyteCode]);
      else codes.push(analyteCode);
    }
  }
  return new Map(tubes.map(({ asked, barcode }) => [asked, carried.get(barcode) ?? []]));
}
