// Reads what node's spec reporter writes: the closing counts, and the coverage tables, of which only the merged one is wanted.

export interface Counts {
  readonly tests: number;
  readonly passed: number;
  /** Failed or cancelled. */
  readonly failed: number;
  /** Skipped or marked as to do. */
  readonly skipped: number;
}

export const noCounts: Counts = { tests: 0, passed: 0, failed: 0, skipped: 0 };

const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Takes the output of one process line by line. */
export interface OutputReader {
  /** The line to show, or undefined when it is part of a coverage table. */
  readonly take: (line: string) => string | undefined;
  /** Undefined until node has closed its report, so a process that died early is never taken for a good one. */
  readonly counts: () => Counts | undefined;
}

export function createOutputReader(): OutputReader {
  const closing = new Map<string, number>();
  let isInCoverage = false;
  return {
    take: (line) => {
      const plain = line.replaceAll(colour, '');
      const count = /^ℹ (tests|pass|fail|cancelled|skipped|todo|duration_ms) (\d+(?:\.\d+)?)$/.exec(plain);
      if (count?.[1] !== undefined) closing.set(count[1], Number(count[2]));
      if (plain === 'ℹ start of coverage report') isInCoverage = true;
      if (!isInCoverage) return line;
      if (plain === 'ℹ end of coverage report') isInCoverage = false;
      return undefined;
    },
    counts: () => {
      if (!closing.has('duration_ms')) return undefined;
      const of = (name: string): number => closing.get(name) ?? 0;
      return {
        tests: of('tests'),
        passed: of('pass'),
        failed: of('fail') + of('cancelled'),
        skipped: of('skipped') + of('todo'),
      };
    },
  };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    tests: a.tests + b.tests,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** `12 passed, 0 failed`, and the skipped if there are any: the last line of a run. */
export function totalLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
