// Record layer of LIS02-A2 (ASTM E1394): bytes or text -> messages -> records -> fields. Text in, text out; no meaning yet.
// Takes whole line traffic (STX frames), or bare records with CR, CRLF or LF ends. A bad record is a fault, never an exception.
import { Control } from './control.ts';
import { readDelimiters, unescapeText } from './delimiters.ts';
import type { Delimiters } from './delimiters.ts';
import type { AstmFault } from './errors.ts';
import { createFrameDecoder } from './frame.ts';

export type AstmRecord = {
  /** H P O R C Q S M L, or whatever a device invented. */
  readonly type: string;
  /** 1-based among the non-empty records of the input. */
  readonly line: number;
  /** Without its CR. */
  readonly text: string;
  /** Raw fields; `fields[0]` is the type letter, so field n of the standard is `fields[n - 1]`. */
  readonly fields: readonly string[];
  readonly delimiters: Delimiters;
};

export type AstmMessage = {
  readonly delimiters: Delimiters;
  /** H first; L last when `isComplete`. */
  readonly records: readonly AstmRecord[];
  /** False when the L record is missing: do not use as a result. */
  readonly isComplete: boolean;
  readonly faults: readonly AstmFault[];
};

export type AstmTransmission = {
  readonly messages: readonly AstmMessage[];
  /** What concerns no single message: bad frames, records outside H..L, charset. */
  readonly faults: readonly AstmFault[];
  readonly charset: 'utf-8' | 'windows-1252' | 'text';
  /** The records were taken out of STX frames. */
  readonly isFramed: boolean;
  /** The input cut into lines, each with its end and with what stood before the record: `writeAstm` makes the input of it again. */
  readonly lines: readonly string[];
};

export type ParseOptions = {
  /** `auto`: UTF-8, or windows-1252 when the bytes are no UTF-8 (with a fault). Nothing on the wire says it. Default auto. */
  readonly charset?: 'auto' | 'utf-8' | 'windows-1252';
  readonly checksum?: 'required' | 'absent';
};

const KNOWN_TYPES = 'HPORCQMSL';
// A byte order mark is kept, for the input to come back whole.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const looseUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Texts of the good frames, joined; a frame that came twice in a row counts once. Nothing is unframed when no STX occurs. */
function unframe(bytes: Uint8Array, options: ParseOptions, faults: AstmFault[]): Uint8Array {
  if (!bytes.includes(Control.STX)) return bytes;
  const decoder = createFrameDecoder({ maxFrameBytes: bytes.length + 1, checksum: options.checksum ?? 'required' });
  const texts: Uint8Array[] = [];
  let earlier: Uint8Array | undefined;
  for (const token of [...decoder.push(bytes), ...decoder.flush()]) {
    if (token.kind === 'enq' || token.kind === 'eot') earlier = undefined;
    if (token.kind === 'defect') {
      faults.push({ code: token.defect === 'checksum' ? 'frame_checksum' : 'frame_defective', at: texts.length + 1 });
    }
    if (token.kind !== 'frame') continue;
    const { raw, text } = token.frame;
    if (earlier !== undefined && Buffer.compare(earlier, raw) === 0) continue;
    if (token.frame.checkedBy === 'latin1') faults.push({ code: 'checksum_latin1', at: token.frame.number });
    earlier = raw;
    texts.push(text);
  }
  if (decoder.isInFrame()) faults.push({ code: 'frame_abandoned', at: texts.length + 1 });
  return Buffer.concat(texts);
}

function decode(
  bytes: Uint8Array,
  options: ParseOptions,
  faults: AstmFault[],
): { readonly text: string; readonly charset: AstmTransmission['charset'] } {
  const wanted = options.charset ?? 'auto';
  if (wanted !== 'windows-1252') {
    try {
      const decoder = wanted === 'auto' ? strictUtf8 : looseUtf8;
      return { text: decoder.decode(bytes), charset: 'utf-8' };
    } catch {
      faults.push({ code: 'charset_fallback' });
    }
  }
  return { text: new TextDecoder('windows-1252').decode(bytes), charset: 'windows-1252' };
}

/** Pieces that end with `end`; the last may lack it. */
function cutBehind(text: string, end: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (;;) {
    const at = text.indexOf(end, from);
    if (at === -1) break;
    pieces.push(text.slice(from, at + 1));
    from = at + 1;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** The record of a line: no ends, no blanks, NUL or byte order mark before it, no LF inside; '' when there is none. */
function recordOf(line: string, end: string): string {
  const body = line.endsWith(end) ? line.slice(0, -1) : line;
  // Rule that survives the field: with any CR, CR ends records and LF is dropped; only without CR does LF end them.
  return (body.includes('\n') ? body.replaceAll('\n', '') : body).replace(/^[\s\0\uFEFF]+/, '');
}

function isHeader(line: string): boolean {
  return /^H[^A-Za-z0-9\s]/.test(line);
}

function isTerminator(line: string, delimiters: Delimiters): boolean {
  return /^L\s*$/.test(line) || (line.startsWith('L') && line.charAt(1) === delimiters.field);
}

function readRecord(line: string, number: number, delimiters: Delimiters): AstmRecord {
  const fields = line.split(delimiters.field);
  const type = (fields[0] ?? '').trim();
  fields[0] = type;
  return { type, line: number, text: line, fields, delimiters };
}

type Open = { delimiters: Delimiters; records: AstmRecord[]; faults: AstmFault[] };

function close(open: Open, isComplete: boolean): AstmMessage {
  if (!isComplete) open.faults.push({ code: 'no_terminator', at: open.records.at(-1)?.line ?? 1 });
  return { ...open, isComplete };
}

/**
 * Reads every message of an input.
 * Records outside H..L are faults `outside_message`; an H before the L of the earlier message closes that one as incomplete.
 */
export function parseAstm(input: Uint8Array | string, options: ParseOptions = {}): AstmTransmission {
  const faults: AstmFault[] = [];
  const isText = typeof input === 'string';
  const isFramed = isText ? input.includes('\u0002') : input.includes(Control.STX);
  const decoded =
    isText && !isFramed
      ? { text: input, charset: 'text' as const }
      : decode(unframe(isText ? Buffer.from(input, 'utf8') : input, options, faults), options, faults);
  const messages: AstmMessage[] = [];
  let open: Open | undefined;
  const end = decoded.text.includes('\r') ? '\r' : '\n';
  const lines = cutBehind(decoded.text, end);
  let number = 0;
  for (const source of lines) {
    const line = recordOf(source, end);
    if (line === '') continue;
    number += 1;
    if (isHeader(line)) {
      if (open !== undefined) messages.push(close(open, false));
      const { delimiters, faults: headerFaults } = readDelimiters(line);
      open = { delimiters, records: [], faults: headerFaults.map((fault) => ({ ...fault, at: number })) };
    } else if (open === undefined) {
      faults.push({ code: 'outside_message', at: number });
      continue;
    }
    const record = readRecord(line, number, open.delimiters);
    open.records.push(record);
    if (record.type.length !== 1 || !KNOWN_TYPES.includes(record.type))
      open.faults.push({ code: 'unknown_record', at: number });
    if (isTerminator(line, open.delimiters)) {
      messages.push(close(open, true));
      open = undefined;
    }
  }
  if (open !== undefined) messages.push(close(open, false));
  return { messages, faults, charset: decoded.charset, isFramed, lines };
}

/** Field n as sent, delimiters and escapes included; '' when absent. Field 1 is the type letter. */
export function rawField(record: AstmRecord, field: number): string {
  return record.fields[field - 1] ?? '';
}

/** The text before the first delimiter. */
function before(text: string, delimiter: string): string {
  if (delimiter === '') return text;
  const at = text.indexOf(delimiter);
  return at === -1 ? text : text.slice(0, at);
}

function components(repeat: string, delimiters: Delimiters): string[] {
  if (delimiters.component === '' || !repeat.includes(delimiters.component)) return [unescapeText(repeat, delimiters)];
  return repeat.split(delimiters.component).map((part) => unescapeText(part, delimiters));
}

function isDelimiterField(record: AstmRecord, field: number): boolean {
  return field === 2 && record.type === 'H';
}

/** Field n as repeats of components, escapes decoded. An empty field is `[['']]`. Field 2 of H is never split. */
export function fieldRepeats(record: AstmRecord, field: number): string[][] {
  const raw = rawField(record, field);
  if (raw === '' || isDelimiterField(record, field)) return [[raw]];
  const { delimiters } = record;
  if (delimiters.repeat === '' || !raw.includes(delimiters.repeat)) return [components(raw, delimiters)];
  return raw.split(delimiters.repeat).map((repeat) => components(repeat, delimiters));
}

/** Components of the first repeat of field n. */
export function fieldParts(record: AstmRecord, field: number): string[] {
  const raw = rawField(record, field);
  if (raw === '' || isDelimiterField(record, field)) return [raw];
  return components(before(raw, record.delimiters.repeat), record.delimiters);
}

/** First component of the first repeat, without blanks around it; '' when absent. */
export function fieldText(record: AstmRecord, field: number): string {
  const raw = rawField(record, field);
  if (raw === '' || isDelimiterField(record, field)) return raw.trim();
  const { delimiters } = record;
  return unescapeText(before(before(raw, delimiters.repeat), delimiters.component), delimiters).trim();
}
