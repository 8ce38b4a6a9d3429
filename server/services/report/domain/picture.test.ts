import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { greyPng } from '../rendering/sample-details.ts';
import { isPrintable } from './picture.ts';

/** SOI, an application segment, a frame header (ITU-T T.81, B.2.2) of this size, EOI. */
function jpeg(width: number, height: number, frameMarker = 0xc0): Uint8Array {
  const two = (n: number) => [n >> 8, n & 0xff];
  const app = [0xff, 0xe0, ...two(4), 0, 0];
  const tables = [0xff, 0xc4, ...two(5), 1, 2, 3];
  const frame = [0xff, frameMarker, ...two(11), 8, ...two(height), ...two(width), 1, 1, 0x11, 0];
  return Uint8Array.from([0xff, 0xd8, ...app, ...tables, ...frame, 0xff, 0xd9]);
}

test('a whole picture of a bearable size can be printed', () => {
  assert.equal(isPrintable(greyPng(240, 160), 'png'), true);
  assert.equal(isPrintable(jpeg(4000, 6000), 'jpg'), true);
  assert.equal(isPrintable(jpeg(4000, 6000, 0xc2), 'jpg'), true, 'progressive');
});

test('one of another kind, cut off, empty or of a billion pixels cannot', () => {
  const png = greyPng(240, 160);
  assert.equal(isPrintable(png, 'jpg'), false);
  assert.equal(isPrintable(jpeg(10, 10), 'png'), false);
  assert.equal(isPrintable(png.subarray(0, png.length - 3), 'png'), false);
  assert.equal(isPrintable(new Uint8Array(0), 'png'), false);
  assert.equal(isPrintable(jpeg(0, 10), 'jpg'), false);
  assert.equal(isPrintable(jpeg(40_000, 40_000), 'jpg'), false);
  const vast = Buffer.from(png);
  vast.writeUInt32BE(40_000, 16);
  vast.writeUInt32BE(40_000, 20);
  assert.equal(isPrintable(vast, 'png'), false);
});

test('any bytes get an answer', () => {
  const heads = [[0xff, 0xd8], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], []];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      const bytes = Uint8Array.from([...head, ...rest]);
      for (const type of ['png', 'jpg'] as const) assert.equal(typeof isPrintable(bytes, type), 'boolean');
    }),
  );
});
