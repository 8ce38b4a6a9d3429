import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { fileKindOf } from './file-kind.ts';

const head = (text: string) => Buffer.from(text, 'utf8');
const latin = (text: string) => Buffer.from(text, 'latin1');

test('the five kinds are known by their first bytes, whatever the name says', () => {
  const kinds: readonly (readonly [Uint8Array, string, string])[] = [
    [latin('%PDF-1.7\n%\xe2\xe3\xcf\xd3'), 'letter.txt', 'application/pdf'],
    [latin('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'a.pdf', 'image/png'],
    [latin('\xff\xd8\xff\xe0\0\x10JFIF'), 'a', 'image/jpeg'],
    [head('code,name\r\nHGB,Haemoglobin\r\n'), 'TESTS.CSV', 'text/csv'],
    [head('\ufeffनिदान, 10⁶/µL\n'), 'notes.txt', 'text/plain'],
    [head('<5.0 mg/L'), 'value.txt', 'text/plain'],
  ];
  for (const [bytes, name, contentType] of kinds) {
    assert.deepEqual(fileKindOf(bytes, { name, sizeBytes: bytes.length }), { isTaken: true, contentType }, name);
  }
});

test('what is not one of the five is refused by its own name', () => {
  const refused: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(0), 'an empty file'],
    [latin('PK\x03\x04\x14\0'), 'application/zip'],
    [latin('MZ\x90\0'), 'application/x-executable'],
    [latin('\x7fELF\x02'), 'application/x-executable'],
    [latin('GIF89a'), 'image/gif'],
    [latin('caf\xe9'), 'application/octet-stream'],
    [latin('a\0b'), 'application/octet-stream'],
    [head('<!doctype html><script>'), 'text/html or XML'],
    [head('\n  <svg onload="x()">'), 'text/html or XML'],
    [head('\ufeff<?xml version="1.0"?>'), 'text/html or XML'],
    // Only the exact first byte counts: a document hidden behind others is not a document.
    [latin('\0%PDF-1.7'), 'application/octet-stream'],
  ];
  for (const [bytes, found] of refused)
    assert.deepEqual(fileKindOf(bytes, { name: 'a.pdf', sizeBytes: bytes.length }), { isTaken: false, found });
});

test('text cut anywhere, also within a character, is still text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (text, cut) => {
      const bytes = head(`a${text.replace(/[\p{Cc}\p{Cs}]/gu, '')}`);
      const kind = fileKindOf(bytes.subarray(0, 1 + (cut % bytes.length)), { name: 'a.txt', sizeBytes: 2000 });
      assert.deepEqual(kind, { isTaken: true, contentType: 'text/plain' });
    }),
  );
});

test('a whole file that ends within a character is not text', () => {
  const bytes = head('10⁶').subarray(0, 3);
  assert.equal(fileKindOf(bytes, { name: 'a.txt', sizeBytes: 5 }).isTaken, true);
  assert.equal(fileKindOf(bytes, { name: 'a.txt', sizeBytes: 3 }).isTaken, false);
});

test('any bytes get an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void fileKindOf(bytes, { name: 'x', sizeBytes: 64 })),
  );
});
