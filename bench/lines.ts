// The wire layers alone: ASTM frames to records (B6 without its store), MLLP framing. Each against one native scan or copy of the
// same bytes in the same run: what a byte costs at the least. With senaite.astm installed for python3, that too.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

import { buildFrames, buildMessage, createSession, parseAstm, readAstmResults, recordBytes } from '@nidaan/astm';
import { createMllpDecoder, frame } from '@nidaan/mllp';

import { compare } from './harness.ts';
import type { Outcome, Side } from './harness.ts';

const MESSAGES = 400;
const RESULTS = 25;
const CHUNK = 1460;

function sampleRecords(number: number): readonly string[] {
  const results = Array.from({ length: RESULTS }, (_, index) => ({
    test: ['', '', '', `T${index}`],
    value: String(4 + ((number + index) % 90) / 10),
    units: 'mmol/L',
    range: ['3.5', '5.1'],
    flags: 'N',
    status: 'F',
    completedAt: '20261125101500',
  }));
  const orders = [{ specimenId: `N261125-${number}`, test: ['', '', '', 'ALL'], priority: 'R', results }];
  return buildMessage({ header: { sender: ['BENCH', '1'] }, patients: [{ practiceId: `P${number}`, orders }] });
}

/** Whole line traffic: ENQ, a frame a record, EOT. */
function astmTraffic(): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let number = 0; number < MESSAGES; number += 1) {
    parts.push(Uint8Array.of(5), ...buildFrames(recordBytes(sampleRecords(number))), Uint8Array.of(4));
  }
  return Buffer.concat(parts);
}

function mllpTraffic(): Uint8Array {
  const text = `MSH|^~\\&|XN|LAB|||20261125||ORU^R01|1|P|2.5.1\r${'OBX|1|NM|718-7^HGB^LN||13.4|g/dL|13-17|N|||F\r'.repeat(45)}`;
  return Buffer.concat(Array.from({ length: 4000 }, () => frame(Buffer.from(text))));
}

/** Megabytes a second of `work` over the bytes, repeated until the clock can tell. */
function speed(name: string, sizeBytes: number, work: () => number, wanted: number, times = 1): Side {
  return {
    name,
    round: async () => {
      const startedAt = performance.now();
      let found = 0;
      for (let time = 0; time < times; time += 1) found = work();
      const seconds = (performance.now() - startedAt) / 1000;
      if (found !== wanted) throw new Error(`${name}: ${found} in place of ${wanted}`);
      return (sizeBytes * times) / 1e6 / seconds;
    },
  };
}

/** Takes the line through a session; gives the R records, read as far as `depth`. */
function readLine(wire: Uint8Array, depth: 'records' | 'results'): number {
  let results = 0;
  const session = createSession({
    onCommand: (command) => {
      if (command.do !== 'store') return;
      for (const message of parseAstm(command.records).messages) {
        if (depth === 'records') results += message.records.filter(({ type }) => type === 'R').length;
        else for (const { observations } of readAstmResults(message).specimens) results += observations.length;
      }
      session.stored(command.id);
    },
  });
  for (let at = 0; at < wire.length; at += CHUNK) session.receive(wire.subarray(at, at + CHUNK));
  return results;
}

function readBlocks(wire: Uint8Array, chunk: number): number {
  const decoder = createMllpDecoder();
  let blocks = 0;
  for (let at = 0; at < wire.length; at += chunk) {
    for (const event of decoder.push(wire.subarray(at, at + chunk))) if (event.kind === 'block') blocks += 1;
  }
  return blocks;
}

/** MB/s of senaite.astm over the same traffic, or undefined with a loud word when it is not there. */
function senaiteSpeed(wire: Uint8Array): Side | undefined {
  const script = new URL('peers/senaite_astm.py', import.meta.url).pathname;
  const run = (): number | undefined => {
    const { status, stdout } = spawnSync('python3', [script], { input: wire, encoding: 'utf8', timeout: 60_000 });
    return status === 0 ? Number(stdout) : undefined;
  };
  if (run() === undefined) {
    process.stderr.write('SKIPPED: senaite.astm is not installed for python3; its ratio is not measured.\n');
    return undefined;
  }
  return { name: 'senaite.astm', round: async () => wire.length / 1e6 / (run() ?? Number.NaN) };
}

export async function bench(): Promise<readonly Outcome[]> {
  const astm = astmTraffic();
  const mllp = mllpTraffic();
  const frames = astm.filter((byte) => byte === 2).length;
  const unit = 'MB/s';
  const wanted = MESSAGES * RESULTS;
  const records = speed('frames and records', astm.length, () => readLine(astm, 'records'), wanted, 10);
  const results = speed('frames, records and results', astm.length, () => readLine(astm, 'results'), wanted, 10);
  const scanned = (): number => {
    let found = 0;
    for (let at = astm.indexOf(2); at !== -1; at = astm.indexOf(2, at + 1)) found += 1;
    return found;
  };
  const target = Buffer.alloc(mllp.length);
  const copy = (): number => {
    target.set(mllp);
    let found = 0;
    for (let at = target.indexOf(0x1c); at !== -1; at = target.indexOf(0x1c, at + 1)) found += 1;
    return found;
  };
  const peer = speed('copy and scan', mllp.length, copy, 4000, 10);
  const scan = speed('scan for STX', astm.length, scanned, frames, 50);
  const name = `ASTM, ${MESSAGES} messages of ${RESULTS} results`;
  const outcomes = [
    await compare({ name, unit, goal: 0.005, ours: records, peer: scan }),
    await compare({ name, unit, goal: 0.0025, ours: results, peer: scan }),
    await compare({
      name: 'MLLP, blocks of 2 kB in chunks of 64 kB',
      unit,
      goal: 0.08,
      ours: speed('framing', mllp.length, () => readBlocks(mllp, 65_536), 4000, 10),
      peer,
    }),
    await compare({
      name: 'MLLP, blocks of 2 kB in chunks of a packet',
      unit,
      goal: 0.08,
      ours: speed('framing', mllp.length, () => readBlocks(mllp, CHUNK), 4000, 10),
      peer,
    }),
  ];
  const senaite = senaiteSpeed(astm);
  if (senaite !== undefined) {
    outcomes.push(await compare({ name: 'ASTM intake', unit, goal: 10, ours: records, peer: senaite, rounds: 3 }));
  }
  return outcomes;
}
