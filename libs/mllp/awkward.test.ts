// Awkward traffic over real sockets: what was sent, what must come back, to the byte, and what must be told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createMllpServer } from './index.ts';
import type { MllpServer, MllpServerOptions } from './index.ts';

const V = '\u000b';
const F = '\u001c';
const A = 'MSH|^~\\&|XN|LAB|||20260131||ORU^R01|A|P|2.5.1\rOBX|1|NM|HGB||13.4\r';
const B = 'MSH|^~\\&|XN|LAB|||20260131||ORU^R01|B|P|2.5.1\rOBX|1|NM|HGB||9.9\r';
const block = (payload: string): string => `${V}${payload}${F}\r`;

/** MSH-10 of a payload, or its length when it has no MSH. */
function nameOf(payload: Uint8Array): string {
  const text = Buffer.from(payload).toString('latin1');
  return text.startsWith('MSH|') ? (text.split('|')[9] ?? '') : `${text.length} bytes`;
}

interface Row {
  readonly name: string;
  /** Written one after the other, each on its way before the next is written. */
  readonly pieces: readonly string[];
  /** Names answered, in order; nothing else may come back. */
  readonly answered: readonly string[];
  readonly told?: readonly string[];
}

const cutAnywhere: readonly Row[] = Array.from({ length: block(A).length + 1 }, (_, at) => ({
  name: `cut at ${at}`,
  pieces: [block(A).slice(0, at), block(A).slice(at)],
  answered: ['A'],
}));

const rows: readonly Row[] = [
  { name: 'byte by byte', pieces: [...block(A)], answered: ['A'] },
  { name: 'FS and CR apart', pieces: [`${V}${A}${F}`, '\r', block(B)], answered: ['A', 'B'] },
  { name: 'CR of the last block with the next', pieces: [`${V}${A}${F}`, `\r${block(B)}`], answered: ['A', 'B'] },
  { name: 'two in a packet', pieces: [block(A) + block(B)], answered: ['A', 'B'] },
  { name: 'one and a half', pieces: [block(A) + block(B).slice(0, 30), block(B).slice(30)], answered: ['A', 'B'] },
  {
    name: 'one and a half, and no more',
    pieces: [block(A) + block(B).slice(0, 30)],
    answered: ['A'],
    told: ['mllp.abandoned'],
  },
  { name: 'junk before VT', pieces: [`\u0000\u00ffxyz${block(A)}`], answered: ['A'], told: ['mllp.junk'] },
  { name: 'line ends before VT', pieces: [`\r\n\r\n ${block(A)}`], answered: ['A'] },
  { name: 'LF after the end', pieces: [`${block(A)}\n${block(B)}\n`], answered: ['A', 'B'] },
  { name: 'LF in place of CR', pieces: [`${V}${A}${F}\n${V}${B}${F}\n`], answered: ['A', 'B'] },
  { name: 'no CR after FS', pieces: [`${V}${A}${F}${V}${B}${F}`], answered: ['A', 'B'] },
  { name: 'no VT', pieces: [`${A}${F}\r${B}${F}\r`], answered: ['A', 'B'] },
  { name: 'a block begun twice', pieces: [`${V}${A}`, block(B)], answered: ['B'], told: ['mllp.abandoned'] },
  { name: 'empty blocks', pieces: [block(''), block(A), block('')], answered: ['A'] },
  { name: 'commit bytes', pieces: [block('\u0006'), block(A), block('\u0015')], answered: ['A'] },
  { name: 'not HL7, no block', pieces: ['GET / HTTP/1.1\r\n\r\n', block(A)], answered: ['A'], told: ['mllp.junk'] },
  { name: 'not HL7, in a block', pieces: [block('hello'), block(A)], answered: ['5 bytes', 'A'] },
  { name: 'nothing', pieces: [], answered: [] },
];

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 2);
  });

/** Writes the row on a connection of its own, ends it, and gives everything that came back. */
async function say(server: MllpServer, { pieces }: Row): Promise<string> {
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  socket.setNoDelay(true);
  socket.setTimeout(20_000, () => socket.destroy(new Error('no end')));
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')));
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(Buffer.from(piece, 'latin1'));
    await pause();
  }
  socket.end();
  await closed;
  return heard;
}

async function start(t: TestContext, options: Partial<MllpServerOptions>): Promise<MllpServer> {
  const onMessage = async (payload: Uint8Array): Promise<Uint8Array> => Buffer.from(`ack ${nameOf(payload)}`);
  const server = await createMllpServer({ port: 0, host: '127.0.0.1', onMessage, ...options });
  t.after(() => server.close(100));
  return server;
}

for (const row of rows) {
  test(`awkward traffic: ${row.name}`, async (t) => {
    const told: string[] = [];
    const server = await start(t, { onProblem: (problem) => told.push(problem.code) });
    const heard = await say(server, row);
    assert.equal(heard, row.answered.map((name) => block(`ack ${name}`)).join(''));
    assert.deepEqual(told, row.told ?? []);
  });
}

test('awkward traffic: cut at every single place, on many connections at once', async (t) => {
  const told: string[] = [];
  const server = await start(t, { onProblem: (problem) => told.push(problem.code) });
  const heard = await Promise.all(cutAnywhere.map((row) => say(server, row)));
  for (const [index, each] of heard.entries()) assert.equal(each, block('ack A'), cutAnywhere[index]?.name ?? '');
  assert.deepEqual(told, []);
});

test('two hundred connections, each with its own messages in its own order', async (t) => {
  const server = await start(t, {});
  const names = Array.from({ length: 200 }, (_, n) => [`${n}a`, `${n}b`, `${n}c`]);
  const heard = await Promise.all(
    names.map((each) =>
      say(server, {
        name: '',
        pieces: [each.map((name) => block(A.replace('|A|', `|${name}|`))).join('')],
        answered: [],
      }),
    ),
  );
  for (const [index, each] of names.entries())
    assert.equal(heard[index], each.map((name) => block(`ack ${name}`)).join(''));
});

test('the first bytes of a block that is too long or never ends are kept for a person', async (t) => {
  const kept: [string, string][] = [];
  const server = await start(t, {
    maxBlockBytes: 10_000,
    blockTimeoutMs: 40,
    onProblem: (problem, _, bytes) =>
      kept.push([problem.code, Buffer.from(bytes ?? new Uint8Array()).toString('latin1')]),
  });
  const long = A + 'x'.repeat(20_000);
  assert.equal(await say(server, { name: '', pieces: [block(A) + block(long)], answered: [] }), block('ack A'));
  assert.deepEqual(kept[0], ['mllp.too_long', long.slice(0, 4096)]);
  const slow = connect({ port: server.port, host: '127.0.0.1' });
  slow.resume();
  slow.write(`${V}MSH|never`);
  await once(slow, 'close');
  assert.deepEqual(kept.at(-1), ['mllp.block_timeout', 'MSH|never']);
});

test('a peer that does not take its replies is cut, and others are not held up', async (t) => {
  const stalled = Promise.withResolvers<string>();
  const reply = Buffer.alloc(4_000_000, 'x');
  const server = await start(t, {
    stallTimeoutMs: 50,
    onMessage: async (payload) => (nameOf(payload) === 'A' ? reply : payload),
    onProblem: (problem) => stalled.resolve(problem.code),
  });
  const deaf = connect({ port: server.port, host: '127.0.0.1' });
  deaf.on('error', () => undefined);
  t.after(() => deaf.destroy());
  await once(deaf, 'connect');
  deaf.pause();
  deaf.write(block(A).repeat(20));
  assert.equal(await say(server, { name: '', pieces: [block(B)], answered: [] }), block(B));
  assert.equal(await stalled.promise, 'mllp.reply_stalled');
});
