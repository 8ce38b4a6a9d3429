// Damaged traffic for the frame decoder, the session and the record reader. In the suite 50,000 inputs; for a night:
//   node libs/astm/fuzz.testing.ts --count 1000000 [--seed 7]
// The seed is printed; the same seed and count give the same inputs.
import assert from 'node:assert/strict';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildFrames } from './build.ts';
import { AstmError } from './errors.ts';
import { createFrameDecoder } from './frame.ts';
import { randomFrom } from './line-simulation.testing.ts';
import { parseAstm } from './records.ts';
import { readAstmResults } from './results.ts';
import { startBench } from './test-kit.ts';
import type { Bench } from './test-kit.ts';
import { isOfType, readFields } from './typed.ts';
import { writeAstm } from './write.ts';

const LIMIT = 2000;
const alphabet = [2, 3, 4, 5, 6, 0x15, 0x17, 10, 13, 0, 0x7c, 0x5c, 0x5e, 0x26, 0x48, 0x4c, 0xff, 0xc3];
const seeds = [
  '\x05\x021H|\\^&\rP|1\rO|1|S1||^^^A\rR|1|^^^A|1|g/L\rL|1|N\r\x03C5\r\n\x04',
  '\x05\x021H|\\^&\r\x03E5\r\n\x022L|1|N\r\x0305\r\n\x04',
  'H|`^&||||||||||P\rQ|1|^1`2`3|||S\rL|1|N\r',
  'H|\\!~|||DxH\rR|1|!!!WBC!33256-9|146!  H \rC|1|I|&X0D&\rL|1\r',
  'H|\\^&\nO|1||1^2^  77^B|^^^^WBC\nR|1|^^^^WBC^1|7.1|10*3/uL\nM|1|RR\nL|1\n',
];

export interface FuzzReport {
  readonly inputs: number;
  readonly frames: number;
  readonly messages: number;
  readonly stored: number;
  readonly refused: number;
}

function makeInput(random: (below: number) => number): Uint8Array {
  const bytes = [...Buffer.from(seeds[random(seeds.length)] ?? '', 'latin1')];
  if (random(4) === 0) bytes.push(...Buffer.from(seeds[random(seeds.length)] ?? '', 'latin1'));
  for (let edit = random(6); edit >= 0; edit -= 1) {
    const byte = random(2) === 0 ? random(256) : (alphabet[random(alphabet.length)] ?? 0);
    bytes.splice(random(bytes.length), random(4), ...(random(3) === 0 ? [] : [byte]));
  }
  return Uint8Array.from(bytes);
}

function feed(bench: Bench, bytes: Uint8Array, sizeOf: () => number): void {
  for (let at = 0; at < bytes.length;) {
    const size = sizeOf();
    bench.session.receive(bytes.subarray(at, at + size));
    at += size;
  }
  bench.session.close();
}

/** @throws AssertionError when a promise is broken; whatever else comes out is a fault too */
export function fuzz(count: number, seed: number): FuzzReport {
  const random = randomFrom(seed);
  const report = { inputs: count, frames: 0, messages: 0, stored: 0, refused: 0 };
  for (let input = 0; input < count; input += 1) {
    const place = `seed ${seed}, input ${input}`;
    const bytes = makeInput(random);
    const read = parseAstm(bytes);
    report.messages += read.messages.length;
    for (const message of read.messages) {
      readAstmResults(message);
      for (const record of message.records) if (isOfType(record, 'P') || isOfType(record, 'R')) readFields(record);
    }
    if (!read.isFramed) assert.deepEqual(Buffer.from(writeAstm(read)), Buffer.from(bytes), place);
    for (const token of createFrameDecoder({ maxFrameBytes: LIMIT }).push(bytes)) {
      if (token.kind !== 'frame') continue;
      report.frames += 1;
      assert.ok(token.frame.raw.length <= LIMIT, place);
    }
    const options = { maxMessageBytes: LIMIT, maxPendingStores: 4, maxQueuedSends: 2 };
    const [whole, cut] = [startBench(options), startBench(options)];
    feed(whole, bytes, () => bytes.length);
    feed(cut, bytes, () => 1 + random(9));
    assert.deepEqual(cut.stored(), whole.stored(), place);
    assert.deepEqual(cut.partials(), whole.partials(), place);
    for (const text of whole.stored()) assert.match(text, /^H[^A-Za-z0-9][^]*\rL[^\r]*\r$/, place);
    report.stored += whole.stored().length;
    try {
      buildFrames(bytes, 240, 'packed');
    } catch (error) {
      assert.ok(error instanceof AstmError, `${place}: ${String(error)}`);
      report.refused += 1;
    }
  }
  return report;
}

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { count: text, seed: text } });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  process.stdout.write(`${JSON.stringify(fuzz(Number((values.count ?? '50000').replaceAll(',', '')), seed))}\n`);
}
