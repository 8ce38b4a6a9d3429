// The unit an analyzer's analyte is controlled in: the catalogue's, looked up once and kept with the pair.
import { listAnalytes } from '#contract/order.ts';
import type { Ctx } from '#platform/service.ts';

import * as store from './store.ts';
import type { NewPair, PairKey } from './store.ts';

/** Asked before any lock. What the catalogue does not know is left out. */
export async function askUnits(ctx: Ctx, pairs: readonly PairKey[]): Promise<readonly NewPair[]> {
  const wanted = [...Map.groupBy(pairs, (pair) => `${pair.analyteCode}\n${pair.instrument}`).values()].flatMap(
    ([first]) => (first === undefined ? [] : [{ instrument: first.instrument, analyteCode: first.analyteCode }]),
  );
  const known = await store.getPairs(ctx.db, ctx.labId(), wanted);
  const isKnown = ({ instrument, analyteCode }: PairKey): boolean =>
    known.some((pair) => pair.instrument === instrument && pair.analyteCode === analyteCode);
  const missing = wanted.filter((pair) => !isKnown(pair));
  const found: NewPair[] = known.map(({ instrument, analyteCode, unit, ucum }) => ({
    instrument,
    analyteCode,
    unit,
    ucum,
  }));
  if (missing.length === 0) return found;
  const analytes = new Map((await ctx.callAsSystem(listAnalytes, {})).map((analyte) => [analyte.code, analyte]));
  for (const pair of missing) {
    const analyte = analytes.get(pair.analyteCode);
    if (analyte !== undefined) found.push({ ...pair, unit: analyte.unitDisplay, ucum: analyte.ucum });
  }
  return found;
}

/** The pair's own row out of those asked for. */
export function pairIn<P extends PairKey>(pairs: readonly P[], wanted: PairKey): P | undefined {
  return pairs.find((pair) => pair.instrument === wanted.instrument && pair.analyteCode === wanted.analyteCode);
}
