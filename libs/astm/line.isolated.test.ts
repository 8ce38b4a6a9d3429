// A line that is no socket: first over streams in memory, then over a pair of pseudo-terminals, as a serial port would be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ReadStream, WriteStream } from 'node:tty';
import { openLine } from './client.ts';
import type { Received } from './link.ts';
import { readAstmResults } from './results.ts';

const timers = { lineFreeMs: 5, gapMs: 50, instrumentContentionMs: 5, hostContentionMs: 40 };
const records = (id: string): string[] => ['H|\\^&|||X1', 'P|1', `O|1|${id}||^^^NA`, 'R|1|^^^NA|140|mmol/L', 'L|1|N'];
const idOf = ({ message }: Received): string => readAstmResults(message).specimens[0]?.ids[0]?.value ?? '';

/** Results one way, an answer the other, over whatever the two ends are. */
async function talk(instrumentEnd: Duplex, hostEnd: Duplex): Promise<void> {
  const seen: string[] = [];
  const answered = Promise.withResolvers<string>();
  const host = openLine(hostEnd, {
    timers,
    name: 'host',
    onMessage: async (received) => void seen.push(idOf(received)),
  });
  const instrument = openLine(instrumentEnd, {
    timers,
    role: 'instrument',
    onMessage: async (received) => answered.resolve(idOf(received)),
  });
  await instrument.send(records('A'));
  await instrument.send(records('B'));
  await host.send(records('ORDER'));
  assert.deepEqual(seen, ['A', 'B']);
  assert.equal(await answered.promise, 'ORDER');
  await Promise.all([instrument.close(100), host.close(100)]);
}

test('a session on any stream of bytes', async () => {
  const [one, other] = duplexPair();
  await talk(one, other);
});

// Two pseudo-terminals in raw mode, each wired to the other. Python is asked for because Node opens none by itself.
const WIRE = `
import os, pty, select, sys, tty
a, sa = pty.openpty(); b, sb = pty.openpty()
tty.setraw(sa); tty.setraw(sb)
print(os.ttyname(sa)); print(os.ttyname(sb)); sys.stdout.flush()
while True:
    for fd in select.select([a, b, 0], [], [])[0]:
        data = os.read(fd, 4096)
        if fd == 0: sys.exit(0)
        os.write(b if fd == a else a, data)
`;

async function openTerminals(t: TestContext): Promise<readonly [string, string] | undefined> {
  const python = spawn('python3', ['-c', WIRE], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.after(() => python.kill());
  const names: string[] = [];
  const hasStarted = await Promise.race([
    once(python, 'spawn').then(() => true),
    once(python, 'error').then(() => false),
  ]);
  if (!hasStarted) return undefined;
  for await (const name of createInterface({ input: python.stdout })) {
    names.push(name);
    if (names.length === 2) break;
  }
  const [one, other] = names;
  return one === undefined || other === undefined ? undefined : [one, other];
}

function openTerminal(t: TestContext, path: string): Duplex {
  // Not as our controlling terminal: a process that leads a session, as one of the test runner does, would be hung up with it.
  const flags = constants.O_RDWR | constants.O_NOCTTY;
  const [input, output] = [openSync(path, flags), openSync(path, flags)];
  const readable = new ReadStream(input);
  const writable = new WriteStream(output);
  t.after(() => {
    readable.destroy();
    writable.destroy();
    for (const fd of [input, output]) {
      try {
        closeSync(fd);
      } catch {
        // The stream has closed it.
      }
    }
  });
  // A tty stream reads or writes; together they are the port.
  const port = new Duplex({
    read: () => void readable.resume(),
    write: (bytes: Buffer, _, done) => void writable.write(bytes, done),
    destroy: (error, done) => {
      readable.destroy();
      writable.destroy();
      done(error);
    },
  });
  readable.on('data', (bytes: Buffer) => {
    if (!port.push(bytes)) readable.pause();
  });
  readable.on('close', () => port.push(null));
  return port;
}

test('a session over a pseudo-terminal, as over a serial port', { timeout: 20_000 }, async (t) => {
  const paths = await openTerminals(t);
  if (paths === undefined) {
    t.skip('needs python3 with pseudo-terminals');
    return;
  }
  await talk(openTerminal(t, paths[0]), openTerminal(t, paths[1]));
});
