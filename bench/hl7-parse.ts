// The HL7 library alone. B1: parse a 2.1 kB result message and read 40 named fields, against the parsers of npm; B2: all of it
// into the typed model, against JSON.parse of the same content; B3: a batch file of 10,000 messages split and routed while
// it streams, against decoding the same bytes, with the memory it takes; and every field of every OBX, read as text.
import process from 'node:process';

import { createMessageSplitter, oruR01, parseMessage } from '@nidaan/hl7v2';

import { namedFields, sampleOru } from './hl7-sample.ts';
import type { Outcome, Side } from './harness.ts';
import { compare } from './harness.ts';
import { loadPeers } from './peers/hl7-parsers.ts';
import type { PeerParser, PeerTreeParser } from './peers/hl7-parsers.ts';

const bytes = Buffer.from(sampleOru());
const ROUND_MS = 150;
const BATCH = 10_000;
const MEMORY_LIMIT_MIB = 64;

/** What was read, so that nothing can be left out as unused. */
let kept = 0;

function side(name: string, work: () => number): Side {
  return {
    name,
    round: async () => {
      let count = 0;
      const startedAt = performance.now();
      let now = startedAt;
      while (now - startedAt < ROUND_MS) {
        for (let n = 0; n < 20; n += 1) kept += work();
        count += 20;
        now = performance.now();
      }
      return count / ((now - startedAt) / 1000);
    },
  };
}

function readNamed(): number {
  const message = parseMessage(bytes);
  let length = 0;
  for (const path of namedFields) length += message.get(path).length;
  return length;
}

function readEveryObx(): number {
  const message = parseMessage(bytes);
  let length = 0;
  for (const segment of message.segments) {
    if (segment.name !== 'OBX') continue;
    for (let field = 1; field <= segment.fieldCount; field += 1) length += segment.field(field).length;
  }
  return length;
}

/** The message as nested lists, the smallest JSON that holds the same. */
function asJson(): string {
  const lines = sampleOru().split('\r').slice(0, -1);
  return JSON.stringify(
    lines.map((line) =>
      line.split('|').map((field) => field.split('~').map((one) => one.split('^').map((part) => part.split('&')))),
    ),
  );
}

/** Pieces of a file of 10,000 messages as a read stream gives them, made on the way: the file itself is never in memory. */
function* pieces(): Generator<Uint8Array> {
  yield Buffer.from('FHS|^~\\&|XN\rBHS|^~\\&|XN||||||||B1\r');
  for (let n = 0; n < BATCH; n += 25) {
    yield Buffer.from(Array.from({ length: 25 }, (_, at) => sampleOru(n + at)).join(''));
  }
  yield Buffer.from(`BTS|${BATCH}\rFTS|1\r`);
}

function splitAndRoute(source: Iterable<Uint8Array>): ReadonlyMap<string, number> {
  const routes = new Map<string, number>();
  const splitter = createMessageSplitter({
    onMessage: (each) => {
      const { header } = parseMessage(each);
      const route = `${header.leaf(9, 1, 1)}^${header.leaf(9, 1, 2)} ${header.leaf(3, 1, 1)} ${header.leaf(5, 1, 1)}`;
      routes.set(route, (routes.get(route) ?? 0) + 1);
    },
  });
  for (const piece of source) splitter.push(piece);
  const { warnings } = splitter.end();
  if (warnings.length > 0) throw new Error(`The batch counts wrong: ${warnings[0]?.text}`);
  return routes;
}

async function batchSpeed(): Promise<Outcome> {
  const file = [...pieces()];
  const size = file.reduce((sum, piece) => sum + piece.length, 0);
  const speed = (name: string, work: () => number): Side => ({
    name,
    round: async () => {
      const startedAt = performance.now();
      kept += work();
      return size / 1e6 / ((performance.now() - startedAt) / 1000);
    },
  });
  return compare({
    name: `B3 batch of ${BATCH} messages, split and routed`,
    unit: 'MB/s',
    goal: 1 / 60,
    ours: speed('streaming splitter', () => splitAndRoute(file).size),
    peer: speed('UTF-8 decode', () => file.reduce((sum, piece) => sum + Buffer.from(piece).toString('utf8').length, 0)),
  });
}

function batchMemory(): Outcome {
  global.gc?.();
  const base = process.memoryUsage().rss;
  let peak = base;
  const routes = splitAndRoute(
    (function* watched() {
      for (const piece of pieces()) {
        yield piece;
        peak = Math.max(peak, process.memoryUsage().rss);
      }
    })(),
  );
  const found = [...routes.values()].reduce((sum, count) => sum + count, 0);
  const aboveMib = (peak - base) / 1024 ** 2;
  return {
    name: `B3 memory above base while ${found} messages stream`,
    figure: `${aboveMib.toFixed(1)} MiB`,
    goal: `< ${MEMORY_LIMIT_MIB} MiB`,
    isReached: aboveMib < MEMORY_LIMIT_MIB && found === BATCH,
    samples: { aboveMib: [aboveMib] },
  };
}

function named(peer: PeerParser, goal: number): Promise<Outcome> {
  return compare({
    name: `B1 parse ${bytes.length} bytes, read ${namedFields.length} named fields`,
    unit: 'messages/s',
    goal,
    ours: side('hl7v2', readNamed),
    peer: side(peer.name, () => peer.readNamed(bytes, namedFields)),
  });
}

function everyObx(peer: PeerTreeParser, goal: number): Promise<Outcome> {
  return compare({
    name: 'parse and read every field of every OBX',
    unit: 'messages/s',
    goal,
    ours: side('hl7v2', readEveryObx),
    peer: side(peer.name, () => peer.readEveryObx(bytes)),
  });
}

export async function bench(): Promise<readonly Outcome[]> {
  // First, while the process is small.
  const outcomes: Outcome[] = [batchMemory()];
  const { simple, medplum, client, missing } = await loadPeers();
  for (const name of missing) {
    process.stdout.write(`! ${name} is not installed, not compared: npm install --no-package-lock in bench/peers\n`);
  }
  if (simple !== undefined) outcomes.push(await named(simple, 5), await everyObx(simple, 5));
  if (medplum !== undefined) outcomes.push(await named(medplum, 15), await everyObx(medplum, 15));
  if (client !== undefined) outcomes.push(await everyObx(client, 1));
  const json = asJson();
  outcomes.push(
    await compare({
      name: 'B2 all fields and escapes into the typed model',
      unit: 'messages/s',
      goal: 0.25,
      ours: side('oruR01.read', () => Object.keys(oruR01.read(parseMessage(bytes)).data).length),
      peer: side('JSON.parse of the same content', () => Object.keys(JSON.parse(json)).length),
    }),
    await batchSpeed(),
  );
  if (!Number.isFinite(kept)) throw new Error('Nothing was read');
  return outcomes;
}
