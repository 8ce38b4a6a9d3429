// Both sides in one run, turn and turn about, so that the machine's moods fall on both. Prints ratios; an absolute number
// never decides.
import { cpus, totalmem } from 'node:os';
import process from 'node:process';

export interface Side {
  readonly name: string;
  /** Does one round and returns how many units a second it did. */
  round(): Promise<number>;
}

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly ours: Side;
  readonly peer: Side;
  /** Ratio to reach, ours / peer. */
  readonly goal: number;
  readonly rounds?: number;
}

export interface Outcome {
  readonly name: string;
  readonly figure: string;
  readonly goal: string;
  readonly isReached: boolean;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export async function compare(comparison: Comparison): Promise<Outcome> {
  const { ours, peer, goal, unit, name } = comparison;
  // One round each to warm up, not counted.
  await ours.round();
  await peer.round();
  const samples: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let round = 0; round < (comparison.rounds ?? 5); round += 1) {
    samples.ours.push(await ours.round());
    samples.peer.push(await peer.round());
  }
  const ratio = median(samples.ours) / median(samples.peer);
  const figure = `${ratio.toFixed(2)}× (${Math.round(median(samples.ours))} against ${Math.round(median(samples.peer))} ${unit})`;
  return {
    name: `${name}: ${ours.name} / ${peer.name}`,
    figure,
    goal: `≥ ${goal}×`,
    isReached: ratio >= goal,
    samples,
  };
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`;
}

export function report(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    process.stdout.write(
      `${outcome.isReached ? '✔' : '✖'} ${outcome.name}\n    ${outcome.figure}, goal ${outcome.goal}\n`,
    );
  }
}
