// Frame layer of LIS01-A2: bytes <-> frames and single control bytes. No roles, no timers, no records.
// Invariant: any chunking of the same bytes gives the same tokens (noise runs apart), and memory stays below maxFrameBytes.
import { Control, isForbiddenInText } from './control.ts';

export type FrameDefect = 'checksum' | 'defective' | 'abandoned' | 'too_long' | 'frame_number';

export type AstmFrame = {
  /** 0 to 7. */
  readonly number: number;
  /** Between frame number and ETB or ETX. A LF inside is kept here; the record layer drops it. */
  readonly text: Uint8Array;
  readonly end: 'etb' | 'etx';
  /** STX through LF exactly as received. */
  readonly raw: Uint8Array;
  /** How the sum was found right; `none` when the device sends no sum. */
  readonly checkedBy: 'bytes' | 'latin1' | 'none';
  /** Its STX stood inside the text of another frame: a sender that began anew, or one damaged byte (`B` is STX but for one bit). */
  readonly brokeAnother: boolean;
};

export type FrameToken =
  | { readonly kind: 'ack' | 'nak' | 'noise' }
  /** `within`: it stood inside the text or before the CR LF of a frame. Perhaps no control at all: `E` and CR are ENQ but for one bit. */
  | { readonly kind: 'enq' | 'eot'; readonly within: 'text' | 'trailer' | undefined }
  | { readonly kind: 'frame'; readonly frame: AstmFrame }
  /** `isAnswerable`: the frame ended, so the sender waits for a reply. An abandoned one gets none. */
  | { readonly kind: 'defect'; readonly defect: FrameDefect; readonly isAnswerable: boolean };

export type FrameDecoderOptions = {
  /** Longest frame accepted, STX through LF. Default 1 MiB: joined frames of 30 kB occur, LIS01-A2 says 64,000. */
  readonly maxFrameBytes?: number;
  /** `absent` for instruments set to "no checksum". Default `required`. */
  readonly checksum?: 'required' | 'absent';
};

export type FrameDecoder = {
  /** Takes bytes, gives the tokens they completed. Never throws. */
  push(bytes: Uint8Array): readonly FrameToken[];
  /** Takes bytes from `from` on, up to the first that completes something; `next` is where to go on. Never throws. */
  read(bytes: Uint8Array, from: number): { readonly tokens: readonly FrameToken[]; readonly next: number };
  /** Ends a frame whose CR LF did not come (call after a short gap). */
  flush(): readonly FrameToken[];
  /** Forgets a frame under way. */
  reset(): void;
  /** True between STX and the end of a frame. */
  isInFrame(): boolean;
  /** True when only the CR LF of a frame is missing. */
  awaitsTrailer(): boolean;
};

/**
 * Sum of bytes modulo 256, as a number.
 * Src: LIS01-A2 frame structure: from the frame number through ETB or ETX, both included; STX is not.
 */
export function sumBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

/** The two upper-case hexadecimal digits for `FN text ETB|ETX`. */
export function checksum(bytes: Uint8Array): string {
  return sumBytes(bytes).toString(16).toUpperCase().padStart(2, '0');
}

// Why: Quidel Sofia sends UTF-8 umlauts but sums the Latin-1 code points; without this its frames are refused for ever.
function sumLatin1(bytes: Uint8Array): number | undefined {
  try {
    let sum = 0;
    for (const char of new TextDecoder('utf-8', { fatal: true }).decode(bytes)) {
      sum = (sum + (char.codePointAt(0) ?? 0)) & 0xff;
    }
    return sum;
  } catch {
    return undefined;
  }
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

function hexValue(first: number, second: number): number | undefined {
  const [high, low] = [hexDigit(first), hexDigit(second)];
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

const NOTHING: readonly FrameToken[] = [];

/** 1 where a byte in the text of a frame needs a look. */
const isSpecial = Uint8Array.from({ length: 256 }, (_, byte) => (isForbiddenInText(byte) ? 1 : 0));

const SLAB_BYTES = 16_384;

type Place = 'out' | 'text' | 'sum1' | 'sum2' | 'trail';

class Decoder implements FrameDecoder {
  readonly #limit: number;
  readonly #hasChecksum: boolean;
  #place: Place = 'out';
  #buffer = new Uint8Array(512);
  #length = 0;
  #bodyEnd = 0;
  #sum = 0;
  #digits: number[] = [];
  #isIllegal = false;
  #isTooLong = false;
  #sawCr = false;
  #brokeAnother = false;
  #slab = new Uint8Array(0);
  #slabAt = 0;

  constructor(options: FrameDecoderOptions) {
    this.#limit = Math.max(16, options.maxFrameBytes ?? 1024 * 1024);
    this.#hasChecksum = (options.checksum ?? 'required') === 'required';
  }

  push(bytes: Uint8Array): readonly FrameToken[] {
    const tokens: FrameToken[] = [];
    for (let at = 0; at < bytes.length;) {
      const read = this.read(bytes, at);
      at = read.next;
      for (const token of read.tokens)
        if (token.kind !== 'noise' || tokens.at(-1)?.kind !== 'noise') tokens.push(token);
    }
    return tokens;
  }

  read(bytes: Uint8Array, from: number): { readonly tokens: readonly FrameToken[]; readonly next: number } {
    let at = from;
    while (at < bytes.length) {
      if (this.#place === 'text') {
        at = this.#takePlain(bytes, at);
        if (at === bytes.length) break;
      }
      const tokens = this.#step(bytes[at] ?? 0);
      at += 1;
      if (tokens.length > 0) return { tokens, next: at };
    }
    return { tokens: NOTHING, next: at };
  }

  #step(byte: number): readonly FrameToken[] {
    switch (this.#place) {
      case 'out':
        return this.#outside(byte, undefined);
      case 'text':
        return this.#inText(byte);
      case 'sum1':
      case 'sum2':
        return this.#inSum(byte);
      case 'trail':
        return this.#inTrail(byte);
      default:
        return this.#place satisfies never;
    }
  }

  /** The run of ordinary text from `from`; gives the place of the first byte that is not. */
  #takePlain(bytes: Uint8Array, from: number): number {
    let at = from;
    let sum = this.#sum;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (isSpecial[byte] === 1) break;
      sum += byte;
      at += 1;
    }
    this.#sum = sum & 0xff;
    const room = this.#limit - this.#length;
    if (at - from > room) this.#isTooLong = true;
    const kept = Math.min(at - from, room);
    this.#reserve(kept);
    this.#buffer.set(bytes.subarray(from, from + kept), this.#length);
    this.#length += kept;
    return at;
  }

  flush(): readonly FrameToken[] {
    return this.#place === 'trail' ? [this.#finish()] : NOTHING;
  }

  reset(): void {
    this.#place = 'out';
    // A long frame must not keep its memory for the life of an idle connection.
    if (this.#buffer.length > 65_536) this.#buffer = new Uint8Array(512);
  }

  isInFrame(): boolean {
    return this.#place !== 'out';
  }

  awaitsTrailer(): boolean {
    return this.#place === 'trail';
  }

  #outside(byte: number, within: 'text' | 'trailer' | undefined): readonly FrameToken[] {
    switch (byte) {
      case Control.STX:
        this.#start(within === 'text');
        return NOTHING;
      case Control.ENQ:
        return [{ kind: 'enq', within }];
      case Control.EOT:
        return [{ kind: 'eot', within }];
      case Control.ACK:
        return [{ kind: 'ack' }];
      case Control.NAK:
        return [{ kind: 'nak' }];
      default:
        return [{ kind: 'noise' }];
    }
  }

  #inText(byte: number): readonly FrameToken[] {
    if (byte === Control.STX || byte === Control.ENQ || byte === Control.EOT) {
      // Why: the sender broke off (power, cable, time-out) and starts again; it waits for an answer to what comes now.
      // No text holds a LF: behind one, the ETX of the earlier frame was damaged and this byte is what it seems.
      const within = this.#buffer[this.#length - 1] === Control.LF ? undefined : 'text';
      this.reset();
      return [{ kind: 'defect', defect: 'abandoned', isAnswerable: false }, ...this.#outside(byte, within)];
    }
    this.#sum = (this.#sum + byte) & 0xff;
    if (byte === Control.ETX || byte === Control.ETB) {
      this.#append(byte);
      this.#bodyEnd = this.#length;
      this.#place = this.#hasChecksum ? 'sum1' : 'trail';
      return NOTHING;
    }
    if (isForbiddenInText(byte)) this.#isIllegal = true;
    this.#append(byte);
    return NOTHING;
  }

  #inSum(byte: number): readonly FrameToken[] {
    if (hexValue(byte, 0x30) === undefined) {
      this.#place = 'trail';
      return this.#inTrail(byte);
    }
    this.#append(byte);
    this.#digits.push(byte);
    this.#place = this.#place === 'sum1' ? 'sum2' : 'trail';
    return NOTHING;
  }

  #inTrail(byte: number): readonly FrameToken[] {
    if (byte === Control.CR && !this.#sawCr) {
      this.#sawCr = true;
      this.#append(byte);
      return NOTHING;
    }
    if (byte === Control.LF) {
      this.#append(byte);
      return [this.#finish()];
    }
    // Why: a byte damaged into an ETX, with two letters behind it that happen to fit as the sum, is told by the text that follows.
    if (byte >= 0x20 && this.#hasChecksum) this.#isIllegal = true;
    return [this.#finish(), ...this.#outside(byte, 'trailer')];
  }

  #start(brokeAnother: boolean): void {
    this.#brokeAnother = brokeAnother;
    this.#place = 'text';
    this.#length = 0;
    this.#sum = 0;
    this.#digits = [];
    this.#isIllegal = false;
    this.#isTooLong = false;
    this.#sawCr = false;
    this.#append(Control.STX);
  }

  #append(byte: number): void {
    if (this.#length >= this.#limit) {
      this.#isTooLong = true;
      return;
    }
    this.#reserve(1);
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, Math.min(this.#buffer.length * 2, this.#limit)));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #finish(): FrameToken {
    const token = this.#judge();
    this.reset();
    return token;
  }

  // Meas: an allocation of its own for each short frame was a third of the decoding time (bench/lines.ts). A slab is given up when
  // it is full, so what is kept of it lives at most as long as its frames.
  #copy(): Uint8Array {
    if (this.#length > SLAB_BYTES / 8) return this.#buffer.slice(0, this.#length);
    if (this.#slabAt + this.#length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#slabAt = 0;
    }
    const raw = this.#slab.subarray(this.#slabAt, this.#slabAt + this.#length);
    raw.set(this.#buffer.subarray(0, this.#length));
    this.#slabAt += this.#length;
    return raw;
  }

  #judge(): FrameToken {
    const defect = (reason: FrameDefect): FrameToken => ({ kind: 'defect', defect: reason, isAnswerable: true });
    if (this.#isTooLong) return defect('too_long');
    if (this.#isIllegal) return defect('defective');
    const body = this.#buffer.subarray(1, this.#bodyEnd);
    let checkedBy: AstmFrame['checkedBy'] = 'none';
    if (this.#hasChecksum) {
      const said = hexValue(this.#digits[0] ?? 0, this.#digits[1] ?? 0);
      if (said === this.#sum) checkedBy = 'bytes';
      else if (said !== undefined && body.some((byte) => byte >= 0x80) && sumLatin1(body) === said)
        checkedBy = 'latin1';
      else return defect('checksum');
    }
    const number = (body[0] ?? 0) - 0x30;
    if (number < 0 || number > 7) return defect('frame_number');
    const raw = this.#copy();
    const end = raw[this.#bodyEnd - 1] === Control.ETB ? 'etb' : 'etx';
    const text = raw.subarray(2, this.#bodyEnd - 1);
    return { kind: 'frame', frame: { number, text, end, raw, checkedBy, brokeAnother: this.#brokeAnother } };
  }
}

/** Makes a decoder for one direction of one line. */
export function createFrameDecoder(options: FrameDecoderOptions = {}): FrameDecoder {
  return new Decoder(options);
}
