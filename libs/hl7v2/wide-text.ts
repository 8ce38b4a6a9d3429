// UTF-16. Never inside MLLP, but files hold it. A code unit is two bytes, so positions in the text map to bytes by doubling.
import { asBuffer } from './bytes.ts';

export type WideEncoding = 'utf-16le' | 'utf-16be';

export interface WideBody {
  readonly encoding: WideEncoding;
  /** Byte position of the first code unit after the byte order mark, and after the last whole one. */
  readonly start: number;
  readonly end: number;
}

/** Tells UTF-16 by its byte order mark, else by the zero bytes around the letters of a header. Undefined for everything else. */
export function findWideBody(bytes: Uint8Array): WideBody | undefined {
  let start = 0;
  // An MLLP start is one byte, whatever follows.
  while (bytes[start] === 0x0b && bytes[start + 1] !== 0) start += 1;
  const first = bytes[start];
  const second = bytes[start + 1];
  let encoding: WideEncoding | undefined;
  if (first === 0xff && second === 0xfe) encoding = 'utf-16le';
  else if (first === 0xfe && second === 0xff) encoding = 'utf-16be';
  if (encoding !== undefined) return { encoding, start: start + 2, end: wholeUnits(bytes, start + 2) };
  if (second === 0 && isHeaderLetter(first) && bytes[start + 3] === 0) encoding = 'utf-16le';
  else if (first === 0 && isHeaderLetter(second) && bytes[start + 2] === 0) encoding = 'utf-16be';
  return encoding === undefined ? undefined : { encoding, start, end: wholeUnits(bytes, start) };
}

export function decodeWide(bytes: Uint8Array, { encoding, start, end }: WideBody): string {
  const units = asBuffer(bytes).subarray(start, end);
  return (encoding === 'utf-16le' ? units : Buffer.from(units).swap16()).toString('utf16le');
}

export function encodeWide(text: string, encoding: WideEncoding): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** One byte for each code unit, `?` for those outside Latin-1: enough to find lines, headers and counts in. */
export function narrowed(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[^\0-\u00ff]/g, '?'), 'latin1');
}

// M, F or B of MSH, FHS, BHS.
function isHeaderLetter(byte: number | undefined): boolean {
  return byte === 0x4d || byte === 0x46 || byte === 0x42;
}

function wholeUnits(bytes: Uint8Array, start: number): number {
  return bytes.length - ((bytes.length - start) % 2);
}
