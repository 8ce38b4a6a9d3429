import { decodeBytes } from './charset.ts';
import { readDelimiters } from './delimiters.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
import { Hl7Message } from './message.ts';

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
 * BOM, MLLP bytes and blank padding around the message are tolerated and kept in `bytes`. The bytes are not copied: do not
 * change them afterwards.
 * @throws Hl7Error hl7.empty, hl7.too_large, hl7.no_header, hl7.is_batch or hl7.bad_delimiters; nothing else
 */
export function parseMessage(bytes: Uint8Array, options: ParseOptions = {}): Hl7Message {
  if (bytes.length > (options.maxBytes ?? DEFAULT_MAX_BYTES)) {
    throw new Hl7Error(hl7ErrorCode.tooLarge, `The message has ${String(bytes.length)} bytes, more than allowed.`);
  }
  const bodyStart = startOfBody(bytes);
  const { bodyEnd, hasFinalCr } = endOfBody(bytes, bodyStart);
  if (bodyStart >= bodyEnd) throw new Hl7Error(hl7ErrorCode.empty, 'There is no message.');
  refuseOtherHeader(bytes, bodyStart);

  const body = bytes.subarray(bodyStart, bodyEnd);
  const label = charsetLabel(body);
  const { text, encoding, isFallback } = decodeBytes(body, label);
  const lineEnd = hasFinalCr || text.includes('\r') ? '\r' : '\n';
  const firstEnd = text.indexOf(lineEnd);
  const delimiters = readDelimiters(text, 0, firstEnd < 0 ? text.length : firstEnd);
  return new Hl7Message({
    bytes,
    bodyStart,
    bodyEnd,
    text,
    lineEnd,
    delimiters,
    charset: { label, encoding, isFallback },
    isLenient: options.lenient ?? false,
  });
}

function refuseOtherHeader(bytes: Uint8Array, at: number): void {
  const name = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  if (name === 'MSH') return;
  if (name === 'FHS' || name === 'BHS')
    throw new Hl7Error(hl7ErrorCode.isBatch, 'The payload is a batch: split it first.');
  throw new Hl7Error(hl7ErrorCode.noHeader, 'The message does not begin with MSH.', 'MSH');
}

/** After a byte order mark, MLLP start, line ends and blanks. */
export function startOfBody(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    else if (byte === 0x0b || byte === 0x0d || byte === 0x0a || byte === 0x20 || byte === 0x09 || byte === 0) at += 1;
    else return at;
  }
}

// A CR after FS is MLLP's and says nothing about how segments end.
function endOfBody(bytes: Uint8Array, start: number): { readonly bodyEnd: number; readonly hasFinalCr: boolean } {
  let end = bytes.length;
  let hasFinalCr = false;
  while (end > start) {
    const byte = bytes[end - 1];
    if (byte === 0x1c) hasFinalCr = false;
    else if (byte === 0x0d) hasFinalCr = true;
    else if (byte !== 0x0a && byte !== 0) break;
    end -= 1;
  }
  return { bodyEnd: end, hasFinalCr };
}

/**
 * First repetition of MSH-18, read byte by byte because the charset is not known yet. All charsets MLLP can carry keep ASCII
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
    } else if (from >= 0 && byte === repetition) {
      break;
    }
  }
  if (from < 0 || at - from > 40) return '';
  return String.fromCharCode(...body.subarray(from, at)).trim();
}
