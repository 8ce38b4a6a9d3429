// One accepted connection: decoding, the hands that are busy, and the replies in order.
import type { Socket } from 'node:net';
import type { MllpEvent } from './decoder.ts';
import type { MllpPeer, MllpServerOptions } from './server-options.ts';
import type { MllpErrorCode } from './mllp-error.ts';
import { TLSSocket } from 'node:tls';
import { createMllpDecoder } from './decoder.ts';
import { frame } from './framing.ts';
import { MllpError, mllpErrorCode } from './mllp-error.ts';

/** How long a peer may go on sending after our last reply; closing over unread bytes would reset the connection and lose that reply. */
const LINGER_MS = 1000;

export interface Connection {
  readonly closed: Promise<void>;
  /** Reads no more, sends the replies in flight, closes. */
  finish(): void;
}

interface Slot {
  isDone: boolean;
  /** Framed; undefined when there is nothing to send. */
  reply: Uint8Array | undefined;
}

export function serveConnection(socket: Socket, options: MllpServerOptions): Connection {
  const served = new ServedConnection(socket, options);
  return served;
}

class ServedConnection implements Connection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #options: MllpServerOptions;
  readonly #peer: MllpPeer;
  readonly #maxPending: number;
  readonly #decoder;
  /** Blocks not yet handed over; at most those of one chunk, for the socket is paused while there are any. */
  readonly #waiting: Uint8Array[] = [];
  /** In order of arrival; the first undone one holds back those behind it. */
  readonly #slots: Slot[] = [];
  #busy = 0;
  #isFinishing = false;
  #isFlooded = false;
  #isEnding = false;
  #lingerTimer: NodeJS.Timeout | undefined;
  #blockTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: MllpServerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#maxPending = options.maxPendingMessages ?? 16;
    this.#decoder = createMllpDecoder(
      options.maxBlockBytes === undefined ? {} : { maxBlockBytes: options.maxBlockBytes },
    );
    this.#peer = peerOf(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    const idleMs = options.idleTimeoutMs ?? 0;
    if (idleMs > 0) socket.setTimeout(idleMs, () => this.#onIdle());
    socket.on('data', (chunk: Buffer) => {
      if (!this.#isFinishing) this.#onEvents(this.#decoder.push(chunk));
    });
    socket.on('end', () => {
      if (!this.#isFinishing) this.#onEvents(this.#decoder.end());
      this.#drainAndClose();
    });
    socket.on('drain', () => {
      this.#isFlooded = false;
      clearTimeout(this.#stallTimer);
      this.#sendReady();
    });
    socket.on('error', (error) => this.#report(mllpErrorCode.socketFailed, 'The connection failed.', undefined, error));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        clearTimeout(this.#blockTimer);
        clearTimeout(this.#stallTimer);
        clearTimeout(this.#lingerTimer);
        resolve();
      });
    });
  }

  finish(): void {
    // Unanswered blocks are not lost: their sender still holds them.
    this.#waiting.length = 0;
    this.#drainAndClose();
  }

  /** No more reading; what is already here is still answered. */
  #drainAndClose(): void {
    this.#isFinishing = true;
    clearTimeout(this.#blockTimer);
    if (!this.#isEnding) this.#socket.pause();
    this.#sendReady();
  }

  #onEvents(events: readonly MllpEvent[]): void {
    for (const event of events) {
      if (this.#isFinishing) return;
      this.#onEvent(event);
    }
    this.#watchBlock();
    this.#startWaiting();
  }

  #onEvent(event: MllpEvent): void {
    switch (event.kind) {
      case 'block':
        this.#waiting.push(event.bytes);
        break;
      case 'junk':
        this.#report(mllpErrorCode.junk, `${String(event.length)} bytes outside a block.`, event.bytes);
        break;
      case 'abandoned':
        this.#report(mllpErrorCode.abandoned, 'A block was cut off before its end.', event.bytes);
        break;
      case 'tooLong':
        this.#report(mllpErrorCode.tooLong, `A block is longer than ${String(event.limitBytes)} bytes.`, event.bytes);
        this.#startWaiting();
        this.#drainAndClose();
        break;
      case 'keepAlive':
      case 'commit':
        break;
      default:
        event satisfies never;
    }
  }

  // The clock runs from the first byte of a block, not from the last one received: a trickle must end too.
  #watchBlock(): void {
    if (!this.#decoder.isInBlock || this.#isFinishing) {
      clearTimeout(this.#blockTimer);
      this.#blockTimer = undefined;
    } else if (this.#blockTimer === undefined) {
      this.#blockTimer = setTimeout(() => {
        const start = this.#decoder.blockStart();
        this.#report(mllpErrorCode.blockTimeout, 'A block was begun and not ended in time.', start);
        this.#drainAndClose();
      }, this.#options.blockTimeoutMs ?? 60_000);
    }
  }

  #onIdle(): void {
    if (this.#busy > 0 || this.#slots.length > 0) return;
    this.#report(mllpErrorCode.idleTimeout, 'Nothing came for too long.');
    this.#drainAndClose();
  }

  #startWaiting(): void {
    while (this.#busy < this.#maxPending && this.#slots.length < this.#maxPending * 2) {
      const payload = this.#waiting.shift();
      if (payload === undefined) break;
      void this.#handle(payload);
    }
    this.#setReading();
  }

  #setReading(): void {
    if (this.#isFinishing || this.#socket.destroyed) return;
    const isFull = this.#waiting.length > 0 || this.#busy >= this.#maxPending || this.#isFlooded;
    if (isFull) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  async #handle(payload: Uint8Array): Promise<void> {
    const slot: Slot = { isDone: false, reply: undefined };
    this.#slots.push(slot);
    this.#busy += 1;
    try {
      const reply = await this.#options.onMessage(payload, this.#peer);
      slot.reply = reply === undefined ? undefined : frame(reply);
    } catch (error) {
      this.#report(mllpErrorCode.handlerFailed, 'A message could not be handled and was not answered.', payload, error);
    }
    slot.isDone = true;
    this.#busy -= 1;
    this.#sendReady();
  }

  #sendReady(): void {
    while (!this.#isFlooded && this.#slots[0]?.isDone === true) {
      const { reply } = this.#slots.shift() ?? {};
      if (reply === undefined || !this.#socket.writable) continue;
      this.#isFlooded = !this.#socket.write(reply);
      if (this.#isFlooded) this.#watchStall();
    }
    this.#startWaiting();
    const isDone = this.#slots.length === 0 && this.#waiting.length === 0 && this.#busy === 0;
    if (this.#isFinishing && isDone && !this.#isEnding && !this.#socket.destroyed) {
      this.#isEnding = true;
      this.#socket.end();
      this.#socket.resume();
      this.#lingerTimer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    }
  }

  // Why: a peer that is gone, or reads nothing, would keep its connection and our replies in memory for good.
  #watchStall(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = setTimeout(() => {
      this.#report(mllpErrorCode.replyStalled, 'The peer did not take our replies in time.');
      this.#socket.destroy();
    }, this.#options.stallTimeoutMs ?? 60_000);
  }

  #report(code: MllpErrorCode, text: string, bytes?: Uint8Array, cause?: unknown): void {
    this.#options.onProblem?.(new MllpError(code, text, 'transient', cause), this.#peer, bytes);
  }
}

function peerOf(socket: Socket): MllpPeer {
  const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
  if (!(socket instanceof TLSSocket)) return peer;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? { ...peer, certificateName: name } : peer;
}
