// A value a technician of the demo types: mostly inside the range, of the kind the analyte wants.
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import type { RangeBand } from '#contract/order.ts';
import type { ResultView } from '#contract/result.ts';

const USUAL: Readonly<Record<ResultView['kind'], string>> = {
  numeric: '1',
  text: 'Nothing unusual seen',
  coded: 'Negative',
  titre: '<1:20',
};

export function likelyValue(result: Pick<ResultView, 'kind'>, bands: readonly RangeBand[], random: Seeded): string {
  const expected = bands.find((band) => band.text !== null)?.text;
  if (result.kind === 'coded' && expected) return expected;
  if (result.kind !== 'numeric') return USUAL[result.kind];
  const band = bands.find((each) => each.low !== null || each.high !== null);
  const low = Number(band?.low ?? 0);
  const high = Number(band?.high ?? (low === 0 ? 1 : low * 2));
  const decimals = Math.max(...[band?.low, band?.high].map((limit) => (limit?.split('.')[1] ?? '').length), 1);
  // Once in a while somebody is in danger: the flag a lab exists for must be seen in its demo.
  if (band?.criticalHigh && random.next() < 0.04) return (Number(band.criticalHigh) * 1.05).toFixed(decimals);
  // A little beyond either end now and then, so that flags are seen.
  return Math.max(0, low + (high - low) * (random.next() * 1.2 - 0.1)).toFixed(decimals);
}
