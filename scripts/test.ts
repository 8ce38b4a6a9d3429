// Runs the tests on one throwaway PostgreSQL, in two processes that share the files out.
//   node scripts/test.ts [files] [--split | --kill | --browser | --large] [--coverage]
// The last line is the total; the exit code is 0 only if every test passed and nothing was left running.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import type { ThrowawayPostgres } from '../server/platform/testing/throwaway-postgres.ts';
import { createThrowawayPostgres, sweepThrowaways } from '../server/platform/testing/throwaway-postgres.ts';
import { judgeCoverage, leastCovered, mergeLcov, toLcov } from './line-coverage.ts';
import { repositoryRoot, toolEnvironment } from './repository.ts';
import { addCounts, noCounts, totalLine } from './test-output.ts';
import { askedFiles, planJobs, testFiles } from './test-plan.ts';
import type { Suite, TestJob } from './test-plan.ts';
import type { JobOutcome, TestProcess } from './test-process.ts';
import { startTestProcess } from './test-process.ts';

/** More than two processes gain nothing: PostgreSQL works beside them. */
const PROCESSES = 2;
const coverageDir = join(repositoryRoot, 'coverage');

interface Wish {
  readonly suite: Suite;
  readonly files: readonly string[];
  readonly hasCoverage: boolean;
}

function readWish(args: readonly string[]): Wish {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { split: flag, kill: flag, browser: flag, large: flag, coverage: flag },
  });
  const suite: Suite = values.split
    ? 'split'
    : values.kill
      ? 'kill'
      : values.browser
        ? 'browser'
        : values.large
          ? 'large'
          : 'default';
  const files = positionals.length > 0 ? askedFiles(positionals) : testFiles(suite);
  return { suite, files, hasCoverage: values.coverage };
}

/** Shows one process as it goes and keeps the lines of the others until their turn, so that reports are not mixed. */
function createScreen() {
  const kept = new Map<string, string[]>();
  return {
    write: (job: string, line: string): void => {
      const front = kept.keys().next().value;
      const lines = kept.get(job);
      if (lines === undefined || front === job) process.stdout.write(`${line}\n`);
      else lines.push(line);
    },
    open: (job: string): void => {
      kept.set(job, []);
    },
    close: (job: string): void => {
      for (const line of kept.get(job) ?? []) process.stdout.write(`${line}\n`);
      kept.delete(job);
      const front = kept.entries().next().value;
      if (front !== undefined) for (const line of front[1].splice(0)) process.stdout.write(`${line}\n`);
    },
  };
}

const running = new Set<TestProcess>();
let isStopping = false;

async function runJobs(
  jobs: readonly TestJob[],
  processes: number,
  env: NodeJS.ProcessEnv,
  hasCoverage: boolean,
): Promise<readonly JobOutcome[]> {
  const waiting = jobs.map((job, index) => ({ job, lcovPath: join(coverageDir, `process-${index}.lcov`) }));
  const screen = createScreen();
  const outcomes: JobOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isStopping; next = waiting.shift()) {
      const { job, lcovPath } = next;
      screen.open(job.name);
      const child = startTestProcess(job, {
        env,
        onLine: (line) => screen.write(job.name, line),
        ...(hasCoverage ? { lcovPath } : {}),
      });
      running.add(child);
      const outcome = await child.done;
      running.delete(child);
      screen.close(job.name);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: processes }, work));
  return outcomes;
}

/** Writes coverage/lcov.info and says whether it is enough. */
function reportCoverage(count: number): boolean {
  const reports = Array.from({ length: count }, (_, index) => {
    try {
      return readFileSync(join(coverageDir, `process-${index}.lcov`), 'utf8');
    } catch {
      return '';
    }
  });
  const hits = mergeLcov(reports);
  writeFileSync(join(coverageDir, 'lcov.info'), toLcov(hits));
  const { isEnough, summary } = judgeCoverage(hits);
  process.stdout.write(`\nCoverage (coverage/lcov.info)\n${[...leastCovered(hits, 15), ...summary].join('\n')}\n\n`);
  return isEnough;
}

async function main(): Promise<number> {
  let wish: Wish;
  try {
    wish = readWish(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  // Whole installations, some of them killed half-way, want the machine to themselves.
  const processes = wish.suite === 'default' ? PROCESSES : 1;
  const jobs = planJobs(wish.files, processes);
  if (jobs.length === 0) {
    process.stderr.write(`There are no test files in the suite ${wish.suite}.\n`);
    return 1;
  }
  rmSync(coverageDir, { recursive: true, force: true });
  if (wish.hasCoverage) mkdirSync(coverageDir, { recursive: true });

  let postgres: ThrowawayPostgres | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    process.stderr.write(`\n${signal}: stopping the tests and their database\n`);
    await Promise.all([...running].map((child) => child.stop()));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));

  try {
    postgres = await createThrowawayPostgres();
    const { superuserUrl, socketDir } = postgres;
    const url = socketDir === undefined ? superuserUrl : `${superuserUrl}?host=${encodeURIComponent(socketDir)}`;
    const outcomes = await runJobs(
      jobs,
      processes,
      { ...toolEnvironment(), NIDAAN_TEST_DATABASE_URL: url },
      wish.hasCoverage,
    );
    const total = outcomes.reduce((sum, { counts }) => addCounts(sum, counts), noCounts);
    const faults = outcomes.flatMap(({ fault }) => fault ?? []);
    const isCovered = !wish.hasCoverage || reportCoverage(jobs.length);
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    process.stdout.write(`${totalLine(total)}\n`);
    if (isStopping) return 130;
    return total.failed === 0 && total.passed > 0 && faults.length === 0 && isCovered ? 0 : 1;
  } finally {
    await postgres?.stop();
    // Databases of tests that were killed with their process.
    await sweepThrowaways();
  }
}

process.exitCode = await main();
