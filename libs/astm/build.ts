// The sending half of frames and records: rows -> record text -> frames. Refuses what a line must not carry.
import { Control, isForbiddenInText } from './control.ts';
import { AstmError } from './errors.ts';
import { checksum } from './frame.ts';
import { escapeText, standardDelimiters } from './delimiters.ts';
import type { Delimiters } from './delimiters.ts';

/** One field: text, components, or repeats of components. All leaves are plain text; escaping is done here. */
export type FieldInput = string | readonly string[] | readonly (readonly string[])[];

/** A record by fields, type letter first. In an H row the delimiters (field 2) are filled in: give ''. */
export type RowInput = readonly [type: string, ...fields: FieldInput[]];

/** `record`: a frame per record, ETX each. `record_etb`: the same, ETB on all but the last (cobas c 111). `packed`: filled to the limit. */
export type Packing = 'record' | 'record_etb' | 'packed';

/** One field as it stands in a record. */
export function fieldInputText(field: FieldInput, delimiters: Delimiters): string {
  if (typeof field === 'string') return escapeText(field, delimiters);
  return field
    .map((repeat) =>
      typeof repeat === 'string'
        ? escapeText(repeat, delimiters)
        : repeat.map((part) => escapeText(part, delimiters)).join(delimiters.component),
    )
    .join(field.some((repeat) => typeof repeat !== 'string') ? delimiters.repeat : delimiters.component);
}

/** Writes rows as record texts (no CR). */
export function buildRecords(rows: readonly RowInput[], delimiters: Delimiters = standardDelimiters): string[] {
  return rows.map(([type, ...fields]) => {
    const texts = fields.map((field) => fieldInputText(field, delimiters));
    if (type === 'H') texts[0] = `${delimiters.repeat}${delimiters.component}${delimiters.escape}`;
    return [type, ...texts].join(delimiters.field);
  });
}

/**
 * Record texts to the bytes a frame carries, each ended by CR, UTF-8 unless `latin1` is asked for.
 * @throws AstmError astm.illegal_text when a record holds a control character a frame may not carry, or a CR or LF
 */
export function recordBytes(records: readonly string[], charset: 'utf-8' | 'latin1' = 'utf-8'): Uint8Array {
  for (const [index, record] of records.entries()) {
    for (let at = 0; at < record.length; at += 1) {
      const code = record.charCodeAt(at);
      const isBreak = code === Control.CR || code === Control.LF;
      // Trap: Buffer cuts code units to 8 bits in latin1, so U+0102 would become STX.
      const isLost = charset === 'latin1' && code > 0xff;
      if (isBreak || isLost || (code < 0x20 && isForbiddenInText(code))) {
        throw new AstmError('astm.illegal_text', `Record ${index + 1}.`);
      }
    }
  }
  return Buffer.from(records.map((record) => `${record}\r`).join(''), charset);
}

/** One frame on the wire. The text is not checked here. */
export function encodeFrame(number: number, text: Uint8Array, end: 'etb' | 'etx'): Uint8Array {
  const body = Buffer.concat([
    Uint8Array.of(0x30 + (number & 7)),
    text,
    Uint8Array.of(end === 'etx' ? Control.ETX : Control.ETB),
  ]);
  return Buffer.concat([Uint8Array.of(Control.STX), body, Buffer.from(`${checksum(body)}\r\n`, 'latin1')]);
}

function* pieces(text: Uint8Array, limit: number): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += limit) yield text.subarray(at, at + limit);
}

function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== Control.CR) continue;
    records.push(bytes.subarray(start, at + 1));
    start = at + 1;
  }
  if (start < bytes.length) records.push(bytes.subarray(start));
  return records;
}

/**
 * Cuts record bytes into frames, numbered from 1.
 * @param textLimit longest text of a frame in bytes; 240 suits every device, 63,993 is the LIS01-A2 limit
 * @throws AstmError astm.illegal_text, astm.bad_option
 */
export function buildFrames(bytes: Uint8Array, textLimit = 240, packing: Packing = 'record'): Uint8Array[] {
  if (!Number.isInteger(textLimit) || textLimit < 1 || textLimit > 63_993) throw new AstmError('astm.bad_option');
  if (bytes.some((byte) => byte === Control.LF || isForbiddenInText(byte))) throw new AstmError('astm.illegal_text');
  const groups = packing === 'packed' ? [bytes] : splitRecords(bytes);
  const texts = groups.flatMap((group, index) => {
    const cut = [...pieces(group, textLimit)];
    const isLastGroup = index === groups.length - 1;
    return cut.map((text, place) => {
      const endsGroup = place === cut.length - 1 && (packing !== 'record_etb' || isLastGroup);
      return { text, end: endsGroup ? ('etx' as const) : ('etb' as const) };
    });
  });
  return texts.map(({ text, end }, index) => encodeFrame((index + 1) % 8, text, end));
}
