// Receiver role of LIS01-A2. Invariant: ACK of the frame that completes a message leaves only after the owner stored it,
// and what has no H or no L is never handed over as a message.
import { Assembler } from './assembler.ts';
import type { Assembled } from './assembler.ts';
import { Control } from './control.ts';
import type { AstmFaultCode } from './errors.ts';
import type { AstmFrame, FrameDefect, FrameToken } from './frame.ts';
import type { Line, PartialReason, SessionOptions } from './session-types.ts';
import type { Batch, Stores } from './stores.ts';

const defectFault: Record<FrameDefect, AstmFaultCode> = {
  checksum: 'frame_checksum',
  defective: 'frame_defective',
  abandoned: 'frame_abandoned',
  too_long: 'frame_too_long',
  frame_number: 'frame_number',
};

/**
 * A frame that completed messages and is not acknowledged yet. `nakked`: the device has been told to repeat it. `isFresh`: the
 * bytes it came with are not all read yet, so what follows was sent by a device that does not wait for answers.
 */
type Held = { readonly frame: AstmFrame; readonly batch: Batch; phase: 'waiting' | 'nakked'; isFresh: boolean };

function sizeOf(token: FrameToken): number {
  return token.kind === 'frame' ? token.frame.raw.length : 16;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

export class Receiver {
  readonly #line: Line;
  readonly #options: SessionOptions;
  readonly #maxBytes: number;
  readonly #stores: Stores;
  #assembler = new Assembler();
  #frames: Uint8Array[] = [];
  #framesSize = 0;
  #isOpen = false;
  #isReady = true;
  #isRefusing = false;
  #wantsLine = false;
  #expected = 1;
  #last: AstmFrame | undefined;
  #held: Held | undefined;
  #backlog: FrameToken[] = [];
  #backlogAt = 0;
  #backlogSize = 0;
  #isDraining = false;

  constructor(line: Line, options: SessionOptions, maxBytes: number, stores: Stores) {
    this.#line = line;
    this.#options = options;
    this.#maxBytes = maxBytes;
    this.#stores = stores;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
  }

  interrupt(): void {
    this.#wantsLine = true;
  }

  /** All bytes that came together are read. */
  chunkEnded(): void {
    if (this.#held !== undefined) this.#held.isFresh = false;
  }

  token(token: FrameToken): void {
    if (token.kind === 'defect') this.#line.fault({ code: defectFault[token.defect] });
    if ((token.kind === 'enq' && token.within !== undefined) || (token.kind === 'eot' && token.within === 'text')) {
      this.#doubtful(token.within);
      return;
    }
    if (!this.#isOpen) this.#idle(token);
    else if (this.#held?.phase === 'waiting') this.#whileWaiting(this.#held, token);
    else this.#receiving(token);
  }

  #idle(token: FrameToken): void {
    if (token.kind === 'enq') {
      if (this.#isReady && !this.#stores.isFull()) this.#open();
      else {
        this.#line.fault({ code: 'receiver_busy' });
        this.#line.sendByte(Control.NAK);
      }
    } else if (token.kind === 'frame') {
      this.#line.fault({ code: 'frame_without_enq', at: token.frame.number });
      if (this.#options.frameWithoutEnq !== 'accept' || !this.#isReady || this.#stores.isFull()) {
        this.#line.sendByte(Control.NAK);
        return;
      }
      this.#begin(token.frame.number);
      this.#frame(token.frame);
    } else if (token.kind === 'defect' && token.isAnswerable) this.#line.sendByte(Control.NAK);
  }

  /**
   * An ENQ or EOT inside a frame is either a sender that gave up and began anew, or one damaged byte. ACK would be wrong for the
   * second: the sender would take it for the ACK of the frame we do not have. NAK is right for both: the one repeats its frame,
   * the other its ENQ. The session stays open until an ENQ outside a frame, or silence.
   */
  #doubtful(within: 'text' | 'trailer'): void {
    this.#line.fault({ code: 'control_in_frame' });
    // Before CR LF the frame itself has just been answered; a second answer would be taken for that of the next frame.
    if (within === 'trailer') return;
    if (this.#isOpen && this.#held?.phase !== 'waiting') this.#answer(Control.NAK);
    else this.#line.sendByte(Control.NAK);
  }

  #open(): void {
    this.#begin(1);
    this.#line.sendByte(Control.ACK);
    this.#line.start('receive', this.#line.timers.receiveMs);
  }

  #begin(expected: number): void {
    this.#isOpen = true;
    this.#isRefusing = false;
    this.#expected = expected;
    this.#last = undefined;
    // The peer has the line; whatever silence we owed it is over.
    this.#line.stop('hold');
  }

  #receiving(token: FrameToken): void {
    switch (token.kind) {
      case 'enq':
        this.#line.fault({ code: 'session_restarted' });
        this.end('restarted');
        this.#idle(token);
        return;
      case 'eot':
        this.end('ended');
        return;
      case 'frame':
        this.#frame(token.frame);
        return;
      case 'defect':
        if (token.isAnswerable) this.#answer(Control.NAK);
        return;
      case 'ack':
      case 'nak':
      case 'noise':
        return;
      default:
        token satisfies never;
    }
  }

  #answer(byte: number): void {
    this.#line.sendByte(byte);
    this.#line.start('receive', this.#line.timers.receiveMs);
  }

  #accept(frame: AstmFrame): void {
    this.#last = frame;
    this.#expected = (frame.number + 1) % 8;
    this.#answer(this.#wantsLine ? Control.EOT : Control.ACK);
    this.#wantsLine = false;
  }

  #frame(frame: AstmFrame): void {
    if (frame.brokeAnother) {
      // Why: a letter damaged into STX leaves the end of a frame that fits its own sum once in 256 times. A repeat settles it.
      this.#line.fault({ code: 'frame_in_frame', at: frame.number });
      this.#answer(Control.NAK);
      return;
    }
    if (this.#held !== undefined) {
      this.#repeated(this.#held, frame);
      return;
    }
    if (this.#isRefusing) {
      this.#answer(Control.NAK);
      return;
    }
    const ignoresNumbers = this.#options.ignoreFrameNumbers ?? false;
    if (frame.number === this.#last?.number && isSame(frame.text, this.#last.text)) {
      // Why: our ACK was lost and the sender repeats. Appending it again would double a result.
      this.#line.fault({ code: 'frame_duplicate', at: frame.number });
      this.#answer(Control.ACK);
      return;
    }
    if (frame.number === this.#last?.number && !ignoresNumbers) {
      // Deviation: LIS01-A2 goes by the number alone. Other text under the same number is no repeat (an edited Sysmex capture
      // has one); ACK without keeping it would lose a result without anyone knowing.
      this.#line.fault({ code: 'frame_changed', at: frame.number });
      this.#answer(Control.NAK);
      return;
    }
    if (frame.number !== this.#expected) {
      this.#line.fault({ code: 'frame_number', at: frame.number });
      if (!ignoresNumbers) {
        this.#answer(Control.NAK);
        return;
      }
    }
    if (frame.checkedBy === 'latin1') this.#line.fault({ code: 'checksum_latin1', at: frame.number });
    this.#take(frame);
  }

  #take(frame: AstmFrame): void {
    if (this.#framesSize + frame.raw.length > this.#maxBytes) {
      this.#flushPartial('too_large');
      this.#isRefusing = true;
      this.#answer(Control.NAK);
      return;
    }
    this.#frames.push(frame.raw);
    this.#framesSize += frame.raw.length;
    const messages: { raw: Uint8Array; records: Uint8Array }[] = [];
    for (const part of this.#assembler.addFrame(frame.text, frame.end)) this.#part(part, frame, messages);
    if (this.#assembler.size === 0) this.#keepFrames([]);
    if (messages.length === 0) {
      this.#accept(frame);
      return;
    }
    const held: Held = {
      frame,
      batch: this.#stores.open(messages, true, () => this.#settled(held)),
      phase: 'waiting',
      isFresh: !this.#isDraining,
    };
    this.#held = held;
    this.#line.stop('receive');
    this.#line.start('store', this.#line.timers.storeMs);
    this.#stores.ask(held.batch);
  }

  #part(part: Assembled, frame: AstmFrame, messages: { raw: Uint8Array; records: Uint8Array }[]): void {
    // One frame is shared, not copied: a frame full of tiny messages must not multiply its own size.
    const raw = this.#frames.length === 1 ? frame.raw : new Uint8Array(Buffer.concat(this.#frames));
    if (part.kind === 'complete') messages.push({ raw, records: part.records });
    else this.#line.emit({ do: 'partial', reason: part.reason, raw, records: part.records });
    this.#keepFrames([frame.raw]);
  }

  #keepFrames(frames: Uint8Array[]): void {
    this.#frames = frames;
    this.#framesSize = frames.reduce((size, frame) => size + frame.length, 0);
  }

  /** The device repeats the frame we answered with NAK because it was not stored. */
  #repeated(held: Held, frame: AstmFrame): void {
    if (frame.number !== held.frame.number || !isSame(frame.text, held.frame.text)) {
      this.#line.fault({
        code: frame.number === held.frame.number ? 'frame_changed' : 'frame_number',
        at: frame.number,
      });
      this.#answer(Control.NAK);
      return;
    }
    held.phase = 'waiting';
    this.#line.stop('receive');
    this.#line.start('store', this.#line.timers.storeMs);
    this.#stores.ask(held.batch);
  }

  /** Every message of a batch is stored or failed. */
  #settled(held: Held): void {
    if (this.#held !== held) {
      // Late, and the device has gone on: stored but it never heard so; it will send again.
      if (this.#stores.isStored(held.batch))
        this.#line.fault({ code: 'stored_not_acknowledged', at: held.frame.number });
      return;
    }
    if (held.phase !== 'waiting') return;
    this.#line.stop('store');
    if (this.#stores.isStored(held.batch)) {
      this.#held = undefined;
      this.#accept(held.frame);
    } else {
      held.phase = 'nakked';
      this.#line.fault({ code: 'store_failed', at: held.frame.number });
      this.#answer(Control.NAK);
    }
    this.#drainBacklog();
  }

  #whileWaiting(held: Held, token: FrameToken): void {
    const isNext = this.#backlogAt === this.#backlog.length;
    if (token.kind === 'frame' && token.frame.number === held.frame.number && isNext) {
      if (isSame(token.frame.text, held.frame.text)) return;
    }
    if ((token.kind === 'enq' || token.kind === 'eot') && isNext && !held.isFresh) {
      // The sender waited and ended without our answer: an ACK now would answer something else.
      this.#receiving(token);
      return;
    }
    if (token.kind !== 'frame' && token.kind !== 'enq' && token.kind !== 'eot') return;
    // Why a backlog: replayed captures and one-way boxes send on without waiting; nothing is lost as long as it is small.
    const size = sizeOf(token);
    if (this.#backlogSize + size > this.#maxBytes) {
      this.#line.fault({ code: 'overrun' });
      return;
    }
    this.#backlog.push(token);
    this.#backlogSize += size;
  }

  /** One token after the other, up to the next frame that waits for its store; never from the start again. */
  #drainBacklog(): void {
    // An owner that stores at once calls back in here: the loop below goes on by itself.
    if (this.#isDraining) return;
    this.#isDraining = true;
    while (this.#backlogAt < this.#backlog.length && this.#held?.phase !== 'waiting') {
      const token = this.#backlog[this.#backlogAt];
      this.#backlogAt += 1;
      if (token === undefined) break;
      this.#backlogSize -= sizeOf(token);
      this.token(token);
    }
    this.#isDraining = false;
    if (this.#backlogAt === this.#backlog.length) this.#dropBacklog();
  }

  #dropBacklog(): void {
    this.#backlog = [];
    this.#backlogAt = 0;
    this.#backlogSize = 0;
  }

  onTimer(name: 'receive' | 'store'): void {
    if (name === 'receive') {
      this.#line.fault({ code: 'receive_silence' });
      this.end('silence');
    } else if (this.#held?.phase === 'waiting') {
      this.#line.fault({ code: 'store_late', at: this.#held.frame.number });
      this.#held.phase = 'nakked';
      this.#answer(Control.NAK);
      this.#drainBacklog();
    }
  }

  /** Closes the session; what is not complete is given out as partial. */
  end(reason: PartialReason, releases = true): void {
    this.#line.stop('receive');
    this.#line.stop('store');
    this.#flushPartial(reason);
    this.#isOpen = false;
    this.#held = undefined;
    this.#wantsLine = false;
    // What follows an EOT of the backlog belongs to the next session.
    if (!this.#isDraining) this.#dropBacklog();
    if (releases) this.#line.released(this.#line.timers.lineFreeMs);
  }

  #flushPartial(reason: PartialReason): void {
    const records = this.#assembler.drain();
    const raw = new Uint8Array(Buffer.concat(this.#frames));
    this.#keepFrames([]);
    if (records.length > 0) this.#line.emit({ do: 'partial', reason, raw, records });
  }
}
