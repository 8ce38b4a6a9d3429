// Sender role of LIS01-A2: one session (ENQ, frames, EOT) per message. The receiver's side is in receiver.ts.
import { buildFrames } from './build.ts';
import { Control } from './control.ts';
import { AstmError } from './errors.ts';
import type { Line, SendFailure, SessionOptions } from './session-types.ts';

const MAX_SENDS = 6;

type Outgoing = { readonly id: string; readonly frames: readonly Uint8Array[]; busyAnswers: number };

export class Sender {
  readonly #line: Line;
  readonly #options: SessionOptions;
  #queue: Outgoing[] = [];
  #state: 'quiet' | 'enq_sent' | 'frame_sent' | 'settling' = 'quiet';
  #index = 0;
  #sends = 0;
  /** An answer to this frame was no NAK: it may have been a damaged ACK. */
  #heardOdd = false;

  constructor(line: Line, options: SessionOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** We have the line or have asked for it: bytes belong to us, not to the receiver. */
  get isActive(): boolean {
    return this.#state !== 'quiet';
  }

  get size(): number {
    return this.#queue.length;
  }

  add(id: string, records: Uint8Array): void {
    const fail = (reason: SendFailure): void => this.#line.emit({ do: 'failed', id, reason });
    if (this.#queue.length >= (this.#options.maxQueuedSends ?? 100)) {
      fail('astm.queue_full');
      return;
    }
    try {
      const frames = buildFrames(records, this.#options.frameTextLimit, this.#options.packing);
      if (frames.length === 0) fail('astm.bad_option');
      else this.#queue.push({ id, frames, busyAnswers: 0 });
    } catch (error) {
      fail(error instanceof AstmError ? error.code : 'astm.bad_option');
    }
  }

  /** Asks for the line if there is something to send. The session calls this only when the line is free. */
  start(): void {
    if (this.#state !== 'quiet' || this.#queue.length === 0) return;
    this.#state = 'enq_sent';
    this.#line.sendByte(Control.ENQ);
    this.#line.start('reply', this.#line.timers.replyMs);
  }

  byte(byte: number): void {
    if (this.#state === 'enq_sent') this.#answerToEnq(byte);
    else if (this.#state === 'frame_sent') this.#answerToFrame(byte);
  }

  #answerToEnq(byte: number): void {
    const message = this.#queue[0];
    if (message === undefined) return;
    const { timers } = this.#line;
    if (byte === Control.ACK) {
      this.#state = 'frame_sent';
      this.#index = 0;
      this.#sends = 0;
      this.#heardOdd = false;
      this.#sendFrame(message);
    } else if (byte === Control.NAK) {
      message.busyAnswers += 1;
      if (message.busyAnswers >= MAX_SENDS) this.#finish('astm.busy', timers.busyMs);
      else this.#rest(timers.busyMs);
    } else if (byte === Control.ENQ) {
      // Src: contention, the instrument has priority; the host waits for the instrument's next ENQ before it receives.
      this.#line.fault({ code: 'contention' });
      const isHost = (this.#options.role ?? 'host') === 'host';
      this.#rest(isHost ? timers.hostContentionMs : timers.instrumentContentionMs);
    }
  }

  #answerToFrame(byte: number): void {
    const message = this.#queue[0];
    if (message === undefined) return;
    switch (byte) {
      case Control.ACK:
        this.#line.stop('quiet');
        if (this.#heardOdd && this.#sends > 1) {
          // Why: a frame repeated upon noise may be answered twice, and the second ACK would pass for that of the next frame.
          this.#state = 'settling';
          this.#line.stop('reply');
          this.#line.start('quiet', this.#line.timers.gapMs);
        } else this.#goOn(message);
        return;
      case Control.EOT:
        // Acknowledges the frame and asks for the line. A message that is not complete by then starts over later.
        this.#end(this.#interrupted(message), this.#line.timers.interruptMs);
        return;
      case Control.NAK:
        this.#line.stop('quiet');
        this.#repeat(message);
        return;
      case Control.CR:
      case Control.LF:
      case Control.NUL:
        // Deviation: LIS01-A2 takes any other byte as NAK. Boxes that add line ends to an ACK would make us send twice.
        return;
      default:
        // Deviation: the same, but not at once: the answer itself may be behind the noise, and to send before it has come puts
        // the answers out of step with the frames, which loses a message without anyone knowing.
        this.#heardOdd = true;
        this.#line.start('quiet', this.#line.timers.gapMs);
    }
  }

  #interrupted(message: Outgoing): SendFailure | undefined {
    if (!this.#isLast(message)) return 'astm.interrupted';
    // After noise or an ENQ of the device this EOT may be the end of its own try to send, and no answer to our frame.
    return this.#heardOdd ? 'astm.unconfirmed' : undefined;
  }

  #isLast(message: Outgoing): boolean {
    return this.#index === message.frames.length - 1;
  }

  #repeat(message: Outgoing): void {
    if (this.#sends < MAX_SENDS) this.#sendFrame(message);
    else {
      const reason = this.#isLast(message) && this.#heardOdd ? 'astm.unconfirmed' : 'astm.refused';
      this.#end(reason, this.#line.timers.lineFreeMs);
    }
  }

  /** The frame is acknowledged. */
  #goOn(message: Outgoing): void {
    this.#state = 'frame_sent';
    if (this.#isLast(message)) {
      this.#end(undefined, this.#line.timers.lineFreeMs);
      return;
    }
    this.#index += 1;
    this.#sends = 0;
    this.#heardOdd = false;
    this.#sendFrame(message);
  }

  /** Only noise came as answer, or the answers to a repeated frame are all in. */
  onQuiet(): void {
    const message = this.#queue[0];
    if (message === undefined) return;
    if (this.#state === 'settling') this.#goOn(message);
    else if (this.#state === 'frame_sent') this.#repeat(message);
  }

  #sendFrame(message: Outgoing): void {
    const bytes = message.frames[this.#index];
    if (bytes === undefined) return;
    this.#sends += 1;
    this.#line.emit({ do: 'send', bytes });
    this.#line.start('reply', this.#line.timers.replyMs);
  }

  onReplyTimeout(): void {
    if (this.#state === 'quiet') return;
    this.#line.fault({ code: 'sender_silence' });
    const message = this.#queue[0];
    // After the last frame the device may have stored the message and only its answer is lost.
    const hadAll = this.#state === 'frame_sent' && message !== undefined && this.#isLast(message);
    this.#end(hadAll ? 'astm.unconfirmed' : 'astm.no_answer', this.#line.timers.lineFreeMs);
  }

  /** The connection is gone: everything queued fails. */
  close(): void {
    this.#state = 'quiet';
    this.#line.stop('reply');
    this.#line.stop('quiet');
    const queue = this.#queue;
    this.#queue = [];
    for (const { id } of queue) this.#line.emit({ do: 'failed', id, reason: 'astm.connection_lost' });
  }

  #rest(holdMs: number): void {
    this.#state = 'quiet';
    this.#line.stop('reply');
    this.#line.stop('quiet');
    this.#line.released(holdMs);
  }

  #end(reason: SendFailure | undefined, holdMs: number): void {
    this.#line.sendByte(Control.EOT);
    this.#finish(reason, holdMs);
  }

  #finish(reason: SendFailure | undefined, holdMs: number): void {
    const message = this.#queue.shift();
    this.#rest(holdMs);
    if (message === undefined) return;
    if (reason === undefined) this.#line.emit({ do: 'sent', id: message.id });
    else this.#line.emit({ do: 'failed', id: message.id, reason });
  }
}
