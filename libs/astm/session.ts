// One line, both roles of LIS01-A2 as a pure state machine: bytes and timer events in, commands out.
// Sockets, serial ports, clocks and storage belong to the owner. Nothing here throws and every buffer has a limit.
import { Assembler } from './assembler.ts';
import { Control } from './control.ts';
import type { AstmFault } from './errors.ts';
import { createFrameDecoder } from './frame.ts';
import type { FrameDecoder } from './frame.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { standardTimers } from './session-types.ts';
import type { AstmCommand, AstmSession, Line, PartialReason, SessionOptions, TimerName } from './session-types.ts';
import type { SessionTimers } from './session-types.ts';
import { Stores } from './stores.ts';

/** How the peer speaks: unknown until the first byte that tells. */
type Dress = 'unknown' | 'framed' | 'undressed' | 'discarding';

class Session implements AstmSession, Line {
  readonly timers: SessionTimers;
  readonly #options: SessionOptions;
  readonly #maxBytes: number;
  readonly #decoder: FrameDecoder;
  readonly #stores: Stores;
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  readonly #bare = new Assembler({ lfEndsRecord: true });
  readonly #running = new Set<TimerName>();
  readonly #inbox: Uint8Array[] = [];
  #dress: Dress;
  #isBusy = false;
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.timers = { ...standardTimers, ...options.timers };
    this.#maxBytes = options.maxMessageBytes ?? 16 * 1024 * 1024;
    const maxFrameBytes = options.maxFrameBytes ?? Math.min(this.#maxBytes, 1024 * 1024);
    this.#decoder = createFrameDecoder({ maxFrameBytes, checksum: options.checksum ?? 'required' });
    this.#stores = new Stores((command) => this.emit(command), options.maxPendingStores ?? 16);
    this.#receiver = new Receiver(this, options, this.#maxBytes, this.#stores);
    this.#sender = new Sender(this, options);
    this.#dress = (options.acceptUndressed ?? true) ? 'unknown' : 'framed';
  }

  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#inbox.push(bytes);
    // An owner that feeds bytes from inside a command must not overtake the bytes under way.
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let chunk = this.#inbox.shift(); chunk !== undefined; chunk = this.#inbox.shift()) {
      for (let at = 0; at < chunk.length;) at = this.#read(chunk, at);
    }
    this.#isBusy = false;
    this.#receiver.chunkEnded();
    this.#afterChunk();
  }

  /** Gives the bytes from `at` on to whom they belong; returns the place of the first that is left. */
  #read(chunk: Uint8Array, at: number): number {
    if (this.#isClosed) return chunk.length;
    const byte = chunk[at] ?? 0;
    if (this.#sender.isActive) {
      this.#sender.byte(byte);
      return at + 1;
    }
    if (this.#dress === 'unknown') this.#recognise(byte);
    if (this.#dress === 'unknown') return at + 1;
    if (this.#dress === 'undressed' || this.#dress === 'discarding') {
      if (byte !== Control.ENQ && byte !== Control.STX) {
        this.#bareByte(byte);
        return at + 1;
      }
      this.#flushBare('restarted');
      this.#dress = 'framed';
    }
    const { tokens, next } = this.#decoder.read(chunk, at);
    for (const token of tokens) this.#receiver.token(token);
    return next;
  }

  #recognise(byte: number): void {
    if (byte === 0x48) this.#dress = 'undressed';
    else if (byte === Control.ENQ || byte === Control.STX) this.#dress = 'framed';
  }

  #bareByte(byte: number): void {
    if (this.#dress === 'discarding') return;
    if (this.#bare.size >= this.#maxBytes) {
      this.#flushBare('too_large');
      this.#dress = 'discarding';
      return;
    }
    for (const part of this.#bare.addByte(byte)) this.#barePart(part);
  }

  #barePart(part: ReturnType<Assembler['addByte']>[number]): void {
    const content = { raw: part.records, records: part.records };
    if (part.kind === 'partial') this.emit({ do: 'partial', reason: part.reason, ...content });
    else if (this.#stores.bytes >= this.#maxBytes) this.emit({ do: 'partial', reason: 'overrun', ...content });
    // An undressed sender hears nothing, so there is nothing to do when the owner has answered.
    else this.#stores.ask(this.#stores.open([content], false, () => {}));
  }

  #flushBare(reason: PartialReason): void {
    for (const part of this.#bare.endStream()) this.#barePart(part);
    const records = this.#bare.drain();
    if (records.length > 0) this.emit({ do: 'partial', reason, raw: records, records });
  }

  #afterChunk(): void {
    if (this.#isClosed) return;
    if (this.#decoder.awaitsTrailer()) this.start('gap', this.timers.gapMs);
    else this.stop('gap');
    // Meas: 64,000 bytes take 67 s at 9600 baud, more than the 30 s of the standard; bytes of a frame are a sign of life.
    const isMidFrame = this.#decoder.isInFrame() && (!this.#receiver.isOpen || this.#running.has('receive'));
    if (isMidFrame) this.start('receive', this.timers.receiveMs);
    if (this.#dress === 'undressed' || this.#dress === 'discarding') {
      if (this.#bare.size > 0 || this.#dress === 'discarding') this.start('receive', this.timers.receiveMs);
      else this.stop('receive');
    }
    this.#trySend();
  }

  timer(name: TimerName): void {
    if (this.#isClosed || !this.#running.delete(name)) return;
    switch (name) {
      case 'reply':
        this.#sender.onReplyTimeout();
        return;
      case 'hold':
        this.#trySend();
        return;
      case 'gap':
        for (const token of this.#decoder.flush()) this.#receiver.token(token);
        this.#trySend();
        return;
      case 'quiet':
        this.#sender.onQuiet();
        return;
      case 'receive':
        this.#silence();
        return;
      case 'store':
        this.#receiver.onTimer('store');
        return;
      default:
        name satisfies never;
    }
  }

  #silence(): void {
    this.#decoder.reset();
    this.stop('gap');
    if (this.#receiver.isOpen) {
      this.#receiver.onTimer('receive');
      return;
    }
    this.#flushBare('silence');
    if (this.#dress === 'discarding') this.#dress = 'undressed';
    this.#trySend();
  }

  stored(id: number): void {
    this.#stores.answer(id, true);
  }

  storeFailed(id: number): void {
    this.#stores.answer(id, false);
  }

  send(id: string, records: Uint8Array): void {
    if (this.#isClosed) {
      this.emit({ do: 'failed', id, reason: 'astm.connection_lost' });
      return;
    }
    if (this.isUndressed()) {
      // A one-way sender answers nothing, and waiting for its ACK would swallow its results.
      this.emit({ do: 'failed', id, reason: 'astm.no_answer' });
      return;
    }
    this.#sender.add(id, records);
    this.#trySend();
  }

  #trySend(): void {
    // Half duplex: never ask for the line while the peer has it, is inside a frame, or is owed silence.
    if (this.#isClosed || this.isUndressed() || this.#receiver.isOpen) return;
    if (this.#decoder.isInFrame() || this.#running.has('hold')) return;
    this.#sender.start();
  }

  setReady(isReady: boolean): void {
    this.#receiver.setReady(isReady);
  }

  interrupt(): void {
    if (this.#receiver.isOpen) this.#receiver.interrupt();
  }

  close(): void {
    if (this.#isClosed) return;
    if (this.#receiver.isOpen) this.#receiver.end('closed', false);
    this.#flushBare('closed');
    this.#sender.close();
    this.#decoder.reset();
    this.#isClosed = true;
    for (const name of this.#running) this.stop(name);
  }

  pendingStores(): number {
    return this.#stores.size;
  }

  isUndressed(): boolean {
    return this.#dress === 'undressed' || this.#dress === 'discarding';
  }

  isAtRest(): boolean {
    const isQuiet = !this.#receiver.isOpen && !this.#sender.isActive && this.#bare.size === 0;
    return isQuiet && this.#sender.size === 0 && this.#stores.size === 0;
  }

  // What follows is the line as receiver and sender see it.

  emit(command: AstmCommand): void {
    this.#options.onCommand(command);
  }

  sendByte(byte: number): void {
    if (!this.#isClosed) this.emit({ do: 'send', bytes: Uint8Array.of(byte) });
  }

  start(name: TimerName, ms: number): void {
    if (this.#isClosed) return;
    this.#running.add(name);
    this.emit({ do: 'start_timer', name, ms });
  }

  stop(name: TimerName): void {
    if (this.#running.delete(name)) this.emit({ do: 'stop_timer', name });
  }

  fault(fault: AstmFault): void {
    this.emit({ do: 'fault', fault });
  }

  released(holdMs: number): void {
    this.start('hold', holdMs);
  }
}

/** Makes the state machine for one line (one TCP connection or one serial port). */
export function createSession(options: SessionOptions): AstmSession {
  return new Session(options);
}
