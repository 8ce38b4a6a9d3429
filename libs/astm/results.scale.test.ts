// The cost of reading grows with the message, not with its square. Counted as the ratio of two sizes in processor time (a busy machine
// does not count), the best of several runs.
import assert from 'node:assert/strict';
import process from 'node:process';
import { test } from 'node:test';

import { parseAstm, readAstmResults } from './index.ts';

const SMALL = 4000;
const TIMES = 10;
const ALLOWED = 45;

const shapes: Readonly<Record<string, (count: number) => string>> = {
  'orders without results': (count) => `H|\\^&|||X\r${'O|1|T\r'.repeat(count)}L|1|N\r`,
  'results of one order': (count) => `H|\\^&|||X\rO|1|T\r${'R|1|^^^HGB|13|g/dL||N||F\r'.repeat(count)}L|1|N\r`,
  'comments of one result': (count) => `H|\\^&|||X\rO|1|T\rR|1|^^^HGB|13\r${'C|1|I|a|G\r'.repeat(count)}L|1|N\r`,
  'orders under a long header': (count) => `H|\\^&|||${'X^'.repeat(count * 2)}\r${'O|1|T\r'.repeat(count)}L|1|N\r`,
};

function best(runs: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    least = Math.min(least, used.user + used.system);
  }
  return least;
}

for (const [name, textOf] of Object.entries(shapes)) {
  test(`reading takes time in line with size: ${name}`, () => {
    const [small, large] = [Buffer.from(textOf(SMALL)), Buffer.from(textOf(SMALL * TIMES))];
    const read = (bytes: Uint8Array) => parseAstm(bytes).messages.map((message) => readAstmResults(message));
    assert.ok(read(small)[0]?.specimens.length);
    const [of, against] = [best(8, () => read(small)), best(4, () => read(large))];
    assert.ok(against < of * ALLOWED, `${TIMES} times the records took ${(against / of).toFixed(0)} times as long`);
  });
}
