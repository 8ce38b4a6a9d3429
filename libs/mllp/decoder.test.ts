import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createMllpDecoder, frame, MllpError } from './index.ts';
import type { MllpEvent } from './index.ts';

const V = '\u000b';
const F = '\u001c';

const spoken = (event: MllpEvent): string => {
  switch (event.kind) {
    case 'block':
      return `block ${Buffer.from(event.bytes).toString('latin1')}`;
    case 'junk':
      return `junk ${String(event.length)} ${Buffer.from(event.bytes).toString('latin1')}`;
    case 'abandoned':
      return `abandoned ${event.reason} ${Buffer.from(event.bytes).toString('latin1')}`;
    case 'tooLong':
      return `tooLong ${Buffer.from(event.bytes).toString('latin1')}`;
    case 'commit':
      return `commit ${String(event.isPositive)}`;
    default:
      return event.kind;
  }
};

/** Events of the bytes cut after each position given, and of the end of the stream. */
const decode = (bytes: Uint8Array, cuts: readonly number[], maxBlockBytes = 40): readonly string[] => {
  const decoder = createMllpDecoder({ maxBlockBytes });
  const events: MllpEvent[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    // The chunk is overwritten afterwards, as a reader that keeps one buffer would do.
    const chunk = bytes.slice(from, cut);
    events.push(...decoder.push(chunk));
    chunk.fill(0x2e);
    from = cut;
  }
  events.push(...decoder.end());
  return events.map(spoken);
};

const traffic: readonly (readonly [name: string, bytes: string, events: readonly string[]])[] = [
  ['one block', `${V}MSH|a${F}\r`, ['block MSH|a']],
  ['two in one packet', `${V}MSH|a${F}\r${V}MSH|b${F}\r`, ['block MSH|a', 'block MSH|b']],
  ['one and a half', `${V}MSH|a${F}\r${V}MSH|b`, ['block MSH|a', 'abandoned streamEnd MSH|b']],
  ['FS without CR', `${V}MSH|a${F}${V}MSH|b${F}`, ['block MSH|a', 'block MSH|b']],
  ['FS and LF', `${V}MSH|a${F}\n${V}MSH|b${F}\r\n`, ['block MSH|a', 'block MSH|b']],
  ['padding before VT', `\r\n\u0000 \t${V}MSH|a${F}\r`, ['block MSH|a']],
  ['junk before VT', `xyz ${V}MSH|a${F}\r`, ['junk 4 xyz ', 'block MSH|a']],
  ['VT missing', `MSH|a${F}\rMSH|b${F}\r\nFHS|c${F}\r`, ['block MSH|a', 'block MSH|b', 'block FHS|c']],
  ['almost a start', `MS${V}MSH|a${F}\rMSMSH|${V}${F}\r`, ['junk 2 MS', 'block MSH|a', 'junk 6 MSMSH|', 'keepAlive']],
  ['start after junk on its own line', `hello\rMSH|a${F}\r`, ['junk 6 hello\r', 'block MSH|a']],
  ['keep-alive', `${V}${F}\r${V}${F}\r${V}MSH|a${F}\r`, ['keepAlive', 'keepAlive', 'block MSH|a']],
  ['second VT', `${V}MSH|a${V}MSH|b${F}\r`, ['abandoned newStart MSH|a', 'block MSH|b']],
  ['VT twice', `${V}${V}MSH|b${F}\r`, ['abandoned newStart ', 'block MSH|b']],
  ['not HL7', 'GET / HTTP/1.1\r\n\r\n', ['junk 18 GET / HTTP/1.1\r\n\r\n']],
  ['commit bytes', `${V}\u0006${F}\r${V}\u0015${F}\r`, ['commit true', 'commit false']],
  ['too long', `${V}MSH|a${'x'.repeat(41)}${F}\r${V}MSH|b${F}\r`, [`tooLong MSH|a${'x'.repeat(35)}`, 'block MSH|b']],
  ['just not too long', `${V}${'x'.repeat(40)}${F}\r`, [`block ${'x'.repeat(40)}`]],
  ['too long, then a new start', `${V}${'x'.repeat(41)}${V}MSH|b${F}\r`, [`tooLong ${'x'.repeat(40)}`, 'block MSH|b']],
  ['end without CR', `${V}MSH|a${F}`, ['block MSH|a']],
  ['nothing', '', []],
];

test('awkward traffic, whole, byte by byte, and cut at every single place', () => {
  for (const [name, text, expected] of traffic) {
    const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
    assert.deepEqual(decode(bytes, []), expected, name);
    assert.deepEqual(
      decode(
        bytes,
        Array.from(bytes, (_, i) => i),
      ),
      expected,
      `${name}, byte by byte`,
    );
    for (let cut = 0; cut <= bytes.length; cut += 1)
      assert.deepEqual(decode(bytes, [cut]), expected, `${name}, cut at ${String(cut)}`);
  }
});

test('any chunking of any bytes gives the same events', () => {
  const bytes = fc.array(
    fc.constantFrom(0x0b, 0x1c, 0x0d, 0x0a, 0x4d, 0x53, 0x48, 0x46, 0x42, 0x06, 0x00, 0x20, 0x78),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(120), { maxLength: 20 }), (list, places) => {
      const whole = Uint8Array.from(list);
      const cuts = places.filter((place) => place <= whole.length).sort((a, b) => a - b);
      assert.deepEqual(decode(whole, cuts, 12), decode(whole, [], 12));
    }),
    { numRuns: 5000 },
  );
});

test('framed payloads come back, in order, whatever is between them', () => {
  const payload = fc
    .uint8Array({ minLength: 2, maxLength: 60 })
    .map((bytes) => bytes.map((byte) => (byte === 0x0b || byte === 0x1c ? 0x41 : byte)));
  const padding = fc.constantFrom('', '\r', '\n', '\r\n', ' \u0000');
  fc.assert(
    fc.property(fc.array(fc.tuple(payload, padding), { maxLength: 6 }), (items) => {
      const decoder = createMllpDecoder();
      const events = decoder.push(Buffer.concat(items.flatMap(([bytes, pad]) => [frame(bytes), Buffer.from(pad)])));
      assert.deepEqual(
        events.map((e) => (e.kind === 'block' ? [...e.bytes] : e.kind)),
        items.map(([bytes]) => [...bytes]),
      );
    }),
  );
});

test('endless junk is told in pieces and not kept', () => {
  const decoder = createMllpDecoder();
  const events = decoder.push(Buffer.alloc(10_000, 'x'));
  assert.deepEqual(
    events.map((e) => (e.kind === 'junk' ? [e.length, e.bytes.length] : e.kind)),
    [
      [4096, 64],
      [4096, 64],
    ],
  );
  assert.deepEqual(
    decoder.end().map((e) => (e.kind === 'junk' ? e.length : e.kind)),
    [1808],
  );
});

test('a block of 10 MB comes through in small pieces, one of 20 MB is refused before it is whole', () => {
  const large = Buffer.alloc(10_000_000, 'x');
  const decoder = createMllpDecoder();
  const events: MllpEvent[] = [];
  const block = frame(large);
  for (let at = 0; at < block.length; at += 100) events.push(...decoder.push(block.subarray(at, at + 100)));
  assert.equal(events.length, 1);
  assert.ok(events[0]?.kind === 'block' && large.equals(events[0].bytes));
  const kinds: string[] = [];
  for (let sent = 0; sent < 20_000_000 && kinds.length === 0; sent += 65_536) {
    const chunk = Buffer.alloc(65_536, 'x');
    if (sent === 0) chunk[0] = 0x0b;
    kinds.push(...decoder.push(chunk).map((e) => e.kind));
  }
  assert.deepEqual(kinds, ['tooLong']);
});

test('isInBlock tells an open block', () => {
  const decoder = createMllpDecoder();
  decoder.push(Buffer.from('\r'));
  assert.equal(decoder.isInBlock, false);
  decoder.push(Buffer.from(`${V}M`));
  assert.equal(decoder.isInBlock, true);
  decoder.push(Buffer.from(F));
  assert.equal(decoder.isInBlock, false);
});

test('a payload with framing bytes is not framed', () => {
  for (const text of [`a${V}b`, `a${F}b`]) {
    assert.throws(
      () => frame(Buffer.from(text)),
      (error: unknown) => error instanceof MllpError && error.code === 'mllp.reserved_byte',
    );
  }
});
