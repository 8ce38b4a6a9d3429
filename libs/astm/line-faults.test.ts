// Two machines and a bad line: every message is stored exactly once, or its sender is told that it may not have been.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom, simulate } from './line-simulation.testing.ts';
import type { Outcome, Plan, Side } from './line-simulation.testing.ts';

const sides = ['instrument', 'host'] as const;
// Letters whose bits are one flip from STX, ETX, EOT, ENQ: B C D E.
const message = (name: string): readonly string[] => [
  'H|\\^&|||ABCDE',
  `O|1|${name}||^^^BCD05`,
  'R|1|^^^CDE|140|mmol/L||N',
  `C|1|I|ABCDEF ${name}`,
  'L|1|N',
];
const textOf = (records: readonly string[]): string => records.map((record) => `${record}\r`).join('');
const other = (side: Side): Side => (side === 'host' ? 'instrument' : 'host');

/** What may hold for a line with any faults that a sum and an answer can tell. */
function check(plan: Plan, outcome: Outcome, story: string): void {
  assert.ok(outcome.isAtRest, `${story}: not at rest after ${outcome.endedAtMs} ms`);
  for (const side of sides) {
    const wanted = plan.messages[side].map(textOf);
    const got = outcome.stored[other(side)];
    for (const text of got) assert.ok(wanted.includes(text), `${story}: stored what was not sent: ${text}`);
    for (const [number, text] of wanted.entries()) {
      const times = got.filter((each) => each === text).length;
      const told = outcome.told.get(`${side} ${number}`);
      assert.ok(told !== undefined, `${story}: message ${number} of ${side} has no outcome`);
      assert.ok(times <= 1, `${story}: message ${number} of ${side} is stored ${times} times`);
      if (told === 'sent') assert.equal(times, 1, `${story}: message ${number} of ${side} is lost and was told sent`);
      // A failure that says "did not arrive" must be true, or sending it again would double it.
      else if (told !== 'astm.unconfirmed')
        assert.equal(times, 0, `${story}: ${told}, but message ${number} of ${side} is stored`);
    }
  }
}

const loads: readonly Plan['messages'][] = [
  { instrument: [message('A1'), message('A2')], host: [] },
  { instrument: [message('A1')], host: [message('B1')] },
];
const shapes = [
  { packing: 'record' },
  { packing: 'packed', frameTextLimit: 30 },
  { packing: 'packed', frameTextLimit: 500 },
] as const;

/** Bytes of the transmissions of a run without faults. */
function listen(plan: Omit<Plan, 'carry'>): readonly Uint8Array[] {
  const heard: Uint8Array[] = [];
  simulate({ ...plan, carry: (bytes) => (heard.push(bytes), [bytes]) });
  return heard;
}

/** Runs the plan once for every fault of every transmission. */
function everyFault(faults: (bytes: Uint8Array) => Iterable<readonly [string, readonly Uint8Array[]]>): number {
  let runs = 0;
  for (const base of shapes.flatMap((options) => loads.map((messages) => ({ options, messages })))) {
    for (const [place, clean] of listen(base).entries()) {
      for (const [name, pieces] of faults(clean)) {
        const plan = { ...base, carry: (bytes: Uint8Array, index: number) => (index === place ? pieces : [bytes]) };
        check(plan, simulate(plan), `${base.options.packing}, transmission ${place}, ${name}`);
        runs += 1;
      }
    }
  }
  return runs;
}

test('a clean line: every message arrives once, both ways, with contention', () => {
  const plan: Plan = {
    messages: { instrument: [message('A1'), message('A2')], host: [message('B1'), message('B2')] },
    carry: (bytes) => [bytes],
  };
  const outcome = simulate(plan);
  check(plan, outcome, 'clean');
  assert.deepEqual([...outcome.told.values()], ['sent', 'sent', 'sent', 'sent']);
});

test('every bit of every byte flipped once', (t) => {
  const runs = everyFault(function* flips(bytes) {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const copy = Uint8Array.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      yield [`bit ${bit}`, [copy]];
    }
  });
  t.diagnostic(`${runs} runs`);
  assert.ok(runs > 5000);
});

test('cut off at every byte, held up at every byte, doubled, swallowed, with noise around it', (t) => {
  const noise = Uint8Array.of(0x7a, 0x00, 0xff, 0x0d, 0x0a);
  const runs = everyFault(function* cuts(bytes) {
    for (let at = 0; at < bytes.length; at += 1) {
      yield [`cut at ${at}`, [bytes.subarray(0, at)]];
      yield [`begun at ${at}`, [bytes.subarray(at)]];
      yield [`in two at ${at}`, [bytes.subarray(0, at), bytes.subarray(at)]];
    }
    yield ['byte by byte', Array.from(bytes, (byte) => Uint8Array.of(byte))];
    yield ['twice', [bytes, bytes]];
    yield ['not at all', []];
    yield ['noise before', [noise, bytes]];
    yield ['noise behind', [bytes, noise]];
  });
  t.diagnostic(`${runs} runs`);
  assert.ok(runs > 1000);
});

const SEEDS = 3000;

test('a line that damages transmissions now and then, both sides sending, stores that are late or fail', (t) => {
  let arrived = 0;
  let failed = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomFrom(seed * 2_654_435_761);
    const rate = 10 + random(90);
    const plan: Plan = {
      messages: {
        instrument: Array.from({ length: random(4) }, (_, n) => message(`A${n}`)),
        host: Array.from({ length: random(3) }, (_, n) => message(`B${n}`)),
      },
      options: { ...shapes[random(shapes.length)], acceptUndressed: random(2) === 0 },
      latencyMs: 1 + random(50),
      storing: () => {
        const kind = random(12);
        if (kind === 0) return { after: random(13_000), isStored: true };
        return { after: random(20), isStored: kind !== 1 };
      },
      carry: (bytes) => {
        const copy = Uint8Array.from(bytes);
        const at = random(copy.length);
        switch (random(rate)) {
          case 0:
            copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
            return [copy];
          case 1:
            return [copy.subarray(0, at)];
          case 2:
            return [Uint8Array.of(0x7a, 0x00), copy, Uint8Array.of(0xff)];
          case 3:
            return [copy.subarray(0, at), copy.subarray(at)];
          default:
            return [copy];
        }
      },
    };
    const outcome = simulate(plan);
    check(plan, outcome, `seed ${seed}`);
    for (const each of outcome.told.values()) {
      if (each === 'sent') arrived += 1;
      else failed += 1;
    }
  }
  t.diagnostic(`${SEEDS} seeds: ${arrived} messages sent, ${failed} told failed`);
  assert.ok(arrived > SEEDS && failed > 100);
});
