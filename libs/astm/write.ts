// The way back: what was read goes out as the very bytes that came in, and one field can be changed without touching the rest.
import type { FieldInput } from './build.ts';
import { fieldInputText } from './build.ts';
import type { AstmRecord, AstmTransmission } from './records.ts';

// Bytes 80 to 9F of windows-1252 by the code point they stand for; all others are the code point itself. Src: WHATWG Encoding.
const windows1252 = new Map(
  Array.from(new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, n) => 0x80 + n)), (char, n) => [
    char,
    0x80 + n,
  ]),
);

/**
 * The record bytes of what was read, in the charset it was read in: `writeAstm(parseAstm(bytes))` equals `bytes` when they held
 * records only, and the joined texts of the good frames when they held frames. Bytes that were no UTF-8 come back unless
 * `charset: 'utf-8'` was forced on them.
 */
export function writeAstm(read: Pick<AstmTransmission, 'lines' | 'charset'>): Uint8Array {
  const text = read.lines.join('');
  if (read.charset !== 'windows-1252') return new TextEncoder().encode(text);
  return Uint8Array.from(text, (char) => windows1252.get(char) ?? char.charCodeAt(0));
}

/** The same record with field n (1 is the type letter) set, escaped as its header says; every other field stays as it was sent. */
export function withField(record: AstmRecord, field: number, value: FieldInput): AstmRecord {
  const parts = record.text.split(record.delimiters.field);
  while (parts.length < field) parts.push('');
  parts[field - 1] = fieldInputText(value, record.delimiters);
  const text = parts.join(record.delimiters.field);
  const fields = field === 1 ? parts : [record.fields[0] ?? '', ...parts.slice(1)];
  return { ...record, type: (fields[0] ?? '').trim(), text, fields };
}
