import type { Encoding } from './charset.ts';
import type { DeclaredDelimiters } from './delimiters.ts';
import { decodeBytes } from './charset.ts';
import { readDelimiters } from './delimiters.ts';
import { endOfBody, findHeader, startOfBody } from './find-header.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import { Hl7Message } from './message.ts';
import { decodeWide, findWideBody, narrowed } from './wide-text.ts';

/** Above the MLLP default, so that this limit only bites where bytes come from elsewhere. */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

export interface ParseOptions {
  /** Refuse longer messages; bytes, default 64 MiB. */
  readonly maxBytes?: number;
  /** Forgive blanks before a segment name; default false: such a line is kept, but under its odd name. */
  readonly lenient?: boolean;
}

/**
 * Reads one message. Any standard version, any segment, known or not; the message is not checked against a structure.
 * BOM, MLLP bytes, text before the header and blank padding are tolerated and kept in `bytes`. Delimiters of MSH-2 that cannot
 * delimit are left unused and told (`delimiterFault`). The bytes are not copied: do not change them afterwards.
 * @throws Hl7Error hl7.empty, hl7.too_large, hl7.no_header, hl7.is_batch or hl7.bad_delimiters; nothing else
 */
export function parseMessage(bytes: Uint8Array, options: ParseOptions = {}): Hl7Message {
  if (bytes.length > (options.maxBytes ?? DEFAULT_MAX_BYTES)) {
    throw new Hl7Error(hl7ErrorCode.tooLarge, `The message has ${String(bytes.length)} bytes, more than allowed.`);
  }
  const found = findWideBody(bytes) === undefined ? findBody(bytes) : findBodyOfWide(bytes);
  const { text, lineEnd } = found;
  const firstEnd = text.indexOf(lineEnd);
  const declared: DeclaredDelimiters = readDelimiters(text, 0, firstEnd < 0 ? text.length : firstEnd);
  return new Hl7Message({
    ...found,
    bytes,
    delimiters: declared.delimiters,
    delimiterFault: declared.fault,
    isLenient: options.lenient ?? false,
  });
}

interface Body {
  readonly text: string;
  readonly lineEnd: '\r' | '\n';
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly hasLeadingText: boolean;
  readonly charset: { readonly label: string; readonly encoding: Encoding; readonly isFallback: boolean };
}

function findBody(bytes: Uint8Array): Body {
  const start = startOfBody(bytes);
  const { bodyEnd, hasFinalCr } = endOfBody(bytes, start);
  const bodyStart = headerOrRefuse(bytes, start, bodyEnd);
  const body = bytes.subarray(bodyStart, bodyEnd);
  const label = charsetLabel(body);
  const { text, encoding, isFallback } = decodeBytes(body, label);
  return {
    text,
    lineEnd: hasFinalCr || text.includes('\r') ? '\r' : '\n',
    bodyStart,
    bodyEnd,
    hasLeadingText: bodyStart > start,
    charset: { label, encoding, isFallback },
  };
}

function findBodyOfWide(bytes: Uint8Array): Body {
  const wide = findWideBody(bytes);
  if (wide === undefined) throw new TypeError('called for UTF-16 only');
  const whole = decodeWide(bytes, wide);
  const units = narrowed(whole);
  const start = startOfBody(units);
  const { bodyEnd, hasFinalCr } = endOfBody(units, start);
  const bodyStart = headerOrRefuse(units, start, bodyEnd);
  const text = whole.slice(bodyStart, bodyEnd);
  return {
    text,
    lineEnd: hasFinalCr || text.includes('\r') ? '\r' : '\n',
    bodyStart: wide.start + 2 * bodyStart,
    bodyEnd: wide.start + 2 * bodyEnd,
    hasLeadingText: bodyStart > start,
    charset: { label: charsetLabel(units.subarray(bodyStart, bodyEnd)), encoding: wide.encoding, isFallback: false },
  };
}

function headerOrRefuse(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) throw new Hl7Error(hl7ErrorCode.empty, 'There is no message.');
  const header = findHeader(bytes, start, end);
  if (header === undefined) throw new Hl7Error(hl7ErrorCode.noHeader, 'The message does not begin with MSH.', 'MSH');
  if (header.name !== 'MSH') throw new Hl7Error(hl7ErrorCode.isBatch, 'The payload is a batch: split it first.');
  return header.start;
}

/**
 * First repetition of MSH-18, read byte by byte because the charset is not known yet; where that is empty or plain ASCII and a
 * later one names a Japanese set, that one, because its bytes carry their own switches. All charsets MLLP can carry keep ASCII
 * in the header. A separator outside ASCII is not found, which leaves the label empty.
 */
function charsetLabel(body: Uint8Array): string {
  const separator = body[3];
  // MSH-2 of one character has no repetition sign: byte 5 is then the next separator.
  const repetition = body[4] === separator ? undefined : body[5];
  let field = 1;
  let from = -1;
  let at = 3;
  for (; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === 0x0d || byte === 0x0a) break;
    if (byte === separator) {
      if (from >= 0) break;
      field += 1;
      if (field === 18) from = at + 1;
    }
  }
  if (from < 0 || from === at) return '';
  const said = String.fromCharCode(...body.subarray(from, Math.min(at, from + 200)));
  const labels = repetition === undefined ? [said] : said.split(String.fromCharCode(repetition));
  const first = (labels[0] ?? '').trim();
  const switched = labels.find((label) => /^\s*ISO IR(?:87|14)\s*$/i.test(label));
  if (switched !== undefined && /^(?:|ASCII|ISO IR6)$/i.test(first)) return switched.trim();
  return first.length > 40 ? '' : first;
}
