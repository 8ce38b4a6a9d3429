// Adds up the lcov reports of several processes and holds the sum against the least the house accepts.

/** Hits by line number (from 1) by file. */
export type LineHits = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** A line counts as covered when any of the reports saw it run. */
export function mergeLcov(reports: readonly string[]): LineHits {
  const files = new Map<string, Map<number, number>>();
  for (const report of reports) {
    let lines = new Map<number, number>();
    for (const record of report.split('\n')) {
      if (record.startsWith('SF:')) {
        const path = record.slice(3).replaceAll('\\', '/');
        lines = files.get(path) ?? new Map<number, number>();
        files.set(path, lines);
      }
      const line = /^DA:(\d+),(\d+)/.exec(record);
      if (line) lines.set(Number(line[1]), (lines.get(Number(line[1])) ?? 0) + Number(line[2]));
    }
  }
  return files;
}

export function toLcov(hits: LineHits): string {
  const records: string[] = [];
  for (const [path, lines] of [...hits].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    records.push('TN:', `SF:${path}`);
    for (const [line, count] of [...lines].toSorted(([a], [b]) => a - b)) records.push(`DA:${line},${count}`);
    records.push(`LF:${lines.size}`, `LH:${[...lines.values()].filter((count) => count > 0).length}`, 'end_of_record');
  }
  return `${records.join('\n')}\n`;
}

export interface Share {
  readonly lines: number;
  readonly covered: number;
  /** 0–100; 100 when there is no line at all. */
  readonly percent: number;
}

export function coverageOf(hits: LineHits, counts: (path: string) => boolean): Share {
  let lines = 0;
  let covered = 0;
  for (const [path, ofFile] of hits) {
    if (!counts(path)) continue;
    for (const count of ofFile.values()) {
      lines += 1;
      if (count > 0) covered += 1;
    }
  }
  return { lines, covered, percent: lines === 0 ? 100 : (100 * covered) / lines };
}

export interface Threshold {
  readonly what: string;
  readonly leastPercent: number;
  readonly counts: (path: string) => boolean;
}

/** Rules of the lab are tested more closely than the rest: they decide what a doctor reads. */
export const thresholds: readonly Threshold[] = [
  { what: 'server and libs', leastPercent: 80, counts: () => true },
  { what: 'domain rules', leastPercent: 95, counts: (path) => path.includes('/domain/') },
];

export interface CoverageVerdict {
  readonly isEnough: boolean;
  readonly summary: readonly string[];
}

export function judgeCoverage(hits: LineHits, least: readonly Threshold[] = thresholds): CoverageVerdict {
  const rows = least.map(({ what, leastPercent, counts }) => ({ what, leastPercent, ...coverageOf(hits, counts) }));
  return {
    // A run that measured nothing has proved nothing.
    isEnough: hits.size > 0 && rows.every(({ percent, leastPercent }) => percent >= leastPercent),
    summary: rows.map(
      ({ what, leastPercent, lines, covered, percent }) =>
        `lines of ${what}: ${percent.toFixed(2)} % (${covered} of ${lines}), at least ${leastPercent} %${percent < leastPercent ? ': TOO FEW' : ''}`,
    ),
  };
}

/** The files with the most lines that no test ran, worst first: where a test helps most. */
export function leastCovered(hits: LineHits, count: number): readonly string[] {
  return [...hits.keys()]
    .map((path) => ({ path, ...coverageOf(hits, (other) => other === path) }))
    .filter(({ lines, covered }) => covered < lines)
    .toSorted((a, b) => b.lines - b.covered - (a.lines - a.covered))
    .slice(0, count)
    .map(
      ({ path, lines, covered, percent }) =>
        `${String(lines - covered).padStart(5)} lines not run, ${percent.toFixed(0).padStart(3)} %  ${path}`,
    );
}
