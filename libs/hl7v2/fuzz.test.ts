// 50,000 damaged inputs: the parser may refuse them, but only by an Hl7Error, and reading what it took may not throw at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFiles } from './corpus.testing.ts';
import {
  acknowledgementMode,
  buildAck,
  checkOru,
  editMessage,
  Hl7Error,
  parseMessage,
  readBatch,
  readOru,
  serialise,
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

test('50,000 damaged messages: only Hl7Error, and no OBX lost', () => {
  const random = randomFrom(20_260_131);
  const sources = [...seeds, ...sampleFiles().map((file) => file.bytes)];
  let taken = 0;
  for (let run = 0; run < 50_000; run += 1) {
    const source = sources[run % 2 === 0 ? random(seeds.length) : random(sources.length)];
    const bytes = damage(source ?? Buffer.alloc(0), random);
    onlyHl7Error(() => {
      const batch = readBatch(bytes);
      const message = parseMessage(batch.messages[0] ?? bytes);
      taken += 1;
      checkTaken(message);
    });
  }
  assert.ok(taken > 20_000, `${String(taken)} taken`);
});

function checkTaken(message: ReturnType<typeof parseMessage>): void {
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
    parseMessage(serialise(message));
  } catch (error) {
    assert.fail(`reading threw ${String(error)} on ${JSON.stringify(message.raw)}`);
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
