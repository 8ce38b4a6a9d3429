import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage, readBatch, splitMessages } from './index.ts';

const msh = (id: number): string => `MSH|^~\\&|A||||||ORU^R01|${String(id)}|P|2.5\rOBX|1\r`;
const ids = (text: string): readonly string[] =>
  splitMessages(Buffer.from(text)).map((bytes) => parseMessage(bytes).get('MSH-10'));

test('a batch gives its messages', () => {
  const text = `FHS|^~\\&|A\rBHS|^~\\&|A||||||||B7\r${msh(1)}${msh(2)}BTS|2\rFTS|1\r`;
  assert.deepEqual(ids(text), ['1', '2']);
  const batch = readBatch(Buffer.from(text));
  assert.deepEqual(batch.batches, [{ controlId: 'B7', found: 2, declared: 2 }]);
  assert.deepEqual(batch.warnings, []);
});

test('wrong counts are told and nothing is lost', () => {
  const batch = readBatch(
    Buffer.from(`FHS|^~\\&\rBHS|^~\\&\r${msh(1)}BTS|3\rBHS|^~\\&\r${msh(2)}${msh(3)}BTS\rFTS|5\r`),
  );
  assert.equal(batch.messages.length, 3);
  assert.deepEqual(
    batch.warnings.map((w) => [w.code, w.location]),
    [
      ['batch.count_mismatch', 'BTS[1]-1'],
      ['batch.count_mismatch', 'FTS-1'],
    ],
  );
});

test('several messages without a batch header, text that only looks like a header, and one plain message', () => {
  assert.deepEqual(ids(msh(1) + msh(2) + msh(3)), ['1', '2', '3']);
  assert.deepEqual(ids((msh(1) + msh(2)).replaceAll('\r', '\n')), ['1', '2']);
  assert.deepEqual(ids(`${msh(1)}MSHARP is a drug\r`), ['1']);
  // LF inside a field of a CR message: an embedded message is data.
  assert.deepEqual(ids(`${msh(1)}OBX|2|TX|||see\nMSH|^~\\&|X\r`), ['1']);
  const one = Buffer.from(msh(9));
  assert.equal(splitMessages(one)[0], one);
});

test('what holds no header is handed on whole, so that its fault can be named', () => {
  assert.deepEqual(splitMessages(Buffer.from('')), []);
  assert.equal(splitMessages(Buffer.from('hello')).length, 1);
  assert.deepEqual(splitMessages(Buffer.from('FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r')), []);
});
