// Every gate that needs no database: types, lint, format, boundaries, house rules, dead code, generated files.
// Steps run two at a time; the output of a step is shown only when it fails. `node scripts/check.ts lint types` runs some.
import { spawn } from 'node:child_process';
import process from 'node:process';

import { repositoryRoot, toolEnvironment } from './repository.ts';

export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

export interface Outcome {
  readonly name: string;
  readonly isGood: boolean;
  readonly tookMs: number;
  /** What the step wrote, both streams in order. */
  readonly output: string;
}

// The slow ones first, so that two at a time end together.
const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'boundaries', command: ['node', 'scripts/boundaries.ts'] },
  { name: 'house rules', command: ['node', 'scripts/house-rules.ts'] },
  { name: 'generated', command: ['node', 'scripts/generated.ts', '--check'] },
  { name: 'format', command: ['oxfmt', '--check'] },
];

function run({ name, command: [program, ...args] }: Step): Promise<Outcome> {
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    const output: string[] = [];
    const child = spawn(program, args, {
      cwd: repositoryRoot,
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = (isGood: boolean): void =>
      resolve({ name, isGood, tookMs: performance.now() - startedAtMs, output: output.join('') });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.on('error', (error) => {
      output.push(`${program} could not be started: ${error.message}\n`);
      end(false);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) output.push(`${program} was ended by ${signal}\n`);
      end(code === 0);
    });
  });
}

/** Runs the steps, at most two at the same time; outcomes in the order of the steps. */
export async function runSteps(wanted: readonly Step[]): Promise<readonly Outcome[]> {
  const waiting = [...wanted];
  const outcomes = new Map<string, Outcome>();
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
      outcomes.set(step.name, await run(step));
  };
  await Promise.all([work(), work()]);
  return wanted.flatMap(({ name }) => outcomes.get(name) ?? []);
}

export function table(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  return outcomes
    .map(
      ({ name, isGood, tookMs }) =>
        `${name.padEnd(width)}  ${isGood ? 'ok    ' : 'FAILED'}  ${(tookMs / 1000).toFixed(1).padStart(5)} s\n`,
    )
    .join('');
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no step ${unknown}; there are: ${steps.map(({ name }) => name).join(', ')}.\n`);
    process.exit(2);
  }
  const outcomes = await runSteps(names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name)));
  const failed = outcomes.filter(({ isGood }) => !isGood);
  for (const { name, output } of failed) process.stdout.write(`--- ${name} ---\n${output.trimEnd()}\n\n`);
  process.stdout.write(table(outcomes));
  process.stdout.write(
    failed.length === 0 ? 'All gates hold.\n' : `${failed.length} of ${outcomes.length} gates failed.\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
