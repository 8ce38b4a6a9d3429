// The messages of a file that is read in pieces: no more than one message and one piece is held.
import type { BatchCounts } from './batch-tracker.ts';
import { BatchTracker } from './batch-tracker.ts';
import { startOfBody } from './find-header.ts';
import { Hl7Error, hl7ErrorCode } from './hl7-error.ts';

const CR = 0x0d;
const LF = 0x0a;

export interface SplitterOptions {
  /** Called for each message, in order; the bytes are the callee's own. */
  readonly onMessage: (bytes: Uint8Array) => void;
  /** Called for what cannot be taken: a message longer than the limit. It is passed over, what follows is read. */
  readonly onUnread?: (error: Hl7Error) => void;
  /** Longest message taken, and so the bound of memory; bytes, default 64 MiB. */
  readonly maxBytes?: number;
}

export interface MessageSplitter {
  /** Takes the next piece, cut anywhere. */
  push(piece: Uint8Array): void;
  /** Hands over the last message and tells what the trailers say. */
  end(): BatchCounts;
}

/**
 * Splits a stream as `readBatch` splits a payload, whatever the cuts. One difference, because what follows is not known yet:
 * segments end as the first one does. UTF-16 is not read this way; use `parseFile`.
 */
export function createMessageSplitter(options: SplitterOptions): MessageSplitter {
  return new Splitter(options);
}

class Splitter implements MessageSplitter {
  readonly #options: SplitterOptions;
  readonly #maxBytes: number;
  readonly #tracker = new BatchTracker();
  #held = Buffer.allocUnsafe(16_384);
  #size = 0;
  /** Where the message being read begins; -1 outside. What lies before it is done with. */
  #messageStart = -1;
  #lineStart = 0;
  /** Up to here there is no line end. */
  #looked = 0;
  #lineEnd: number | undefined;
  #isAtStart = true;

  constructor(options: SplitterOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  }

  push(piece: Uint8Array): void {
    // In slices, so that a piece of any size costs no more memory than the limit allows.
    for (let at = 0; at < piece.length; at += 65_536) {
      this.#append(piece.subarray(at, at + 65_536));
      this.#readLines(false);
      this.#dropWhatIsDone();
    }
  }

  end(): BatchCounts {
    this.#readLines(true);
    this.#close(this.#size);
    return this.#tracker.finish();
  }

  #append(piece: Uint8Array): void {
    const needed = this.#size + piece.length;
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2));
      this.#held.copy(larger, 0, 0, this.#size);
      this.#held = larger;
    }
    this.#held.set(piece, this.#size);
    this.#size = needed;
  }

  #readLines(isLast: boolean): void {
    const bytes = this.#held.subarray(0, this.#size);
    if (this.#isAtStart) {
      const start = startOfBody(bytes);
      // A byte order mark may be cut.
      if (!isLast && (start === this.#size || this.#size - start < 3)) return;
      this.#lineStart = start;
      this.#looked = start;
      this.#isAtStart = false;
    }
    this.#lineEnd ??= firstLineEnd(bytes, this.#looked);
    for (;;) {
      const found = this.#lineEnd === undefined ? -1 : bytes.indexOf(this.#lineEnd, this.#looked);
      if (found < 0 && !isLast) {
        this.#looked = this.#size;
        return;
      }
      const end = found < 0 ? this.#size : found;
      // One LF directly after a CR belongs to the line end.
      const start = this.#lineEnd === CR && bytes[this.#lineStart] === LF ? this.#lineStart + 1 : this.#lineStart;
      if (start < end) this.#takeLine(bytes, start, end);
      if (found < 0) return;
      this.#lineStart = end + 1;
      this.#looked = end + 1;
    }
  }

  #takeLine(bytes: Buffer, start: number, end: number): void {
    const kind = this.#tracker.take(bytes, start, end);
    if (kind === 'text') return;
    this.#close(start);
    if (kind === 'message') this.#messageStart = start;
  }

  #close(end: number): void {
    if (this.#messageStart < 0) return;
    if (end - this.#messageStart > this.#maxBytes) this.#refuse();
    else this.#options.onMessage(Uint8Array.prototype.slice.call(this.#held, this.#messageStart, end));
    this.#messageStart = -1;
  }

  #refuse(): void {
    this.#options.onUnread?.(new Hl7Error(hl7ErrorCode.tooLarge, 'A message is longer than allowed.'));
  }

  #dropWhatIsDone(): void {
    if (this.#messageStart >= 0 && this.#size - this.#messageStart > this.#maxBytes + 65_536) {
      this.#refuse();
      this.#messageStart = -1;
    }
    let from = this.#messageStart < 0 ? this.#lineStart : this.#messageStart;
    // A line without end outside any message: of what could be a header only the beginning matters.
    if (this.#messageStart < 0 && this.#size - this.#lineStart > this.#maxBytes) {
      from = this.#size;
      this.#lineStart = this.#size;
    }
    if (from === 0) return;
    this.#held.copyWithin(0, from, this.#size);
    this.#size -= from;
    this.#lineStart -= from;
    this.#looked -= from;
    if (this.#messageStart >= 0) this.#messageStart = 0;
  }
}

function firstLineEnd(bytes: Buffer, from: number): number | undefined {
  const cr = bytes.indexOf(CR, from);
  const lf = bytes.indexOf(LF, from);
  if (cr < 0 && lf < 0) return undefined;
  return cr >= 0 && (lf < 0 || cr < lf) ? CR : LF;
}
