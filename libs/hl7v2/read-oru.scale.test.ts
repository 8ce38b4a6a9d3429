// The cost of reading grows with the message, not with its square: five megabytes of bare OBR once held a server for minutes.
// Counted as the ratio of two sizes in processor time, the best of several runs each, so that neither the speed of the
// machine nor what else it does plays a part.
import assert from 'node:assert/strict';
import process from 'node:process';
import { test } from 'node:test';

import { parseMessage, readOru } from './index.ts';

const SMALL = 4000;
/** Ten times the segments cost about ten times the work; anything looked up by place would cost a hundred times. */
const TIMES = 10;
const ALLOWED = 45;

const repeat = (segment: string, count: number): string => `${segment}\r`.repeat(count);
const shapes: Readonly<Record<string, { readonly type: string; readonly body: (count: number) => string }>> = {
  'orders without results': { type: 'ORU^R01', body: (count) => repeat('OBR|1||X', count) },
  'an order for each result': {
    type: 'ORU^R01',
    body: (count) => repeat('OBR|1||X\rOBX|1|NM|HGB||13|g/dL|||||F', count),
  },
  'results of one order': {
    type: 'ORU^R01',
    body: (count) => `OBR|1||X\r${repeat('OBX|1|NM|HGB||13|g/dL|||||F', count)}`,
  },
  'specimens of one order': { type: 'ORU^R01', body: (count) => `OBR|1||X\r${repeat('SPM|1|X', count)}` },
  'orders of one specimen that was described at length': {
    type: 'OUL^R22',
    body: (count) => `SPM|1|X\r${repeat('OBX|1|ST|HIL||1||||||F', count)}${repeat('OBR|1', count)}`,
  },
  'orders of one specimen in many containers': {
    type: 'OUL^R22',
    body: (count) => `SPM|1|X\r${repeat('SAC|||X', count)}${repeat('OBR|1', count)}`,
  },
  'orders of one specimen with many reagents': {
    type: 'OUL^R22',
    body: (count) => `SPM|1|X\r${repeat('INV|R1|OK|CO', count)}${repeat('OBR|1', count)}`,
  },
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

for (const [name, { type, body }] of Object.entries(shapes)) {
  test(`reading takes time in line with size: ${name}`, () => {
    const bytesOf = (count: number) => Buffer.from(`MSH|^~\\&|X||||||${type}|1|P|2.5.1\r${body(count)}`);
    const [small, large] = [bytesOf(SMALL), bytesOf(SMALL * TIMES)];
    const read = (bytes: Uint8Array) => readOru(parseMessage(bytes));
    assert.ok(read(small).groups.length > 0);
    const [of, against] = [best(8, () => read(small)), best(4, () => read(large))];
    assert.ok(against < of * ALLOWED, `${TIMES} times the segments took ${(against / of).toFixed(0)} times as long`);
  });
}

test('of a specimen in more containers than can be, the first hundred ids are offered to each order', () => {
  const oru = readOru(
    parseMessage(Buffer.from(`MSH|^~\\&|X||||||OUL^R22|1|P|2.5.1\rSPM|1|S-1\r${repeat('SAC|||C-1', 300)}OBR|1||F-1`)),
  );
  const sources = oru.groups[0]?.specimenIds.map(({ source }) => source);
  assert.deepEqual([sources?.length, sources?.[0], sources?.[1], sources?.at(-1)], [101, 'SPM-2.1', 'SAC-3', 'OBR-3']);
});

test('OBR-15.7 is given with its order', () => {
  const oru = readOru(
    parseMessage(Buffer.from('MSH|^~\\&|X||||||ORU^R01|1|P|2.5.1\rOBR|1||A||||||||||||ORH^^^^^^Q\rOBR|2||B')),
  );
  assert.deepEqual(
    oru.groups.map(({ sourceRole }) => sourceRole),
    ['Q', ''],
  );
});
