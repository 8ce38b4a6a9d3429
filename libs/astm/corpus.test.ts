// Bytes of real instruments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameDecoder } from './frame.ts';
import { parseAstm } from './records.ts';
import { writeAstm } from './write.ts';
import { readAstmResults } from './results.ts';
import { corpusFiles, startBench } from './test-kit.ts';
import type { CorpusFile } from './test-kit.ts';

const corpus = corpusFiles();
const skip = corpus === undefined ? 'needs ../shared/corpus' : false;

// Own protocols over the same line, not ASTM (see the notes of the corpus).
const notAstm = new Set(['senaite-astm/mini_vidas.txt', 'senaite-astm/spotchem_el.txt']);
// Labels inside the frame were replaced after capture, so these sums cannot fit (em 200), or the text was edited (e 411).
const editedText = new Set(['ruby-astm/em_200_sample.txt', 'ruby-astm/roche_result.txt']);

/** Undoes what saving did to a capture: CR became LF, chunks became JSON, control bytes became `[STX]`. */
function asOnTheWire({ name, content }: CorpusFile): Uint8Array {
  const text = Buffer.from(content).toString('latin1');
  if (name.endsWith('roche_multi_frame_bytes.txt')) {
    const chunks: unknown = JSON.parse(text);
    assert.ok(Array.isArray(chunks));
    return Uint8Array.from(chunks.flat().map(Number));
  }
  if (name.startsWith('roche-psm/')) {
    const codes: Record<string, string> = { STX: '\x02', ETX: '\x03', EOT: '\x04', ENQ: '\x05', CR: '\r', LF: '\n' };
    const host = text.split('\n').filter((line) => line.includes('Host -> '));
    const sent = host.map((line) => line.slice(line.indexOf('Host -> ') + 8).trimEnd());
    return Buffer.from(
      sent.join('').replaceAll(/\[([A-Z]{2,3})\]/g, (_, code: string) => codes[code] ?? ''),
      'latin1',
    );
  }
  if (!name.startsWith('ruby-astm/')) return content;
  return Buffer.from(text.replaceAll('\r\n', '\r').replaceAll('\n', '\r'), 'latin1');
}

test('every ASTM file of the corpus is read, with right checksums and complete messages', { skip }, (t) => {
  let frames = 0;
  let starts = 0;
  let messages = 0;
  for (const file of corpus ?? []) {
    if (notAstm.has(file.name) || editedText.has(file.name) || file.name.startsWith('openelis-malformed')) continue;
    const wire = asOnTheWire(file);
    const decoder = createFrameDecoder();
    const tokens = wire.includes(2) ? [...decoder.push(wire), ...decoder.flush()] : [];
    // The PSM trace had its two patient frames made anonymous.
    const isTrace = file.name.startsWith('roche-psm/');
    assert.equal(tokens.filter(({ kind }) => kind === 'defect').length, isTrace ? 2 : 0, file.name);
    starts += wire.filter((byte) => byte === 2).length;
    frames += tokens.filter(({ kind }) => kind === 'frame').length;
    const read = parseAstm(wire);
    assert.ok(read.messages.length > 0, file.name);
    messages += read.messages.length;
    for (const message of read.messages) {
      assert.equal(message.isComplete, true, file.name);
      const { specimens, queries } = readAstmResults(message);
      if (message.records.some(({ type }) => type === 'Q')) assert.ok(queries[0]?.targets[0]?.ids[0], file.name);
      const rows = message.records.filter(({ type }) => type === 'R').length;
      assert.equal(specimens.flatMap(({ observations }) => observations).length, rows, file.name);
      for (const { observations, hasOrder, ids } of specimens) {
        assert.ok(!hasOrder || ids.length > 0, file.name);
        for (const { codes } of observations) assert.ok(codes.length > 0, file.name);
      }
    }
  }
  assert.ok(starts > 200);
  assert.equal(frames, starts - 2, 'every STX but the two of the trace');
  assert.ok(messages >= 70, `${messages} messages`);
  t.diagnostic(`${corpus?.length ?? 0} files, ${frames} good frames, ${messages} whole messages`);
});

test('edited captures: all frames are refused by their sum, and nothing else happens', { skip }, () => {
  for (const file of corpus ?? []) {
    if (!editedText.has(file.name)) continue;
    const defects = createFrameDecoder()
      .push(asOnTheWire(file))
      .filter(({ kind }) => kind === 'defect');
    assert.ok(defects.length > 0, file.name);
    assert.ok(
      parseAstm(asOnTheWire(file)).messages.every(({ isComplete }) => !isComplete),
      file.name,
    );
  }
});

test('malformed samples are survived', { skip }, () => {
  const [file] = (corpus ?? []).filter(({ name }) => name.startsWith('openelis-malformed'));
  assert.ok(file);
  const read = parseAstm(file.content);
  assert.ok(read.faults.length + read.messages.flatMap(({ faults }) => faults).length > 0);
  for (const message of read.messages) readAstmResults(message);
});

test('raw captures pass a session in any chunking, each message once', { skip }, () => {
  for (const file of corpus ?? []) {
    if (!/^(?:gmcs-surat|ruby-astm\/(?:roche_multi|sysmex)|unicel-dxh|astmkit)/.test(file.name)) continue;
    const wire = asOnTheWire(file);
    const expected = parseAstm(wire).messages.map(({ records }) => records.map(({ text }) => `${text}\r`).join(''));
    for (const size of [1, 7, 240, wire.length]) {
      // The Sysmex text had a frame added under a number already used.
      const bench = startBench({ ignoreFrameNumbers: file.name.includes('sysmex') });
      for (let at = 0; at < wire.length; at += size) bench.feed(wire.subarray(at, at + size));
      bench.session.close();
      assert.deepEqual(
        bench.stored().map((text) => Buffer.from(text, 'latin1').toString('utf8')),
        expected,
        `${file.name} by ${size}`,
      );
      assert.deepEqual(bench.partials(), [], file.name);
    }
  }
});

test(
  'every file of the corpus, whatever it is, is read or named faulty, and comes back byte for byte',
  { skip },
  (t) => {
    const counts = { read: 0, named: 0 };
    for (const { name, content } of corpus ?? []) {
      const read = parseAstm(content);
      const faults = [...read.faults, ...read.messages.flatMap((message) => message.faults)];
      const isWhole = read.messages.length > 0 && read.messages.every(({ isComplete }) => isComplete);
      assert.ok(isWhole || faults.length > 0, `${name}: neither read nor named`);
      counts[isWhole ? 'read' : 'named'] += 1;
      assert.deepEqual(
        Buffer.from(writeAstm(read)),
        Buffer.from(read.isFramed ? textOfFrames(content) : content),
        name,
      );
    }
    t.diagnostic(`${counts.read} files read as stored, ${counts.named} with a named fault`);
    assert.equal(counts.read + counts.named, corpus?.length);
  },
);

/** The texts of the good frames as they stand in the file, a repeat counted once. */
function textOfFrames(content: Uint8Array): Uint8Array {
  const decoder = createFrameDecoder({ maxFrameBytes: content.length + 1 });
  const texts: Uint8Array[] = [];
  let last = Buffer.alloc(0);
  for (const token of [...decoder.push(content), ...decoder.flush()]) {
    if (token.kind === 'enq' || token.kind === 'eot') last = Buffer.alloc(0);
    if (token.kind !== 'frame' || last.equals(token.frame.raw)) continue;
    last = Buffer.from(token.frame.raw);
    texts.push(token.frame.text);
  }
  return Buffer.concat(texts);
}
