// Damaged inputs by the number: the parser may refuse them, but only by an Hl7Error, and reading what it took may not throw at
// all. `npm run fuzz` runs a million with a new seed; `node fuzz.testing.ts 1000 SEED` repeats a run.
import assert from 'node:assert/strict';
import process from 'node:process';
import { sampleFiles } from './corpus.testing.ts';
import {
  acknowledgementMode,
  buildAck,
  checkOru,
  createMessageSplitter,
  editMessage,
  Hl7Error,
  messageTypes,
  oruR01,
  parseFile,
  parseMessage,
  readOru,
  serialise,
  wireForm,
} from './index.ts';

const seeds = [
  'MSH|^~\\&|A|B|C|D|20260131||ORU^R01^ORU_R01|1|P|2.5.1|||AL|NE||8859/1\rPID|1||A^^^L&1&ISO^MR\rOBR|1|P|F|T^x^L\rOBX|1|SN|G^g||>^1\\F\\~\\X0D\\|u||H~L|||F\rNTE|1||\\.br\\\r',
  'FHS|^~\\&|A\rBHS|^~\\&|A\rMSH|^~\\&#|A|||||||1\rBTS|1\rFTS|1\r',
  'MSH|^~\\&|A||||||OUL^R22|1|P|2.4\nSPM|1|a&b^c\nSAC|||x\nOBR|1\nORC|SC\nOBX|1|ED|I||^Image^PNG^Base64^QQ==\n',
].map((text) => Buffer.from(text));

// Own generator: the run is the same everywhere, and faster than a property library at this number.
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pool = Buffer.from('MSHPIDOBX|^~\\&#\r\n"\u000b\u001c$%09AX.');

function damage(source: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = [...source.subarray(0, 600)];
  const times = 1 + random(8);
  for (let i = 0; i < times; i += 1) {
    const at = random(bytes.length + 1);
    const byte = random(3) === 0 ? random(256) : (pool[random(pool.length)] ?? 0);
    switch (random(5)) {
      case 0:
        bytes.splice(at, 1 + random(12));
        break;
      case 1:
        bytes.splice(at, 0, byte);
        break;
      case 2:
        bytes.splice(at, 0, ...bytes.slice(random(bytes.length + 1)).slice(0, random(40)));
        break;
      case 3:
        bytes.length = at;
        break;
      default:
        bytes[at] = byte;
    }
  }
  return Uint8Array.from(bytes, (byte) => byte ?? 0);
}

function onlyHl7Error(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
  }
}

/** Of inputs no longer than 700 bytes; a parser that grows with them keeps to this. */
const MAX_MESSAGES = 100;
/** For one input. A busy machine stalls a run for some hundred milliseconds; a loop that does not end would show as minutes. */
const MAX_INPUT_MS = 5000;

export interface FuzzOutcome {
  readonly taken: number;
  readonly refused: number;
  readonly slowestMs: number;
}

/** Same seed and sources, same inputs. Throws on the first fault, with the input. */
export function fuzz(runs: number, seed: number): FuzzOutcome {
  const random = randomFrom(seed);
  const sources = [...seeds, ...sampleFiles().map((file) => file.bytes)];
  let taken = 0;
  let refused = 0;
  let slowestMs = 0;
  for (let run = 0; run < runs; run += 1) {
    const source = sources[run % 2 === 0 ? random(seeds.length) : random(sources.length)];
    const bytes = damage(source ?? Buffer.alloc(0), random);
    const startedAt = performance.now();
    try {
      const file = parseFile(bytes);
      assert.equal(serialise(file), bytes);
      assert.ok(file.messages.length <= MAX_MESSAGES);
      for (const message of file.messages) checkTaken(message, run);
      taken += 1;
    } catch (error) {
      if (!(error instanceof Hl7Error))
        throw new Error(`run ${String(run)} of seed ${String(seed)}: ${hexOf(bytes)}`, { cause: error });
      refused += 1;
    }
    split(bytes, 1 + random(9));
    const tookMs = performance.now() - startedAt;
    slowestMs = Math.max(slowestMs, tookMs);
    assert.ok(tookMs < MAX_INPUT_MS, `run ${String(run)} hangs: ${hexOf(bytes)}`);
  }
  return { taken, refused, slowestMs };
}

function split(bytes: Uint8Array, size: number): void {
  const splitter = createMessageSplitter({ onMessage: () => undefined, maxBytes: 200 });
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  splitter.end();
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function checkTaken(message: ReturnType<typeof parseMessage>, run: number): void {
  try {
    for (const segment of message.segments) {
      for (let field = 0; field <= segment.fieldCount; field += 1) {
        segment.text(field);
        segment.plain(field);
      }
    }
    const oru = readOru(message);
    const found = oru.groups.flatMap((g) => [...g.observations, ...g.specimens.flatMap((s) => s.observations)]);
    assert.equal(new Set(found.map((o) => o.location)).size, message.all('OBX').length);
    checkOru(message);
    acknowledgementMode(message);
    assert.deepEqual(Buffer.from(editMessage(message).toBytes()), Buffer.from(message.bytes));
    parseMessage(wireForm(message));
    // Any structure may be tried on any message.
    const type = messageTypes[run % messageTypes.length] ?? oruR01;
    type.read(message);
    type.validate(message);
  } catch (error) {
    throw new Error(`reading threw on ${JSON.stringify(message.raw)}`, { cause: error });
  }
  // A reply may be impossible (a control id that holds an MLLP byte), but then by name.
  onlyHl7Error(() =>
    buildAck(message, {
      code: 'AE',
      controlId: '1',
      now: new Date(0),
      errors: [{ location: 'OBX[2]-5', code: '102' }],
    }),
  );
}

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? 1_000_000);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
  process.stdout.write(`${String(runs)} inputs, seed ${String(seed)}\n`);
  const { taken, refused, slowestMs } = fuzz(runs, seed);
  process.stdout.write(
    `${String(taken)} taken, ${String(refused)} refused by name, slowest ${slowestMs.toFixed(1)} ms\n`,
  );
}
