// Joins frame texts (or undressed bytes) into records and records into messages: H opens, L closes.
// It decides where messages end and nothing else; the meaning of records is read in records.ts.
// Src: a frame boundary is no record boundary (cobas e 411 and GeneXpert cut inside words), so text is joined before it is split.
import { Control } from './control.ts';

export type Assembled =
  /** `records`: the bytes of H through L, each record ended by CR. */
  | { readonly kind: 'complete'; readonly records: Uint8Array }
  /** Records that belong to no complete message; `reason` is missing H, or H again before L. */
  | { readonly kind: 'partial'; readonly reason: 'no_header' | 'no_terminator'; readonly records: Uint8Array };

const TYPES = new Set([...'HPORCQMSL'].map((letter) => letter.charCodeAt(0)));
/** What a byte that ends no record completes; nothing is ever put in. */
const NOTHING: Assembled[] = [];
const H = 'H'.charCodeAt(0);
const L = 'L'.charCodeAt(0);

function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9]/.test(String.fromCharCode(byte));
}

class Bytes {
  #buffer = new Uint8Array(256);
  length = 0;
  add(byte: number): void {
    if (this.length === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.length] = byte;
    this.length += 1;
  }
  addAll(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.length);
    this.length = needed;
  }
  at(index: number): number | undefined {
    return index < this.length ? this.#buffer[index] : undefined;
  }
  take(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.length);
    this.length = 0;
    if (this.#buffer.length > 65_536) this.#buffer = new Uint8Array(256);
    return bytes;
  }
  peek(from: number): Uint8Array {
    return this.#buffer.subarray(from, this.length);
  }
}

export class Assembler {
  /** Closed and open records since the last message end; the open record starts at #recordStart. */
  readonly #group = new Bytes();
  readonly #lfEndsRecord: boolean;
  #recordStart = 0;
  #isInMessage = false;
  #separator: number | undefined;
  #hasLooseEnd = false;

  constructor(options: { readonly lfEndsRecord?: boolean } = {}) {
    this.#lfEndsRecord = options.lfEndsRecord ?? false;
  }

  get size(): number {
    return this.#group.length;
  }

  /** Takes the text of one accepted frame. */
  addFrame(text: Uint8Array, end: 'etb' | 'etx'): Assembled[] {
    const out: Assembled[] = [];
    if (this.#hasLooseEnd && this.#looksLikeRecord(text)) this.#endRecord(out);
    this.#hasLooseEnd = false;
    this.#text(text, out);
    if (end === 'etx' && this.#openLength() > 0) {
      // Some senders leave out the CR before ETX: an L is closed by ETX, others by the next frame if it starts a record.
      if (this.#isTerminator()) this.#endRecord(out);
      else this.#hasLooseEnd = true;
    }
    return out;
  }

  /** A record at a time; a byte at a time only where a LF or a blank has to be left out. */
  #text(text: Uint8Array, out: Assembled[]): void {
    let at = 0;
    while (at < text.length) {
      const cr = text.indexOf(Control.CR, at);
      const stop = cr === -1 ? text.length : cr;
      const piece = text.subarray(at, stop);
      const begins = this.#openLength() === 0 && (piece[0] === 0x20 || piece[0] === Control.NUL);
      if (begins || piece.includes(Control.LF)) for (const byte of piece) this.#byte(byte, out);
      else this.#group.addAll(piece);
      if (cr !== -1) this.#endRecord(out);
      at = stop + 1;
    }
  }

  /** Takes one byte of an undressed stream. */
  addByte(byte: number): readonly Assembled[] {
    const out: Assembled[] = byte === Control.CR || byte === Control.LF ? [] : NOTHING;
    this.#byte(byte, out);
    return out;
  }

  /** The stream is at rest: an L without its CR counts as ended. */
  endStream(): Assembled[] {
    const out: Assembled[] = [];
    if (this.#openLength() > 0 && this.#isTerminator()) this.#endRecord(out);
    return out;
  }

  /** Takes away everything that is not a complete message. */
  drain(): Uint8Array {
    this.#isInMessage = false;
    this.#recordStart = 0;
    this.#hasLooseEnd = false;
    this.#separator = undefined;
    return this.#group.take();
  }

  #openLength(): number {
    return this.#group.length - this.#recordStart;
  }

  #byte(byte: number, out: Assembled[]): void {
    if (byte === Control.CR || (byte === Control.LF && this.#lfEndsRecord)) this.#endRecord(out);
    // Blanks and NUL between records carry nothing; LF inside a frame text is dropped (tolerated on receipt).
    else if (byte === Control.LF || (this.#openLength() === 0 && (byte === 0x20 || byte === Control.NUL))) return;
    else this.#group.add(byte);
  }

  #looksLikeRecord(text: Uint8Array): boolean {
    const separator = this.#separator ?? this.#openSeparator();
    const first = text[0];
    return first !== undefined && TYPES.has(first) && separator !== undefined && text[1] === separator;
  }

  #openSeparator(): number | undefined {
    return this.#isHeader() ? this.#group.at(this.#recordStart + 1) : undefined;
  }

  #isHeader(): boolean {
    const second = this.#group.at(this.#recordStart + 1);
    return this.#group.at(this.#recordStart) === H && second !== undefined && !isWordByte(second);
  }

  #isTerminator(): boolean {
    if (this.#group.at(this.#recordStart) !== L) return false;
    const second = this.#group.at(this.#recordStart + 1);
    if (second === undefined || second === this.#separator) return true;
    // A bare L with trailing blanks is seen in hand-made files.
    return this.#group.peek(this.#recordStart + 1).every((byte) => byte === 0x20);
  }

  #endRecord(out: Assembled[]): void {
    if (this.#openLength() === 0) return;
    if (this.#isHeader()) this.#startMessage(out);
    const isEnd = this.#isTerminator();
    this.#group.add(Control.CR);
    this.#recordStart = this.#group.length;
    if (!isEnd) return;
    const wasInMessage = this.#isInMessage;
    const records = this.drain();
    out.push(wasInMessage ? { kind: 'complete', records } : { kind: 'partial', reason: 'no_header', records });
  }

  #startMessage(out: Assembled[]): void {
    const separator = this.#openSeparator();
    if (this.#recordStart > 0) {
      const header = this.#group.peek(this.#recordStart).slice();
      const reason = this.#isInMessage ? 'no_terminator' : 'no_header';
      const earlier = this.drain();
      out.push({ kind: 'partial', reason, records: earlier.subarray(0, earlier.length - header.length) });
      for (const byte of header) this.#group.add(byte);
    }
    this.#isInMessage = true;
    this.#separator = separator;
  }
}
