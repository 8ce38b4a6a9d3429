import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsCorpus, sampleFiles } from './corpus.testing.ts';
import {
  acknowledgementMode,
  buildAck,
  checkOru,
  editMessage,
  Hl7Error,
  parseFile,
  parseMessage,
  readOru,
  serialise,
  splitMessages,
  wireForm,
} from './index.ts';

// All that hold no MSH segment: a guide that names segments, an empty file, and a letter where the field separator belongs.
const refused: ReadonlyMap<string, string> = new Map([
  ['hapi/guide.txt', 'hl7.no_header'],
  ['nhapi/LegacyPipeParser/EncodingNotSupportedException/aoor1.txt', 'hl7.empty'],
  ['nhapi/LegacyPipeParser/EncodingNotSupportedException/nullref1.txt', 'hl7.bad_delimiters'],
]);

test('every sample that holds an MSH is read, field by field, and comes back byte for byte; the rest is refused by name', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  let read = 0;
  for (const { name, bytes } of files) {
    let file;
    try {
      file = parseFile(bytes);
    } catch (error) {
      assert.ok(error instanceof Hl7Error, name);
      assert.equal(error.code, refused.get(name), name);
      continue;
    }
    read += 1;
    assert.equal(refused.get(name), undefined, name);
    assert.deepEqual(Buffer.from(serialise(file)), Buffer.from(bytes), name);
    assert.deepEqual(file.unread, [], name);
    for (const message of file.messages) {
      assert.deepEqual(Buffer.from(editMessage(message).toBytes()), Buffer.from(message.bytes), name);
      readEverything(message);
    }
  }
  assert.equal(read, files.length - refused.size, `${String(read)} of ${String(files.length)} files read`);
  t.diagnostic(`${String(read)} of ${String(files.length)} files read and returned`);
});

test('a segment written anew with its own contents gives the same bytes', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  for (const { name, bytes } of files) {
    for (const payload of splitMessages(bytes)) {
      const message = readable(payload);
      if (message === undefined) continue;
      const editor = editMessage(message);
      const counts = new Map<string, number>();
      for (const segment of message.segments) {
        const count = (counts.get(segment.name) ?? 0) + 1;
        counts.set(segment.name, count);
        if (!/^[A-Z][A-Z0-9]{2}$/.test(segment.name) || segment.fieldCount < 3) continue;
        editor.set(`${segment.name}[${String(count)}]-3`, { raw: segment.field(3) });
      }
      assert.deepEqual(Buffer.from(editor.toBytes()), Buffer.from(payload), name);
    }
  }
});

test('the wire form of every sample reads the same as the sample', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  for (const { name, bytes } of files) {
    for (const payload of splitMessages(bytes)) {
      const message = readable(payload);
      if (message === undefined) continue;
      const again = parseMessage(wireForm(message));
      assert.deepEqual(
        again.segments.map((s) => s.raw),
        message.segments.map((s) => s.raw),
        name,
      );
    }
  }
});

function readable(payload: Uint8Array): ReturnType<typeof parseMessage> | undefined {
  try {
    return parseMessage(payload);
  } catch {
    return undefined;
  }
}

function readEverything(message: ReturnType<typeof parseMessage>): void {
  for (const segment of message.segments) {
    for (let field = 0; field <= segment.fieldCount + 1; field += 1) {
      segment.text(field);
      segment.isNull(field);
      for (const value of segment.each(field)) {
        value.text();
        value.component(2);
        value.plain();
      }
      segment.components(field);
    }
  }
  const sent = message.all('OBX').length;
  const oru = readOru(message);
  const found = oru.groups.flatMap((g) => [...g.observations, ...new Set(g.specimens.flatMap((s) => s.observations))]);
  assert.equal(new Set(found.map((o) => o.location)).size, sent, 'no OBX is lost');
  checkOru(message);
  acknowledgementMode(message);
  const ack = parseMessage(buildAck(message, { code: 'AA', controlId: 'A1', now: new Date(0) }));
  // A reply to a sender whose delimiters cannot delimit speaks in the usual ones.
  if (message.delimiterFault === 'unusable') return;
  assert.equal(ack.header.field(12), message.header.field(12));
  assert.equal(ack.first('MSA')?.field(2), message.header.field(10));
}
