import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsCorpus, sampleFiles } from './corpus.testing.ts';
import {
  acknowledgementMode,
  buildAck,
  checkOru,
  editMessage,
  Hl7Error,
  parseMessage,
  readOru,
  serialise,
  splitMessages,
} from './index.ts';

// Files no message can be read from, each with the fault named. Everything else must parse.
const refused: ReadonlyMap<string, string> = new Map([
  ['hapi/guide.txt', 'hl7.no_header'],
  ['hl7apy-literals/test_parser-13.hl7', 'hl7.bad_delimiters'],
  ['hl7apy-literals/test_parser-14.hl7', 'hl7.bad_delimiters'],
  // Both write the escape sign twice in MSH-2, so that escape and subcomponent are the same.
  ['linuxforhealth/sample_unix.hl7', 'hl7.bad_delimiters'],
  ['linuxforhealth/sample_win.hl7', 'hl7.bad_delimiters'],
]);

test('every sample that holds a message is read, field by field, and comes back byte for byte', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  let parsed = 0;
  for (const { name, bytes } of files) {
    for (const payload of splitMessages(bytes)) {
      const expected = refused.get(name);
      let message;
      try {
        message = parseMessage(payload);
      } catch (error) {
        assert.ok(error instanceof Hl7Error, name);
        // The nhapi files are fuzzer findings: those with letters for delimiters are refused.
        assert.equal(error.code, name.startsWith('nhapi/') ? 'hl7.bad_delimiters' : expected, name);
        continue;
      }
      parsed += 1;
      assert.equal(expected, undefined, name);
      assert.deepEqual(message.bytes, payload, name);
      assert.deepEqual(Buffer.from(editMessage(message).toBytes()), Buffer.from(payload), name);
      readEverything(message);
    }
  }
  assert.ok(parsed >= 440, `${String(parsed)} messages read`);
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
      const again = parseMessage(serialise(message));
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
  assert.equal(ack.header.field(12), message.header.field(12));
  assert.equal(ack.first('MSA')?.field(2), message.header.field(10));
}
