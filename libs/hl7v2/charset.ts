// Bytes to text and back, by the labels of MSH-18 (HL7 table 0211).
// Invariant: a single-byte or UTF-8 text that was decoded here encodes to the same bytes again, whatever they were.
import { isAscii, isUtf8 } from 'node:buffer';
import type { WideEncoding } from './wide-text.ts';
import { asBuffer } from './bytes.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import { encodeWide } from './wide-text.ts';

/** Names as the WHATWG Encoding Standard spells them. */
export type Encoding =
  | 'utf-8'
  | 'windows-1252'
  | 'windows-1254'
  | 'iso-8859-2'
  | 'iso-8859-3'
  | 'iso-8859-4'
  | 'iso-8859-5'
  | 'iso-8859-6'
  | 'iso-8859-7'
  | 'iso-8859-8'
  | 'iso-8859-10'
  | 'windows-874'
  | 'iso-8859-13'
  | 'iso-8859-14'
  | 'iso-8859-15'
  | 'gb18030'
  | 'big5'
  | 'euc-kr'
  | 'shift_jis'
  | 'iso-2022-jp'
  | WideEncoding;

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  /** True when the bytes contradicted the label (or the silence of MSH-18) and were read as windows-1252. */
  readonly isFallback: boolean;
}

// Why windows-1252 for 8859/1 and windows-1254 for 8859/9: they differ only in 80–9F, where the ISO sets have control
// characters nobody sends; senders on Windows put quotes and the euro sign there. The Encoding Standard does the same.
const encodingByLabel: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['', 'utf-8'],
  ['ASCII', 'utf-8'],
  ['UNICODE UTF-8', 'utf-8'],
  ['UNICODE', 'utf-8'],
  ['UTF-8', 'utf-8'],
  ['UTF8', 'utf-8'],
  ['8859/1', 'windows-1252'],
  ['8859/2', 'iso-8859-2'],
  ['8859/3', 'iso-8859-3'],
  ['8859/4', 'iso-8859-4'],
  ['8859/5', 'iso-8859-5'],
  ['8859/6', 'iso-8859-6'],
  ['8859/7', 'iso-8859-7'],
  ['8859/8', 'iso-8859-8'],
  ['8859/9', 'windows-1254'],
  ['8859/10', 'iso-8859-10'],
  ['8859/11', 'windows-874'],
  ['8859/13', 'iso-8859-13'],
  ['8859/14', 'iso-8859-14'],
  ['8859/15', 'iso-8859-15'],
  ['ISO IR6', 'utf-8'],
  // JIS X 0201 katakana in eight bits are the single bytes of Shift JIS; JIS X 0208 comes with the switches of ISO 2022.
  ['ISO IR13', 'shift_jis'],
  ['ISO IR14', 'iso-2022-jp'],
  ['ISO IR87', 'iso-2022-jp'],
  // Real UTF-16 is known by its bytes before a label is read; a file turned into UTF-8 keeps its old label.
  ['UNICODE UTF-16', 'utf-8'],
  ['GB 18030-2000', 'gb18030'],
  ['BIG-5', 'big5'],
  ['KS X 1001', 'euc-kr'],
]);

const singleByteEncodings = [
  'windows-1252',
  'windows-1254',
  'iso-8859-2',
  'iso-8859-3',
  'iso-8859-4',
  'iso-8859-5',
  'iso-8859-6',
  'iso-8859-7',
  'iso-8859-8',
  'iso-8859-10',
  'windows-874',
  'iso-8859-13',
  'iso-8859-14',
  'iso-8859-15',
] as const;

interface SingleByteTable {
  /** Code unit per byte. */
  readonly units: Uint16Array;
  readonly bytes: ReadonlyMap<number, number>;
}

function buildTable(encoding: Encoding): SingleByteTable {
  const decoder = new TextDecoder(encoding);
  const units = new Uint16Array(256);
  const bytes = new Map<number, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const unit = decoder.decode(Uint8Array.of(byte)).charCodeAt(0);
    // Why: some sets (8859/3, /6, /7, /8, /11) leave bytes undefined. A private-use character keeps them apart, so they come back exact.
    const kept = unit === 0xff_fd || Number.isNaN(unit) ? 0xf7_00 + byte : unit;
    units[byte] = kept;
    bytes.set(kept, byte);
  }
  return { units, bytes };
}

const tables: ReadonlyMap<Encoding, SingleByteTable> = new Map(
  singleByteEncodings.map((encoding) => [encoding, buildTable(encoding)]),
);

/** The encoding a label of MSH-18 stands for; undefined when the label is unknown. Case and outer blanks are forgiven. */
export function encodingOfLabel(label: string): Encoding | undefined {
  return encodingByLabel.get(label.trim().toUpperCase());
}

/**
 * Decodes bytes by a label of MSH-18. Never throws and never loses a byte: what is not valid under the label is read as
 * windows-1252 and marked. An unknown label counts as UTF-8.
 */
export function decodeBytes(bytes: Uint8Array, label: string): DecodedText {
  const encoding = encodingOfLabel(label) ?? 'utf-8';
  // ISO 2022 switches are made of ASCII bytes.
  if (isAscii(bytes) && !(encoding === 'iso-2022-jp' && bytes.includes(0x1b))) {
    return { text: asciiText(bytes), encoding, isFallback: false };
  }
  return decodeAs(bytes, encoding);
}

/** As `decodeBytes`, for bytes of a message whose encoding is already known (hex escapes). */
export function decodeAs(bytes: Uint8Array, encoding: Encoding): DecodedText {
  const table = tables.get(encoding);
  if (table !== undefined) return { text: singleByteText(bytes, table), encoding, isFallback: false };
  if (encoding === 'utf-8') {
    if (isUtf8(bytes)) return { text: asBuffer(bytes).toString('utf8'), encoding, isFallback: false };
  } else {
    try {
      return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding, isFallback: false };
    } catch {
      // Not valid under its label: read as windows-1252 below, like a wrong UTF-8 label.
    }
  }
  return { text: decodeAs(bytes, 'windows-1252').text, encoding: 'windows-1252', isFallback: true };
}

/**
 * Encodes text for the wire.
 * @throws Hl7Error hl7.cannot_encode when the encoding lacks a character; ISO 2022 JP is written only in ASCII
 */
export function encodeText(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return encodeWide(text, encoding);
  const single = tables.get(encoding)?.bytes;
  if (single === undefined) return encodeMultiByte(text, encoding);
  const out = Buffer.allocUnsafe(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const byte = unit < 0x80 ? unit : single.get(unit);
    if (byte === undefined) throw cannotEncode(encoding);
    out[i] = byte;
  }
  return out;
}

function cannotEncode(encoding: Encoding): Hl7Error {
  return new Hl7Error(hl7ErrorCode.cannotEncode, `The charset ${encoding} cannot write a character of this text.`);
}

// Made on the first text that needs one: 24,000 decodings, some 20 ms.
const pairs = new Map<Encoding, ReadonlyMap<string, number>>();

function pairsOf(encoding: Encoding): ReadonlyMap<string, number> {
  const known = pairs.get(encoding);
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  pairs.set(encoding, found);
  if (encoding === 'iso-2022-jp') return found;
  const decoder = new TextDecoder(encoding);
  for (let byte = 0x80; byte < 0x100; byte += 1) {
    const text = decoder.decode(Uint8Array.of(byte));
    if (!text.includes('\ufffd')) found.set(text, byte);
  }
  for (let lead = 0x81; lead < 0xff; lead += 1) {
    for (let trail = 0x40; trail < 0xff; trail += 1) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if ([...text].length === 1 && text !== '\ufffd' && !found.has(text)) found.set(text, lead * 256 + trail);
    }
  }
  return found;
}

function encodeMultiByte(text: string, encoding: Encoding): Uint8Array {
  const out: number[] = [];
  for (const sign of text) {
    const unit = sign.charCodeAt(0);
    if (unit < 0x80) {
      out.push(unit);
      continue;
    }
    const code = pairsOf(encoding).get(sign);
    if (code === undefined) throw cannotEncode(encoding);
    if (code > 0xff) out.push(code >> 8);
    out.push(code & 0xff);
  }
  return Uint8Array.from(out);
}

function asciiText(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1', 0, bytes.length);
}

function singleByteText(bytes: Uint8Array, table: SingleByteTable): string {
  const units = new Uint16Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) units[i] = table.units[bytes[i] ?? 0] ?? 0;
  return Buffer.from(units.buffer).toString('utf16le');
}
