// Which test files run, and in how many processes. A process for each file costs far more than the tests in it, so files
// share one unless their name asks for isolation.
import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';

import { ourFiles, repositoryRoot } from './repository.ts';

export interface TestJob {
  readonly name: string;
  /** Relative to the checkout, with `/`. */
  readonly files: readonly string[];
}

/** `default` leaves out what starts whole installations, kills them, needs a browser, or first makes 150,000 results. */
export type Suite = 'default' | 'split' | 'kill' | 'browser' | 'large';

export function suiteOf(path: string): Suite {
  const suffix = /\.(split|kill|browser|large)\.test\.ts$/.exec(path)?.[1];
  return suffix === 'split' || suffix === 'kill' || suffix === 'browser' || suffix === 'large' ? suffix : 'default';
}

/** Files that start processes of their own, take over signals or hold the process up; in a process of their own they harm no one. */
export function needsIsolation(path: string): boolean {
  return suiteOf(path) !== 'default' || /(\.isolated|\/embedded)\.test\.ts$/.test(path);
}

export function testFiles(suite: Suite): readonly string[] {
  return ourFiles().filter((path) => path.endsWith('.test.ts') && suiteOf(path) === suite);
}

/**
 * The files someone asked for, whichever suite they belong to.
 * @throws Error naming the first that is not a test file of this checkout
 */
export function askedFiles(
  asked: readonly string[],
  known: readonly string[] = ourFiles(),
  from: string = process.cwd(),
): readonly string[] {
  return asked.map((argument) => {
    const path = relative(repositoryRoot, resolve(from, argument)).split(sep).join('/');
    if (!path.endsWith('.test.ts') || !known.includes(path))
      throw new Error(`${argument} is not a test file of this checkout`);
    return path;
  });
}

/** How long a file may take, roughly: tests over a lab are slow, the rest goes by size. */
function weightOf(path: string): number {
  return statSync(resolve(repositoryRoot, path)).size * (path.endsWith('.api.test.ts') ? 8 : 1);
}

/** Shares the files out over `processes` jobs of about the same weight, and gives those that need it a job of their own. */
export function planJobs(
  files: readonly string[],
  processes: number,
  weigh: (path: string) => number = weightOf,
): readonly TestJob[] {
  const shares = Array.from({ length: processes }, () => ({ files: [] as string[], weight: 0 }));
  const together = files.filter((path) => !needsIsolation(path)).map((path) => ({ path, weight: weigh(path) }));
  for (const { path, weight } of together.toSorted((a, b) => b.weight - a.weight)) {
    const lightest = shares.reduce((least, share) => (share.weight < least.weight ? share : least));
    lightest.files.push(path);
    lightest.weight += weight;
  }
  const shared = shares.filter((share) => share.files.length > 0);
  return [
    ...shared.map((share, index) => ({
      name: `shared ${index + 1} of ${shared.length}`,
      files: share.files.toSorted(),
    })),
    ...files.filter(needsIsolation).map((path) => ({ name: path, files: [path] })),
  ];
}
