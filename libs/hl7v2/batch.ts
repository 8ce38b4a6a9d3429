// Batches (FHS BHS ... BTS FTS) and payloads that simply hold several messages.
import type { BatchGroup } from './batch-tracker.ts';
import type { Hl7Warning } from './hl7-error.ts';
import { BatchTracker } from './batch-tracker.ts';
import { asBuffer } from './bytes.ts';
import { startOfBody } from './find-header.ts';
import { decodeWide, findWideBody, narrowed } from './wide-text.ts';

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
  return ['\rMSH', '\nMSH', '\vMSH', '\rBTS', '\nBTS', '\rFTS', '\nFTS', '\rBHS', '\nBHS', '\rFHS', '\nFHS'].some(
    (mark) => buffer.indexOf(mark, start + 1, 'latin1') >= 0,
  );
}

/** As `splitMessages`, with the counts of the batch trailers compared. */
export function readBatch(bytes: Uint8Array): BatchContents {
  const wide = findWideBody(bytes);
  if (wide === undefined) return readNarrowBatch(bytes);
  // Two bytes for each unit: what is found in the narrowed text stands at twice its position.
  const units = narrowed(decodeWide(bytes, wide));
  const found = readNarrowBatch(units);
  if (found.messages[0] === units) return { ...found, messages: [bytes] };
  const messages = found.messages.map((message) => {
    const from = wide.start + 2 * (message.byteOffset - units.byteOffset);
    return bytes.subarray(from, from + 2 * message.length);
  });
  return { ...found, messages };
}

function readNarrowBatch(bytes: Uint8Array): BatchContents {
  const buffer = asBuffer(bytes);
  const messages: Uint8Array[] = [];
  const tracker = new BatchTracker();
  let messageStart = -1;
  const closeMessage = (end: number): void => {
    if (messageStart >= 0) messages.push(bytes.subarray(messageStart, end));
    messageStart = -1;
  };
  for (const line of lines(buffer)) {
    const kind = tracker.take(buffer, line.start, line.end);
    if (kind === 'text') continue;
    closeMessage(line.start);
    if (kind === 'message') messageStart = line.start;
  }
  closeMessage(bytes.length);
  const { batches, warnings, strayLines } = tracker.finish();
  if (messages.length === 0 && !tracker.hasEnvelope) {
    return { messages: strayLines === 0 ? [] : [bytes], batches: [], warnings: [] };
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
