// Batches (FHS BHS ... BTS FTS) and payloads that simply hold several messages.
import type { Hl7Warning } from './hl7-error.ts';
import { asBuffer } from './charset.ts';
import { startOfBody } from './parse-message.ts';

export interface BatchGroup {
  /** BHS-11 as sent; '' when empty or when there is no BHS. */
  readonly controlId: string;
  readonly found: number;
  /** BTS-1; undefined when there is no BTS or it holds no number. */
  readonly declared: number | undefined;
}

export interface BatchContents {
  /** Each from its MSH to its last segment, segment end included; views on the payload. */
  readonly messages: readonly Uint8Array[];
  /** [] when the payload has no FHS or BHS. */
  readonly batches: readonly BatchGroup[];
  /** Count mismatches and lines outside any message; none of them stops the processing. */
  readonly warnings: readonly Hl7Warning[];
}

/**
 * The messages of a payload. A payload without any header comes back as it is, so that `parseMessage` can say what is wrong
 * with it; an empty payload, and a batch without messages, give [].
 */
export function splitMessages(bytes: Uint8Array): readonly Uint8Array[] {
  const start = startOfBody(bytes);
  const isPlain = bytes[start] === 0x4d && bytes[start + 1] === 0x53 && bytes[start + 2] === 0x48;
  if (isPlain && !mayHoldMore(asBuffer(bytes), start)) return [bytes];
  return readBatch(bytes).messages;
}

function mayHoldMore(buffer: Buffer, start: number): boolean {
  return ['\rMSH', '\nMSH', '\rBTS', '\nBTS', '\rFTS', '\nFTS', '\rBHS', '\nBHS', '\rFHS', '\nFHS'].some(
    (mark) => buffer.indexOf(mark, start, 'latin1') >= 0,
  );
}

interface OpenBatch {
  controlId: string;
  found: number;
  declared: number | undefined;
}

/** As `splitMessages`, with the counts of the batch trailers compared. */
export function readBatch(bytes: Uint8Array): BatchContents {
  const buffer = asBuffer(bytes);
  const messages: Uint8Array[] = [];
  const batches: OpenBatch[] = [];
  const warnings: Hl7Warning[] = [];
  let separator = '';
  let hasFile = false;
  let declaredBatches: number | undefined;
  let messageStart = -1;
  let open: OpenBatch | undefined;
  let stray = 0;

  const closeMessage = (end: number): void => {
    if (messageStart >= 0) messages.push(bytes.subarray(messageStart, end));
    messageStart = -1;
  };
  for (const line of lines(buffer)) {
    const name = buffer.toString('latin1', line.start, line.start + 3);
    const sign = line.end - line.start > 3 ? buffer.toString('latin1', line.start + 3, line.start + 4) : '';
    const isHeader = name === 'MSH' || name === 'FHS' || name === 'BHS';
    // Text that merely begins with MSH does not start a message: the delimiter of the first header must follow.
    if (isHeader && sign !== '' && separator === '' && !/[A-Za-z0-9 ]/.test(sign)) separator = sign;
    const isMark = sign === separator && separator !== '';
    const isTrailer = (name === 'BTS' || name === 'FTS') && (isMark || sign === '');
    if (isHeader && isMark) {
      closeMessage(line.start);
      if (name === 'MSH') {
        messageStart = line.start;
        if (open === undefined && batches.length > 0) warnings.push(outside());
        if (open !== undefined) open.found += 1;
      } else {
        hasFile ||= name === 'FHS';
        if (name === 'BHS') {
          open = { controlId: item(buffer, line, separator, 10), found: 0, declared: undefined };
          batches.push(open);
        }
      }
    } else if (isTrailer) {
      closeMessage(line.start);
      const declared = count(item(buffer, line, separator, 1));
      if (name === 'FTS') declaredBatches = declared;
      else if (open !== undefined) open.declared = declared;
      if (name === 'BTS') open = undefined;
    } else if (messageStart < 0) {
      stray += 1;
    }
  }
  closeMessage(bytes.length);

  if (messages.length === 0 && batches.length === 0 && !hasFile) {
    return { messages: stray === 0 ? [] : [bytes], batches: [], warnings: [] };
  }
  if (stray > 0)
    warnings.push({ code: 'batch.stray_lines', text: `${String(stray)} lines outside any message were ignored.` });
  batches.forEach((batch, index) => {
    if (batch.declared !== undefined && batch.declared !== batch.found) {
      warnings.push(mismatch('messages', batch.declared, batch.found, `BTS[${String(index + 1)}]-1`));
    }
  });
  if (declaredBatches !== undefined && declaredBatches !== batches.length) {
    warnings.push(mismatch('batches', declaredBatches, batches.length, 'FTS-1'));
  }
  return { messages, batches, warnings };
}

interface Line {
  readonly start: number;
  /** Before the segment end. */
  readonly end: number;
}

/** The lines of a payload under the rule of segments: CR (and one LF after it), or LF where there is no CR at all. Blank lines left out. */
function* lines(buffer: Buffer): Generator<Line> {
  const first = startOfBody(buffer);
  let last = buffer.length;
  // The CR of the MLLP end must not make a payload of LF lines look like one of CR lines.
  const framing = buffer.lastIndexOf(0x1c);
  if (framing >= 0 && buffer.length - framing <= 3) last = framing;
  const body = buffer.subarray(0, last);
  const lineEnd = body.indexOf(0x0d, first) >= 0 ? 0x0d : 0x0a;
  let start = first;
  while (start < last) {
    const found = body.indexOf(lineEnd, start);
    const end = found < 0 ? last : found;
    const from = lineEnd === 0x0d && body[start] === 0x0a ? start + 1 : start;
    if (from < end) yield { start: from, end };
    start = end + 1;
  }
}

// In a header item n is field n+1, in a trailer field n: the caller counts separators, not fields.
function item(buffer: Buffer, line: Line, separator: string, index: number): string {
  const items = buffer.toString('latin1', line.start, Math.min(line.end, line.start + 4096)).split(separator);
  return items[index]?.trim() ?? '';
}

function count(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function outside(): Hl7Warning {
  return { code: 'batch.message_outside', text: 'A message stands outside the batch.' };
}

function mismatch(what: string, declared: number, found: number, location: string): Hl7Warning {
  const text = `The trailer declares ${String(declared)} ${what}, ${String(found)} found.`;
  return { code: 'batch.count_mismatch', text, location };
}
