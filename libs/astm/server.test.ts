import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { buildFrames, recordBytes } from './build.ts';
import { connectAstm, sendAstm } from './client.ts';
import type { AstmProblem, Received } from './link.ts';
import { fieldText } from './records.ts';
import { readAstmResults } from './results.ts';
import { createAstmServer } from './server.ts';
import type { AstmServer, AstmServerOptions } from './server.ts';

const host = '127.0.0.1';
const records = (id: string): string[] => ['H|\\^&|||X1', 'P|1', `O|1|${id}||^^^NA`, 'R|1|^^^NA|140|mmol/L', 'L|1|N'];
const timers = { lineFreeMs: 5, gapMs: 20, busyMs: 20, instrumentContentionMs: 5, hostContentionMs: 40 };

type Lab = { readonly server: AstmServer; readonly port: number; readonly problems: AstmProblem[] };

async function startLab(
  t: TestContext,
  options: Partial<AstmServerOptions> & Pick<AstmServerOptions, 'onMessage'>,
): Promise<Lab> {
  const problems: AstmProblem[] = [];
  const server = createAstmServer({
    port: 0,
    host,
    timers,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const port = await server.listen();
  t.after(() => server.close(0));
  return { server, port, problems };
}

/** A plain socket that keeps what it heard. */
async function dial(
  t: TestContext,
  port: number,
): Promise<{ socket: Socket; heard: () => string; waitFor: (size: number) => Promise<void> }> {
  const socket = connect({ host, port });
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')));
  await once(socket, 'connect');
  t.after(() => socket.destroy());
  return {
    socket,
    heard: () => heard,
    waitFor: async (size) => {
      while (heard.length < size) await once(socket, 'data');
    },
  };
}

const idOf = ({ message }: Received): string => readAstmResults(message).specimens[0]?.ids[0]?.value ?? '';
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('the completing frame is acknowledged only after the message is stored', async (t) => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<Received>();
  const { port } = await startLab(t, {
    onMessage: async (received) => {
      asked.resolve(received);
      await gate.promise;
    },
  });
  const device = await dial(t, port);
  const wire = Buffer.concat(buildFrames(recordBytes(records('A')), 240, 'packed'));
  device.socket.write(Uint8Array.of(5));
  await device.waitFor(1);
  device.socket.write(wire);
  const received = await asked.promise;
  await turn();
  assert.equal(device.heard(), '\x06', 'only the ENQ is answered');
  assert.deepEqual(Buffer.from(received.raw), wire);
  assert.equal(idOf(received), 'A');
  gate.resolve();
  await device.waitFor(2);
  assert.equal(device.heard(), '\x06\x06');
});

test('a refused store is NAK, the device repeats, the second store is acknowledged', async (t) => {
  const seen: [string, boolean][] = [];
  const { port, problems } = await startLab(t, {
    onMessage: async (received) => {
      seen.push([idOf(received), received.isRepeat]);
      if (seen.length === 1) throw new Error('disk full');
    },
  });
  await sendAstm({ host, port, timers, records: records('A') });
  assert.deepEqual(seen, [
    ['A', false],
    ['A', true],
  ]);
  assert.ok(problems.some(({ kind }) => kind === 'not_stored'));
});

test('six refusals: the sender gives up with a named, repeatable error', async (t) => {
  let asks = 0;
  const { port } = await startLab(t, {
    onMessage: () => {
      asks += 1;
      return Promise.reject(new Error('down'));
    },
  });
  await assert.rejects(sendAstm({ host, port, timers, records: records('A') }), {
    code: 'astm.refused',
    again: 'transient',
  });
  assert.equal(asks, 6);
});

test('two devices at once are kept apart', async (t) => {
  const seen: string[] = [];
  const { port } = await startLab(t, {
    onMessage: async (received) => void seen.push(`${idOf(received)}@${received.peer.connection}`),
  });
  await Promise.all(['A', 'B'].map((id) => sendAstm({ host, port, timers, records: records(id), frameTextLimit: 7 })));
  assert.deepEqual(
    seen.map((name) => name.charAt(0)).toSorted((a, b) => a.localeCompare(b)),
    ['A', 'B'],
  );
  assert.equal(new Set(seen.map((name) => name.split('@')[1])).size, 2);
});

test('TCP drop in a frame: partial, and the message arrives whole after reconnecting', async (t) => {
  const seen: string[] = [];
  const dropped = Promise.withResolvers<AstmProblem>();
  const { port } = await startLab(t, {
    onMessage: async (received) => void seen.push(idOf(received)),
    onProblem: (problem) => {
      if (problem.kind === 'partial') dropped.resolve(problem);
    },
  });
  const device = await dial(t, port);
  const [first = new Uint8Array(), second = new Uint8Array()] = buildFrames(recordBytes(records('A')));
  device.socket.write(Buffer.concat([Uint8Array.of(5), first, second.subarray(0, 3)]));
  await device.waitFor(2);
  device.socket.destroy();
  const problem = await dropped.promise;
  assert.equal(problem.kind === 'partial' ? problem.reason : '', 'closed');
  assert.deepEqual(seen, []);
  await sendAstm({ host, port, timers, records: records('A') });
  assert.deepEqual(seen, ['A']);
});

test('undressed records are stored and not one byte is answered', async (t) => {
  const stored = Promise.withResolvers<void>();
  const seen: string[] = [];
  const { port } = await startLab(t, {
    onMessage: async (received) => {
      await turn();
      seen.push(`${idOf(received)} ${String(received.isFramed)}`);
      if (seen.length === 3) stored.resolve();
    },
  });
  const device = await dial(t, port);
  device.socket.write(['A', 'B', 'C'].map((id) => `${records(id).join('\n')}\n`).join(''));
  await stored.promise;
  assert.deepEqual(seen, ['A false', 'B false', 'C false']);
  assert.equal(device.heard(), '');
});

test('a host query is answered on the same connection in a session of our own', async (t) => {
  const { port } = await startLab(t, {
    onMessage: async ({ message, send }) => {
      const id = readAstmResults(message).queries[0]?.targets[0]?.ids[0]?.value ?? '';
      void send(['H|\\^&|||LIS', 'P|1', `O|1|${id}||^^^NA|R||||||A||||||||||||||Q`, 'L|1|F']).catch(() => {});
    },
  });
  const answered = Promise.withResolvers<Received>();
  const device = await connectAstm({
    host,
    port,
    timers,
    role: 'instrument',
    onMessage: async (received) => answered.resolve(received),
  });
  await device.send(['H|\\^&|||X1', 'Q|1|^4711||ALL||||||||O', 'L|1|N']);
  const { message } = await answered.promise;
  await device.close();
  assert.equal(message.records[2] && fieldText(message.records[2], 3), '4711');
});

test('not ready: NAK to ENQ, and the sender tries six times', async (t) => {
  const { server, port } = await startLab(t, { onMessage: async () => {} });
  server.setReady(false);
  await assert.rejects(sendAstm({ host, port, timers, records: records('A') }), { code: 'astm.busy' });
});

test('more connections than allowed are closed and reported', async (t) => {
  const { port, problems } = await startLab(t, { onMessage: async () => {}, maxConnections: 1 });
  const first = await dial(t, port);
  const second = connect({ host, port });
  second.on('error', () => {});
  await once(second, 'close');
  assert.equal(problems[0]?.kind, 'too_many_connections');
  assert.equal(first.socket.destroyed, false);
});

test('closing waits for the store under way, and its ACK still leaves', async (t) => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { server, port } = await startLab(t, {
    onMessage: async () => {
      asked.resolve();
      await gate.promise;
    },
  });
  const sending = sendAstm({ host, port, timers, records: records('A') });
  await asked.promise;
  const closing = server.close(2000);
  gate.resolve();
  await Promise.all([sending, closing]);
});

test('nobody listens: a named error', async (t) => {
  const { server, port } = await startLab(t, { onMessage: async () => {} });
  await server.close(0);
  await assert.rejects(sendAstm({ host, port, records: records('A') }), {
    code: 'astm.connect_failed',
    again: 'transient',
  });
});
