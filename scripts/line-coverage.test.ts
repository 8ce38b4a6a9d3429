import assert from 'node:assert/strict';
import { test } from 'node:test';

import { judgeCoverage, leastCovered, mergeLcov, thresholds, toLcov } from './line-coverage.ts';

const report = (path: string, ...counts: readonly number[]): string =>
  ['TN:', `SF:${path}`, ...counts.map((count, index) => `DA:${index + 1},${count}`), 'end_of_record', ''].join('\n');

test('a line that any process ran is covered', () => {
  const hits = mergeLcov([report('a.ts', 1, 0, 0) + report('b.ts', 0), report('a.ts', 2, 3, 0)]);
  assert.deepEqual(
    [...(hits.get('a.ts') ?? [])],
    [
      [1, 3],
      [2, 3],
      [3, 0],
    ],
  );
  assert.deepEqual(mergeLcov([toLcov(hits)]), hits);
  assert.match(toLcov(hits), /SF:a\.ts\nDA:1,3\nDA:2,3\nDA:3,0\nLF:3\nLH:2\nend_of_record/);
});

test('the house asks for 80 % of its lines and 95 % of the rules of the lab', () => {
  assert.deepEqual(
    thresholds.map(({ leastPercent }) => leastPercent),
    [80, 95],
  );
  const of = (covered: number, lines: number): readonly number[] =>
    Array.from({ length: lines }, (_, index) => (index < covered ? 1 : 0));
  const verdict = (rule: number, rest: number) =>
    judgeCoverage(
      mergeLcov([
        report('server/services/result/domain/flags.ts', ...of(rule, 100)),
        report('server/a.ts', ...of(rest, 900)),
      ]),
    );
  assert.equal(verdict(95, 705).isEnough, true);
  assert.equal(verdict(94, 900).isEnough, false);
  assert.match(
    verdict(94, 900).summary[1] ?? '',
    /^lines of domain rules: 94\.00 % \(94 of 100\), at least 95 %: TOO FEW$/,
  );
  assert.equal(verdict(100, 699).isEnough, false);
  assert.equal(judgeCoverage(mergeLcov([''])).isEnough, false);
});

test('the files with most lines not run come first', () => {
  const hits = mergeLcov([report('a.ts', 1, 0) + report('b.ts', 0, 0, 0) + report('c.ts', 1)]);
  assert.deepEqual(
    leastCovered(hits, 5).map((line) => line.split('  ').at(-1)),
    ['b.ts', 'a.ts'],
  );
});
