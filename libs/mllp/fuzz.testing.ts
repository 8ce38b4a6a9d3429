// Damaged traffic for the decoder. In the suite 50,000 inputs; for a night:
//   node libs/mllp/fuzz.testing.ts --count 1000000 [--seed 7]
// The seed is printed; the same seed and count give the same inputs.
import assert from 'node:assert/strict';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createMllpDecoder, frame, MllpError } from './index.ts';
import type { MllpEvent } from './index.ts';

const LIMIT = 200;
const alphabet = [0x0b, 0x1c, 0x0d, 0x0a, 0x4d, 0x53, 0x48, 0x46, 0x42, 0x06, 0x15, 0x00, 0x20, 0x7c];
const seeds = [
  '\u000bMSH|^~\\&|A\rPID|1\r\u001c\r',
  'MSH|a\u001c\r',
  '\u000b\u001c\r',
  'GET / HTTP/1.1\r\n',
  '\u000b\u0006\u001c\r',
  'FHS|BHS|',
];

export interface FuzzReport {
  readonly inputs: number;
  readonly blocks: number;
  readonly refused: number;
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function makeInput(random: (below: number) => number): Uint8Array {
  const bytes: number[] = [];
  for (let part = random(4); part >= 0; part -= 1)
    bytes.push(...Buffer.from(seeds[random(seeds.length)] ?? '', 'latin1'));
  for (let edit = random(6); edit > 0; edit -= 1) {
    const fresh = Array.from({ length: random(20) === 0 ? random(400) : random(3) }, () =>
      random(2) === 0 ? random(256) : (alphabet[random(alphabet.length)] ?? 0),
    );
    bytes.splice(random(bytes.length + 1), random(4), ...fresh);
  }
  return Uint8Array.from(bytes);
}

/** What an event carries, as one text, so that two runs are compared quickly. */
function spoken(event: MllpEvent): string {
  const bytes = 'bytes' in event ? Buffer.from(event.bytes).toString('latin1') : '';
  return `${event.kind} ${bytes}`;
}

/** @throws AssertionError when the decoder breaks a promise; whatever else it throws is a fault too */
export function fuzz(count: number, seed: number): FuzzReport {
  const random = randomFrom(seed);
  let blocks = 0;
  let refused = 0;
  for (let input = 0; input < count; input += 1) {
    const bytes = makeInput(random);
    const whole = createMllpDecoder({ maxBlockBytes: LIMIT });
    const events = [...whole.push(bytes), ...whole.end()];
    const cut = createMllpDecoder({ maxBlockBytes: LIMIT });
    const again: MllpEvent[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + random(9);
      again.push(...cut.push(bytes.subarray(at, at + size)));
      at += size;
    }
    again.push(...cut.end());
    assert.deepEqual(again.map(spoken), events.map(spoken), `seed ${seed}, input ${input}`);
    let told = 0;
    for (const event of events) {
      if (!('bytes' in event)) continue;
      told += event.bytes.length;
      assert.ok(event.bytes.length <= LIMIT, `seed ${seed}, input ${input}: ${event.kind} above the limit`);
      if (event.kind !== 'block') continue;
      blocks += 1;
      const round = createMllpDecoder().push(frame(event.bytes));
      assert.deepEqual(round.map(spoken), [spoken(event)], `seed ${seed}, input ${input}`);
    }
    assert.ok(told <= bytes.length, `seed ${seed}, input ${input}: more told than came`);
    try {
      frame(bytes);
    } catch (error) {
      assert.ok(error instanceof MllpError, String(error));
      refused += 1;
    }
  }
  return { inputs: count, blocks, refused };
}

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { count: text, seed: text } });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  process.stdout.write(`${JSON.stringify(fuzz(Number((values.count ?? '50000').replaceAll(',', '')), seed))}\n`);
}
