// A value a technician of the demo types: mostly inside the range, of the kind the analyte wants.
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import type { RangeBand } from '#contract/order.ts';
import type { ResultView } from '#contract/result.ts';

const USUAL: Readonly<Record<ResultView['kind'], string>> = {
  numeric: '1',
  text: 'Nothing unusual seen',
  coded: 'Negative',
  titre: '<1:20',
  culture: 'No growth',
  narrative: 'Nothing unusual seen',
  image: 'Nothing unusual seen',
};

export function likelyValue(result: Pick<ResultView, 'kind'>, bands: readonly RangeBand[], random: Seeded): string {
  const expected = bands.find((band) => band.text !== null)?.text;
  if (result.kind === 'coded' && expected) return expected;
  if (result.kind !== 'numeric') return USUAL[result.kind];
  const band = bands.find((each) => each.low !== null || each.high !== null);
  const anyBand = band ?? bands[0];
  const { low, high } = band === undefined ? unremarkable(anyBand) : { low: Number(band.low ?? 0), high: highOf(band) };
  const decimals = Math.max(...[band?.low, band?.high].map((limit) => (limit?.split('.')[1] ?? '').length), 1);
  // Once in a while somebody is in danger: the flag a lab exists for must be seen in its demo.
  if (band?.criticalHigh && random.next() < 0.04) return (Number(band.criticalHigh) * 1.05).toFixed(decimals);
  // A little beyond either end now and then, so that flags are seen.
  const value = Math.max(0, low + (high - low) * (random.next() * 1.2 - 0.1));
  // Rounding must not carry a small number to where nothing can be.
  const rounded = value.toFixed(decimals);
  const floor = Number(anyBand?.absurdLow ?? 0);
  return Number(rounded) < floor ? String(floor) : rounded;
}

function highOf({ low, high, absurdHigh }: RangeBand): number {
  if (high !== null) return Number(high);
  const doubled = Number(low) * 2;
  // What is good from 54 % on ends at 100 %.
  return absurdHigh === null ? doubled : Math.min(doubled, Number(absurdHigh) / 1.1);
}

/** Where no range says what is usual: between the critical limits, else in the lower part of what can be. */
function unremarkable(band: RangeBand | undefined): { readonly low: number; readonly high: number } {
  const { criticalLow, criticalHigh, absurdLow, absurdHigh } = band ?? {};
  if (criticalLow && criticalHigh) {
    const [from, to] = [Number(criticalLow), Number(criticalHigh)];
    return { low: from + (to - from) / 6, high: from + (to - from) / 3 };
  }
  if (!absurdHigh) return { low: 0, high: 1 };
  const from = Number(absurdLow ?? 0);
  return { low: from + (Number(absurdHigh) - from) / 100, high: from + (Number(absurdHigh) - from) / 20 };
}
