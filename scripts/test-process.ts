// One node process that runs some test files, watched: its lines, its counts, and that it ends when its tests have.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { repositoryRoot } from './repository.ts';
import type { Counts } from './test-output.ts';
import { createOutputReader } from './test-output.ts';
import type { TestJob } from './test-plan.ts';

export const TEST_TIMEOUT_MS = 120_000;
/**
 * Node closes its report only when nothing holds the process any more, so a leaked server or timer shows as silence.
 * Longer than any test may take.
 */
const SILENCE_LIMIT_MS = TEST_TIMEOUT_MS + 30_000;
/** Between asking a process to end and ending it. */
const STOP_LIMIT_MS = 10_000;

export interface JobOutcome {
  readonly counts: Counts;
  /** What went wrong beside failed tests, as a sentence; undefined when nothing did. */
  readonly fault?: string;
}

export interface TestProcess {
  readonly done: Promise<JobOutcome>;
  /** Asks the process and all it started to end, and makes sure they do. */
  readonly stop: () => Promise<void>;
}

export interface LaunchOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where the lcov report goes; no coverage is measured when absent. */
  readonly lcovPath?: string;
  readonly onLine: (line: string) => void;
  readonly silenceLimitMs?: number;
}

/** A process that gave no report has failed, with who knows how many tests. */
const unknownCounts: Counts = { tests: 1, passed: 0, failed: 1, skipped: 0 };

const coverageArguments = [
  '--experimental-test-coverage',
  // Files no test loads count as well, as lines that never ran.
  '--test-coverage-include-all',
  ...['server/**/*.ts', 'libs/**/*.ts'].map((glob) => `--test-coverage-include=${glob}`),
  ...[
    '**/*.test.ts',
    '**/*.testing.ts',
    '**/testing/**',
    '**/testing.ts',
    '**/test-kit.ts',
    '**/fixtures/**',
    '**/e2e/**',
    '**/.*',
    '**/node_modules/**',
  ].map((glob) => `--test-coverage-exclude=${glob}`),
];

function nodeArguments(job: TestJob, lcovPath: string | undefined): readonly string[] {
  return [
    '--test',
    '--test-isolation=none',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(lcovPath === undefined
      ? []
      : [...coverageArguments, '--test-reporter=lcov', `--test-reporter-destination=${lcovPath}`]),
    ...job.files,
  ];
}

export function startTestProcess(
  job: TestJob,
  { env, lcovPath, onLine, silenceLimitMs = SILENCE_LIMIT_MS }: LaunchOptions,
): TestProcess {
  const reader = createOutputReader();
  // A group of its own, so that whatever the tests start can be ended with it.
  const child = spawn(process.execPath, nodeArguments(job, lcovPath), {
    cwd: repositoryRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is empty: all have ended.
    }
  };

  let killTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup('SIGTERM');
    killTimer ??= setTimeout(() => signalGroup('SIGKILL'), STOP_LIMIT_MS);
  };

  let wasSilent = false;
  const silence = setTimeout(() => {
    wasSilent = true;
    end();
  }, silenceLimitMs);
  createInterface({ input: child.stdout }).on('line', (line) => {
    silence.refresh();
    const shown = reader.take(line);
    if (shown !== undefined) onLine(shown);
  });
  createInterface({ input: child.stderr }).on('line', onLine);

  let hasEnded = false;
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  const done = closed.then((): JobOutcome => {
    hasEnded = true;
    clearTimeout(silence);
    clearTimeout(killTimer);
    const counts = reader.counts();
    const { exitCode, signalCode } = child;
    const how = signalCode ?? `exit code ${String(exitCode)}`;
    // Servers a test left behind would outlive the run.
    signalGroup('SIGKILL');
    if (wasSilent)
      return {
        counts: counts ?? unknownCounts,
        fault: `${job.name}: did not end after its last test: a server, timer or connection was left open`,
      };
    if (counts === undefined) return { counts: unknownCounts, fault: `${job.name}: ended by ${how} before its report` };
    if (exitCode !== 0 && counts.failed === 0)
      return { counts, fault: `${job.name}: no test failed, but it ended by ${how}` };
    return { counts };
  });

  const stop = async (): Promise<void> => {
    if (hasEnded) return;
    end();
    await done;
  };
  return { done, stop };
}
