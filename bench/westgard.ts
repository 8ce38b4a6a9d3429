// B14: the multirules over 100,000 controls of two levels, all rules on, against one pass that does nothing but add them up.
import { RULES } from '../server/services/qc/domain/westgard-rules.ts';
import type { RunValue } from '../server/services/qc/domain/westgard-rules.ts';
import { WestgardSeries } from '../server/services/qc/domain/westgard-series.ts';
import { compare } from './harness.ts';
import type { Outcome } from './harness.ts';

const CONTROLS = 100_000;
const PASSES = 200;

/** Between -3.2 and 3.2, most near 0, the same in every run: a lab in control that fires each rule now and then. */
function zScores(): Float64Array {
  let state = 20_261_125;
  return Float64Array.from({ length: CONTROLS }, () => {
    let sum = 0;
    for (let part = 0; part < 4; part += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 4_294_967_296 - 0.5;
    }
    return sum * 1.7;
  });
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return sum;
}

export async function bench(): Promise<readonly Outcome[]> {
  const z = zScores();
  const runs: RunValue[][] = [];
  for (let at = 0; at + 1 < z.length; at += 2)
    runs.push([
      { level: 'L1', z: z[at] ?? 0 },
      { level: 'L2', z: z[at + 1] ?? 0 },
    ]);
  let kept = 0;
  return [
    await compare({
      name: 'B14 Westgard on 100,000 controls, all rules',
      unit: 'controls/s',
      goal: 1 / 300,
      ours: {
        name: 'judging',
        round: async () => {
          const series = new WestgardSeries({
            rules: RULES,
            rejecting: RULES.filter((rule) => rule !== '1_2s' && rule !== '7_T'),
            limits: 'strict',
            rangeRule: 'opposite',
            afterRejection: 'leave_out',
          });
          const startedAt = performance.now();
          for (const run of runs) for (const bits of series.judge(run)) kept |= bits;
          return CONTROLS / ((performance.now() - startedAt) / 1000);
        },
      },
      peer: {
        name: 'one pass of a sum',
        round: async () => {
          let sum = 0;
          const startedAt = performance.now();
          // A single pass is too short for the clock.
          for (let pass = 0; pass < PASSES; pass += 1) sum += sumOf(z);
          const seconds = (performance.now() - startedAt) / 1000;
          if (!Number.isFinite(sum + kept)) throw new Error('The sum is no number');
          return (CONTROLS * PASSES) / seconds;
        },
      },
      rounds: 9,
    }),
  ];
}
