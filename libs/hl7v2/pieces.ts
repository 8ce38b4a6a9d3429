// A message as the bytes of its segments and of what stands between them, for writing it out again.
import type { Hl7Message } from './message.ts';
import { asBuffer } from './bytes.ts';
import { encodeText } from './charset.ts';

export interface Piece {
  readonly name: string;
  /** Bytes of the segment without its end; absent once it was changed. */
  kept: Uint8Array | undefined;
  raw: string;
  /** CR, CR LF, LF and blank lines up to the next segment; empty after the last segment of a message that ends bare. */
  end: Uint8Array;
}

/**
 * The bytes of a message or file as they came, to the last one. A changed copy comes from `editMessage`, the tidy form for a
 * wire from `wireForm`.
 */
export function serialise(source: { readonly bytes: Uint8Array }): Uint8Array {
  return source.bytes;
}

/** The message as it should go out: no BOM, no padding, nothing before the header, every segment ended by CR, in the charset it came in. */
export function wireForm(message: Hl7Message): Uint8Array {
  const end = encodeText('\r', message.charset.encoding);
  return Buffer.concat(cutPieces(message).flatMap((piece) => [piece.kept ?? new Uint8Array(0), end]));
}

/**
 * The same walk as the reader's, over bytes: CR and LF never occur inside a character of any narrow charset read here (trail
 * bytes of the Asian ones start at 21 hex), so segment n of the text is segment n of the bytes. UTF-16 is walked by its text,
 * each unit of which is two bytes.
 */
export function cutPieces(message: Hl7Message): Piece[] {
  const { bodyStart, bodyEnd, lineEnd, isLenient } = message.layout;
  const all = asBuffer(message.bytes);
  const isWide = message.charset.encoding === 'utf-16le' || message.charset.encoding === 'utf-16be';
  const width = isWide ? 2 : 1;
  // What follows the body (its last segment end) is looked at too.
  const units: Units = isWide ? wideUnits(all, bodyStart, message) : all.subarray(bodyStart);
  const slice = (from: number, to: number): Uint8Array =>
    all.subarray(bodyStart + width * from, bodyStart + width * to);
  const size = (bodyEnd - bodyStart) / width;
  const ends = lineEnd.charCodeAt(0);
  const pieces: Piece[] = [];
  let start = 0;
  let lastEnd = 0;
  while (start < size) {
    const found = units.indexOf(ends, start);
    const end = found < 0 || found > size ? size : found;
    let from = ends === 0x0d && start > 0 && units[start] === 0x0a ? start + 1 : start;
    if (isLenient) while (from < end && (units[from] === 0x20 || units[from] === 0x09)) from += 1;
    if (from < end) {
      const previous = pieces.at(-1);
      if (previous !== undefined) previous.end = slice(lastEnd, from);
      const segment = message.segments[pieces.length];
      pieces.push({
        name: segment?.name ?? '',
        kept: slice(from, end),
        raw: segment?.raw ?? '',
        end: slice(end, end),
      });
      lastEnd = end;
    }
    start = end + 1;
  }
  const last = pieces.at(-1);
  if (last !== undefined) last.end = slice(lastEnd, firstEndAfter(units, lastEnd, ends));
  return pieces;
}

interface Units {
  readonly [index: number]: number;
  indexOf(unit: number, from: number): number;
}

function wideUnits(bytes: Buffer, start: number, message: Hl7Message): Units {
  const count = Math.floor((bytes.length - start) / 2);
  const isLittle = message.charset.encoding === 'utf-16le';
  const units = new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    units[i] = isLittle ? bytes.readUInt16LE(start + 2 * i) : bytes.readUInt16BE(start + 2 * i);
  }
  return units;
}

function firstEndAfter(units: Units, at: number, ends: number): number {
  if (units[at] !== ends) return at;
  return ends === 0x0d && units[at + 1] === 0x0a ? at + 2 : at + 1;
}
