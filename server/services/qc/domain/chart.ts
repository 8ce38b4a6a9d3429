// What a Levey-Jennings chart shows beside its points.
import { scaleOf } from '@nidaan/values';

import { decimalText } from './statistics.ts';

/** Mean - 3 SD … mean + 3 SD. */
export function linesOf(mean: string, sd: string): string[] {
  const decimals = Math.max(scaleOf(mean), scaleOf(sd));
  return [-3, -2, -1, 0, 1, 2, 3].map((sds) => decimalText(Number(mean) + sds * Number(sd), decimals) ?? mean);
}

interface Point {
  readonly measuredAt: string;
  readonly lotId: string;
  readonly reagentLot: string | null;
}

export interface Change {
  readonly at: string;
  readonly kind: 'control_lot' | 'reagent_lot';
  readonly to: string;
}

/** Where another lot begins. Two lots side by side change once, not to and fro. @param points oldest first */
export function changesOf(points: readonly Point[], lotName: (lotId: string) => string): Change[] {
  const lots = new Set<string>();
  let reagent: string | null = null;
  return points.flatMap(({ measuredAt: at, lotId, reagentLot }) => {
    const found: Change[] = [];
    if (!lots.has(lotId) && lots.size > 0) found.push({ at, kind: 'control_lot', to: lotName(lotId) });
    lots.add(lotId);
    if (reagentLot !== null && reagent !== null && reagentLot !== reagent)
      found.push({ at, kind: 'reagent_lot', to: reagentLot });
    reagent = reagentLot ?? reagent;
    return found;
  });
}
