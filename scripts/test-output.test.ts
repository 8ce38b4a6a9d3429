import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addCounts, createOutputReader, totalLine } from './test-output.ts';

const closing = ['tests 7', 'suites 1', 'pass 3', 'fail 1', 'cancelled 1', 'skipped 2', 'todo 0', 'duration_ms 12.5'];

test('the closing lines are counted, cancelled tests as failed, also in colour', () => {
  for (const paint of [(line: string) => line, (line: string) => `\u001B[34m${line}\u001B[39m`]) {
    const reader = createOutputReader();
    for (const line of ['✔ ℹ pass 9 is only a name (1ms)', ...closing.map((text) => paint(`ℹ ${text}`))])
      assert.equal(reader.take(line), line);
    assert.deepEqual(reader.counts(), { tests: 7, passed: 3, failed: 2, skipped: 2 });
  }
});

test('a report that is not closed has no counts', () => {
  const reader = createOutputReader();
  for (const text of closing.slice(0, -1)) reader.take(`ℹ ${text}`);
  assert.equal(reader.counts(), undefined);
});

test('the coverage table of one process is not shown', () => {
  const reader = createOutputReader();
  const shown = ['before', 'ℹ start of coverage report', 'ℹ a.ts | 100', 'ℹ end of coverage report', 'after'].map(
    (line) => reader.take(line),
  );
  assert.deepEqual(shown, ['before', undefined, undefined, undefined, 'after']);
});

test('the total names the skipped only when there are some', () => {
  const one = { tests: 3, passed: 2, failed: 1, skipped: 0 };
  assert.equal(totalLine(one), '2 passed, 1 failed');
  assert.equal(
    totalLine(addCounts(one, { tests: 5, passed: 4, failed: 0, skipped: 1 })),
    '6 passed, 1 failed, 1 skipped',
  );
});
