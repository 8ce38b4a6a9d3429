// Bytes in, blocks out. Pure: no socket, no clock.
// Invariant: the events depend on the bytes alone, not on how they were cut into chunks. Memory is bounded by the block limit.
import { CR, FS, LF, VT } from './framing.ts';

export type MllpEvent =
  /** The payload of a whole block, a copy. */
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  /** VT FS CR: the peer shows that it lives. No reply. */
  | { readonly kind: 'keepAlive' }
  /** Commit byte of MLLP release 2, alone in its block. No reply. */
  | { readonly kind: 'commit'; readonly isPositive: boolean }
  /** Bytes outside blocks other than padding: `length` of them, the first up to 64 in `bytes`. One event per run, or per 4096 bytes of it. */
  | { readonly kind: 'junk'; readonly bytes: Uint8Array; readonly length: number }
  /** A block that never ended: a new VT came, or the end of the stream. */
  | { readonly kind: 'abandoned'; readonly bytes: Uint8Array; readonly reason: 'newStart' | 'streamEnd' }
  /** A block passed the limit; `bytes` are its first, up to 4096, for a person to look at, and the others are dropped. */
  | { readonly kind: 'tooLong'; readonly limitBytes: number; readonly bytes: Uint8Array };

export interface MllpDecoder {
  push(chunk: Uint8Array): readonly MllpEvent[];
  /** The stream is over: gives what is left. The decoder may not be used afterwards. */
  end(): readonly MllpEvent[];
  /** True from the first byte of a block to its FS. */
  readonly isInBlock: boolean;
  /** The first bytes of the block under way, up to 4096; empty between blocks. A copy. */
  blockStart(): Uint8Array;
}

export interface MllpDecoderOptions {
  /** Longest payload; bytes, default 16 MiB. */
  readonly maxBlockBytes?: number;
}

export const DEFAULT_MAX_BLOCK_BYTES = 16 * 1024 * 1024;

/** What is shown of a block that is refused. */
const BLOCK_SAMPLE_BYTES = 4096;
const JUNK_SAMPLE_BYTES = 64;
const JUNK_EVENT_BYTES = 4096;
const FIRST_BUFFER_BYTES = 4096;
/** A buffer that grew above this is given back after its block, so that one large image does not stay in memory. */
const KEPT_BUFFER_BYTES = 65_536;

/** Names with which a sender that forgets VT begins. */
const bareStarts: readonly (readonly number[])[] = [
  [0x4d, 0x53, 0x48],
  [0x46, 0x48, 0x53],
  [0x42, 0x48, 0x53],
];

/**
 * Makes a decoder for one connection. Tolerates, as found in the field: padding between blocks (CR, LF, NUL, blank, tab), CR
 * after FS missing, late or replaced by LF, a block that begins with MSH, FHS or BHS without its VT, and a second VT, which
 * abandons the block before it.
 */
export function createMllpDecoder(options: MllpDecoderOptions = {}): MllpDecoder {
  return new Decoder(options.maxBlockBytes ?? DEFAULT_MAX_BLOCK_BYTES);
}

class Decoder implements MllpDecoder {
  readonly #limit: number;
  #state: 'between' | 'block' | 'dropping' = 'between';
  /** One growing buffer: a list of chunks would cost more than the bytes when they come one by one. */
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #length = 0;
  /** Bytes of MSH, FHS or BHS seen so far at a place where a block may begin; -1 where none may. */
  #bare = 0;
  #bareName: readonly number[] = bareStarts[0] ?? [];
  #junkLength = 0;
  readonly #junkSample = new Uint8Array(JUNK_SAMPLE_BYTES);
  #events: MllpEvent[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isInBlock(): boolean {
    return this.#state !== 'between';
  }

  blockStart(): Uint8Array {
    return this.#buffer.slice(0, Math.min(this.#length, BLOCK_SAMPLE_BYTES));
  }

  push(chunk: Uint8Array): readonly MllpEvent[] {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    let nextStart = -2;
    while (at < bytes.length) {
      if (this.#state === 'between') {
        at = this.#skipToBlock(bytes, at);
      } else {
        // The position of the next VT is kept, so that a chunk without one is searched only once.
        if (nextStart !== -1 && nextStart < at) nextStart = bytes.indexOf(VT, at);
        const fs = bytes.indexOf(FS, at);
        const isCutOff = nextStart >= 0 && (fs < 0 || nextStart < fs);
        const end = isCutOff ? nextStart : fs < 0 ? bytes.length : fs;
        this.#take(bytes, at, end);
        if (isCutOff) this.#abandon('newStart');
        else if (fs >= 0) this.#finishBlock();
        at = end + 1;
      }
    }
    return this.#drain();
  }

  end(): readonly MllpEvent[] {
    if (this.#state === 'between') {
      this.#missBareStart();
      this.#flushJunk();
    } else {
      this.#abandon('streamEnd');
    }
    return this.#drain();
  }

  /** Between blocks: returns the position after the byte that begins one, or the end of the chunk. */
  #skipToBlock(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === VT) {
        this.#missBareStart();
        this.#flushJunk();
        this.#begin();
        return at + 1;
      }
      if (byte === CR || byte === LF || byte === 0 || byte === 0x20 || byte === 0x09) {
        this.#missBareStart();
        if (this.#junkLength > 0) this.#junk(byte);
        this.#bare = 0;
      } else if (this.#continuesBareStart(byte)) {
        if (this.#bare === 3) {
          this.#flushJunk();
          this.#begin();
          for (const letter of this.#bareName) this.#append(letter);
          return at + 1;
        }
      } else {
        this.#missBareStart();
        this.#junk(byte);
        this.#bare = -1;
      }
    }
    return bytes.length;
  }

  #continuesBareStart(byte: number): boolean {
    if (this.#bare < 0) return false;
    if (this.#bare === 0) {
      const name = bareStarts.find((letters) => letters[0] === byte);
      if (name === undefined) return false;
      this.#bareName = name;
    } else if (this.#bareName[this.#bare] !== byte) {
      return false;
    }
    this.#bare += 1;
    return true;
  }

  /** Letters that might have been a start were not: they are junk. */
  #missBareStart(): void {
    for (let i = 0; i < this.#bare; i += 1) this.#junk(this.#bareName[i] ?? 0);
    this.#bare = -1;
  }

  #junk(byte: number): void {
    if (this.#junkLength < JUNK_SAMPLE_BYTES) this.#junkSample[this.#junkLength] = byte;
    this.#junkLength += 1;
    if (this.#junkLength === JUNK_EVENT_BYTES) this.#flushJunk();
  }

  #flushJunk(): void {
    if (this.#junkLength === 0) return;
    const bytes = this.#junkSample.slice(0, Math.min(this.#junkLength, JUNK_SAMPLE_BYTES));
    this.#events.push({ kind: 'junk', bytes, length: this.#junkLength });
    this.#junkLength = 0;
  }

  #begin(): void {
    this.#state = 'block';
    this.#length = 0;
  }

  #append(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  #take(bytes: Buffer, from: number, end: number): void {
    if (this.#state === 'dropping' || from === end) return;
    if (this.#length + (end - from) > this.#limit) {
      this.#state = 'dropping';
      // The same bytes however they were cut: what is kept already, and as much of this piece as still fits.
      const kept = Math.min(this.#length, BLOCK_SAMPLE_BYTES, this.#limit);
      const more = bytes.subarray(from, from + Math.min(BLOCK_SAMPLE_BYTES, this.#limit) - kept);
      const sample = Buffer.concat([this.#buffer.subarray(0, kept), more]);
      this.#release();
      this.#events.push({ kind: 'tooLong', limitBytes: this.#limit, bytes: new Uint8Array(sample) });
      return;
    }
    this.#reserve(end - from);
    this.#buffer.set(bytes.subarray(from, end), this.#length);
    this.#length += end - from;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#buffer.length * 2, this.#limit + 3)));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  #finishBlock(): void {
    if (this.#state === 'block') {
      const first = this.#buffer[0];
      if (this.#length === 0) this.#events.push({ kind: 'keepAlive' });
      else if (this.#length === 1 && (first === 0x06 || first === 0x15)) {
        this.#events.push({ kind: 'commit', isPositive: first === 0x06 });
      } else this.#events.push({ kind: 'block', bytes: this.#buffer.slice(0, this.#length) });
    }
    this.#release();
    this.#state = 'between';
    this.#bare = 0;
  }

  #abandon(reason: 'newStart' | 'streamEnd'): void {
    if (this.#state === 'block') {
      this.#events.push({ kind: 'abandoned', bytes: this.#buffer.slice(0, this.#length), reason });
    }
    this.#release();
    this.#begin();
  }

  #release(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BUFFER_BYTES) this.#buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  }

  #drain(): readonly MllpEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
