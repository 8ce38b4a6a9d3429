// Every list and search, small lab and large in turn: median, 95th percentile, and how it grows (B15).
import process from 'node:process';

import { hotCalls, takeSamples } from '../server/testing/hot-calls.ts';
import type { HotCall } from '../server/testing/hot-calls.ts';
import type { Outcome } from './harness.ts';
import { median } from './harness.ts';
import type { LargeLab } from './large-lab.ts';

/**
 * B15: a page may take half as long again in a lab ten times as large, at the 95th percentile; or at the median, where a busy
 * machine blurs the end.
 */
const MOST_GROWTH = 1.5;
/** Below it the clock and the machine's moods are all that is measured. */
const NOISE_MS = 3;
const WARM_UP = 5;

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

async function timed(hot: HotCall, turn: number): Promise<number> {
  const startedAt = performance.now();
  await hot.run(turn);
  return performance.now() - startedAt;
}

export async function benchLists(small: LargeLab, large: LargeLab, turns: number): Promise<readonly Outcome[]> {
  const now = new Date();
  const [ofSmall, ofLarge] = await Promise.all(
    [small, large].map(async ({ call }) => hotCalls(call, await takeSamples(call), now)),
  );
  const outcomes: Outcome[] = [];
  process.stdout.write(
    `${'ms'.padEnd(40)}${`× ${small.scale}`.padStart(18)}${`× ${large.scale}`.padStart(18)}   growth of p95\n`,
  );
  for (const [at, inLarge] of (ofLarge ?? []).entries()) {
    const inSmall = ofSmall?.[at];
    if (!inSmall) continue;
    const samples = { small: [] as number[], large: [] as number[] };
    for (let turn = 0; turn < turns + WARM_UP; turn += 1) {
      const pair = [await timed(inSmall, turn), await timed(inLarge, turn)] as const;
      if (turn < WARM_UP) continue;
      samples.small.push(pair[0]);
      samples.large.push(pair[1]);
    }
    const ends = [percentile95(samples.small), percentile95(samples.large)] as const;
    const growth = ends[1] / ends[0];
    const middles = [median(samples.small), median(samples.large)] as const;
    const isReached = [ends, middles].some(
      ([before, after]) => after / before <= MOST_GROWTH || after - before < NOISE_MS,
    );
    const show = (values: readonly number[], end: number) =>
      `${median(values).toFixed(1)} / ${end.toFixed(1)}`.padStart(18);
    process.stdout.write(
      `${inLarge.name.padEnd(40)}${show(samples.small, ends[0])}${show(samples.large, ends[1])}   ${growth.toFixed(2)}×${isReached ? '' : '  ✖'}\n`,
    );
    outcomes.push({
      name: `B15 ${inLarge.name}`,
      figure: `p95 ${ends[1].toFixed(1)} ms, ${growth.toFixed(2)}×, median ${(middles[1] / middles[0]).toFixed(2)}× of a lab of ${small.orders} orders`,
      goal: `≤ ${MOST_GROWTH}×`,
      isReached,
      samples,
    });
  }
  return outcomes;
}
