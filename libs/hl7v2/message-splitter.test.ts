import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { needsCorpus, sampleFiles } from './corpus.testing.ts';
import { createMessageSplitter, readBatch } from './index.ts';

interface Split {
  readonly messages: readonly string[];
  readonly refused: readonly string[];
  readonly warnings: readonly string[];
}

function split(bytes: Uint8Array, cuts: readonly number[], maxBytes?: number): Split {
  const messages: string[] = [];
  const refused: string[] = [];
  const splitter = createMessageSplitter({
    onMessage: (message) => messages.push(Buffer.from(message).toString('latin1')),
    onUnread: (error) => refused.push(error.code),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  let from = 0;
  for (const cut of [...cuts].toSorted((a, b) => a - b)) {
    splitter.push(bytes.subarray(from, cut));
    from = cut;
  }
  splitter.push(bytes.subarray(from));
  return { messages, refused, warnings: splitter.end().warnings.map((warning) => warning.code) };
}

const msh = (id: number): string => `MSH|^~\\&|A||||||ORU^R01|${String(id)}|P|2.5\rOBX|1|TX|||see\nMSH|\r`;
const batch = Buffer.from(
  `\uFEFFFHS|^~\\&|A\rBHS|^~\\&|A||||||||B7\r${msh(1)}\r\n${msh(2)}BTS|3\rFTS|1\rBHS|^~\\&\r${msh(3)}BTS|1\r`,
);

test('any cut of the bytes gives the same messages and counts as the whole', () => {
  const whole = readBatch(batch);
  const expected = {
    messages: whole.messages.map((message) => Buffer.from(message).toString('latin1')),
    refused: [],
    warnings: whole.warnings.map((warning) => warning.code),
  };
  assert.equal(expected.messages.length, 3);
  assert.deepEqual(expected.warnings, ['batch.count_mismatch', 'batch.count_mismatch']);
  assert.deepEqual(
    split(
      batch,
      Array.from({ length: batch.length }, (_, at) => at),
    ),
    expected,
  );
  fc.assert(
    fc.property(fc.array(fc.nat(batch.length), { maxLength: 8 }), (cuts) => {
      assert.deepEqual(split(batch, cuts), expected);
    }),
  );
});

test('the samples that are not UTF-16 split as they do whole', (t) => {
  const files = sampleFiles();
  if (files.length === 0) return t.skip(needsCorpus);
  for (const { name, bytes } of files) {
    const { messages } = readBatch(bytes);
    const pieces = split(
      bytes,
      [3, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)].filter((at) => at < bytes.length),
    );
    // What holds no message is handed on whole by `readBatch`, for its fault to be named.
    if (pieces.messages.length === 0) continue;
    assert.deepEqual(
      pieces.messages,
      messages.map((message) => Buffer.from(message).toString('latin1')),
      name,
    );
  }
});

test('a message past the limit is refused and passed over, the next is read', () => {
  const long = `MSH|^~\\&|A\rOBX|1|ED|||${'A'.repeat(300_000)}\r`;
  const found = split(Buffer.from(`${msh(1)}${long}${msh(2)}`), [100_000], 1000);
  assert.deepEqual(found.refused, ['hl7.too_large']);
  assert.deepEqual(
    found.messages.map((message) => message.split('|')[9]),
    ['1', '2'],
  );
  // No line end at all: nothing is kept.
  assert.deepEqual(split(Buffer.alloc(500_000, 0x41), [], 1000).messages, []);
});
