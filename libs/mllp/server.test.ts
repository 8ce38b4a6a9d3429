import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { MllpServer, MllpServerOptions } from './index.ts';
import { createMllpClient, createMllpDecoder, createMllpServer, frame, MllpError } from './index.ts';

const V = '\u000b';
const F = '\u001c';
const host = '127.0.0.1';

interface Lab {
  readonly server: MllpServer;
  readonly problems: string[];
}

async function start(t: TestContext, options: Partial<MllpServerOptions> = {}): Promise<Lab> {
  const problems: string[] = [];
  const onMessage = async (bytes: Uint8Array): Promise<Uint8Array> => Buffer.concat([Buffer.from('ack '), bytes]);
  const server = await createMllpServer({
    port: 0,
    host,
    onMessage,
    onProblem: (p) => problems.push(p.code),
    ...options,
  });
  t.after(() => server.close(100));
  return { server, problems };
}

async function dial(t: TestContext, server: MllpServer): Promise<Socket> {
  const socket = connect(server.port, host);
  // A missing reply must fail the test, not hang it.
  socket.setTimeout(5000, () => socket.destroy(new Error('no traffic for 5 s')));
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Reads replies until there are `count`, or until the peer closes. */
async function replies(socket: Socket, count = Infinity): Promise<readonly string[]> {
  const decoder = createMllpDecoder();
  const found: string[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    assert.ok(chunk instanceof Uint8Array);
    for (const event of decoder.push(chunk))
      if (event.kind === 'block') found.push(Buffer.from(event.bytes).toString());
    if (found.length >= count) break;
  }
  return found;
}

test('three messages in one write are answered in their order, though the first takes longest', async (t) => {
  const order: string[] = [];
  const { server } = await start(t, {
    onMessage: async (bytes) => {
      const name = Buffer.from(bytes).toString();
      await new Promise((resolve) => {
        setTimeout(resolve, name === 'one' ? 40 : 1);
      });
      order.push(name);
      return bytes;
    },
  });
  const socket = await dial(t, server);
  socket.write(`${V}one${F}\r${V}two${F}\r${V}three${F}\r`);
  assert.deepEqual(await replies(socket, 3), ['one', 'two', 'three']);
  assert.equal(order.at(-1), 'one');
});

test('awkward traffic reaches the handler once each', async (t) => {
  const { server, problems } = await start(t);
  const socket = await dial(t, server);
  const got = replies(socket, 4);
  for (const piece of [
    'junk',
    `${V}a`,
    `b${F}`,
    '\r',
    `${V}${F}\r`,
    `${V}lost${V}c`,
    `${F}\n`,
    `MSH|x${F}`,
    `\r${V}d${F}\r`,
  ]) {
    socket.write(piece);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  assert.deepEqual(await got, ['ack ab', 'ack c', 'ack MSH|x', 'ack d']);
  assert.deepEqual(problems, ['mllp.junk', 'mllp.abandoned']);
});

test('a peer that closes its sending side still gets its reply', async (t) => {
  const { server } = await start(t);
  const socket = await dial(t, server);
  socket.end(frame(Buffer.from('last')));
  assert.deepEqual(await replies(socket), ['ack last']);
});

test('no reply for undefined, none when the handler throws, and the line stays open', async (t) => {
  const { server, problems } = await start(t, {
    onMessage: async (bytes) => {
      const name = Buffer.from(bytes).toString();
      if (name === 'bad') throw new Error('store is down');
      return name === 'silent' ? undefined : bytes;
    },
  });
  const socket = await dial(t, server);
  socket.write(`${V}bad${F}\r${V}silent${F}\r${V}ok${F}\r`);
  assert.deepEqual(await replies(socket, 1), ['ok']);
  assert.deepEqual(problems, ['mllp.handler_failed']);
});

test('a block above the limit closes the line unanswered, after the replies before it', async (t) => {
  const { server, problems } = await start(t, { maxBlockBytes: 1000 });
  const socket = await dial(t, server);
  socket.on('error', () => undefined);
  socket.write(`${V}ok${F}\r${V}${'x'.repeat(20_000_000)}${F}\r`);
  assert.deepEqual(await replies(socket), ['ack ok']);
  assert.deepEqual(
    problems.filter((code) => code !== 'mllp.socket_failed'),
    ['mllp.too_long'],
  );
});

test('a block that does not end in time and a silent line are closed', async (t) => {
  const slow = await start(t, { blockTimeoutMs: 30 });
  const trickle = await dial(t, slow.server);
  trickle.write(`${V}half`);
  assert.deepEqual(await replies(trickle), []);
  assert.deepEqual(slow.problems, ['mllp.block_timeout']);
  const idle = await start(t, { idleTimeoutMs: 30 });
  const silent = await dial(t, idle.server);
  assert.deepEqual(await replies(silent), []);
  assert.deepEqual(idle.problems, ['mllp.idle_timeout']);
});

test('no more messages are in hand than allowed, and none is lost', async (t) => {
  let inHand = 0;
  let most = 0;
  const { server } = await start(t, {
    maxPendingMessages: 3,
    onMessage: async (bytes) => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      inHand -= 1;
      return bytes;
    },
  });
  const socket = await dial(t, server);
  const names = Array.from({ length: 500 }, (_, i) => `m${String(i)}`);
  socket.write(names.map((name) => `${V}${name}${F}\r`).join(''));
  assert.deepEqual(await replies(socket, 500), names);
  assert.equal(most, 3);
});

test('close lets the reply in flight leave, and takes nothing new', async (t) => {
  let release = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { server } = await start(t, {
    onMessage: async (bytes) => {
      release();
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
      return bytes;
    },
  });
  const socket = await dial(t, server);
  socket.write(frame(Buffer.from('in flight')));
  const got = replies(socket);
  await started;
  await server.close();
  assert.deepEqual(await got, ['in flight']);
  assert.equal(server.connectionCount, 0);
  await assert.rejects(createMllpClient({ host, port: server.port }), named('mllp.connect_failed'));
});

test('a port in use and too many connections are named', async (t) => {
  const { server, problems } = await start(t, { maxConnections: 1 });
  await assert.rejects(
    createMllpServer({ port: server.port, host, onMessage: async () => undefined }),
    named('mllp.listen_failed'),
  );
  await dial(t, server);
  const second = await dial(t, server);
  second.on('error', () => undefined);
  second.resume();
  await once(second, 'close');
  assert.deepEqual(problems, ['mllp.too_many_connections']);
});

test('the client sends one at a time and gives each its reply', async (t) => {
  const { server } = await start(t);
  const client = await createMllpClient({ host, port: server.port });
  const got = await Promise.all(['a', 'b', 'c'].map((name) => client.send(Buffer.from(name))));
  assert.deepEqual(
    got.map((bytes) => Buffer.from(bytes).toString()),
    ['ack a', 'ack b', 'ack c'],
  );
  await assert.rejects(client.send(Buffer.from(V)), named('mllp.reserved_byte'));
  assert.equal(Buffer.from(await client.send(Buffer.from('d'))).toString(), 'ack d');
  await client.close();
  assert.equal(client.isOpen, false);
  await assert.rejects(client.send(Buffer.from('e')), named('mllp.closed'));
});

test('no reply in time is ambiguous and ends a client that cannot tell replies apart', async (t) => {
  const { server } = await start(t, { onMessage: async () => undefined });
  const client = await createMllpClient({ host, port: server.port, replyTimeoutMs: 20 });
  await assert.rejects(
    client.send(Buffer.from('a')),
    (error: unknown) => named('mllp.reply_timeout')(error) && error instanceof MllpError && error.retry === 'ambiguous',
  );
  assert.equal(client.isOpen, false);
});

test('a stale reply is passed over by a client that can tell', async (t) => {
  const { server } = await start(t, {
    onMessage: async (bytes) => (Buffer.from(bytes).toString() === 'one' ? Buffer.from('old') : bytes),
  });
  const problems: string[] = [];
  const client = await createMllpClient({
    host,
    port: server.port,
    replyTimeoutMs: 40,
    isReplyTo: (sent, reply) => Buffer.from(sent).equals(reply),
    onProblem: (p) => problems.push(p.code),
  });
  await assert.rejects(client.send(Buffer.from('one')), named('mllp.reply_timeout'));
  assert.equal(Buffer.from(await client.send(Buffer.from('two'))).toString(), 'two');
  assert.deepEqual(problems, ['mllp.stray_reply']);
  await client.close();
});

test('a connection lost before the reply is ambiguous', async (t) => {
  const { server } = await start(t, { maxBlockBytes: 10 });
  const client = await createMllpClient({ host, port: server.port });
  await assert.rejects(client.send(Buffer.alloc(100, 'x')), named('mllp.connection_lost'));
});

test('the same over TLS, and a handshake that fails is told', async (t) => {
  // A shared key instead of certificates: the test needs no key file that could expire or leak.
  const psk = Buffer.alloc(32, 7);
  const shared = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  const { server, problems } = await start(t, {
    tls: { ...shared, pskCallback: (_, identity) => (identity === 'lab' ? psk : null) },
  });
  const tls = { ...shared, checkServerIdentity: () => undefined };
  const client = await createMllpClient({
    host,
    port: server.port,
    tls: { ...tls, pskCallback: () => ({ psk, identity: 'lab' }) },
  });
  const large = Buffer.alloc(300_000, 'x');
  assert.equal((await client.send(large)).length, large.length + 4);
  await client.close();
  const stranger = createMllpClient({
    host,
    port: server.port,
    tls: { ...tls, pskCallback: () => ({ psk, identity: 'who' }) },
  });
  await assert.rejects(stranger, named('mllp.connect_failed'));
  assert.deepEqual(problems, ['mllp.socket_failed']);
});

test('a peer that never finishes its handshake does not hold up close', async (t) => {
  const { server } = await start(t, { tls: { ciphers: 'PSK', pskCallback: () => null } });
  const socket = await dial(t, server);
  socket.on('error', () => undefined);
  await server.close(20);
  assert.equal(server.connectionCount, 0);
});

test('a handler that never answers does not hold up close beyond its grace', async (t) => {
  const { server } = await start(t, { onMessage: () => new Promise<undefined>(() => undefined) });
  const socket = await dial(t, server);
  socket.on('error', () => undefined);
  socket.write(frame(Buffer.from('x')));
  await server.close(20);
  assert.equal(server.connectionCount, 0);
});

function named(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof MllpError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
