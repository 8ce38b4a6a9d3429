// MLLP client: one connection, one message at a time, each answered before the next leaves. It does not reconnect and does not
// send again: only the caller knows whether a repeat is harmless.
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { connect as connectNet } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createMllpDecoder } from './decoder.ts';
import { frame } from './framing.ts';
import { MllpError, mllpErrorCode } from './mllp-error.ts';

export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** From the write to the reply; default 30,000. */
  readonly replyTimeoutMs?: number;
  readonly maxBlockBytes?: number;
  readonly tls?: ConnectionOptions;
  /**
   * Tells whether a block answers what was sent (MSA-2 equals MSH-10); others are reported and passed over. Without it the
   * first block is the reply, and a time-out closes the connection, since a late reply would be taken for the next one's.
   */
  readonly isReplyTo?: (sent: Uint8Array, reply: Uint8Array) => boolean;
  readonly onProblem?: (problem: MllpError, bytes?: Uint8Array) => void;
}

export interface MllpClient {
  readonly isOpen: boolean;
  /**
   * Sends one payload and gives the payload of its reply. Calls made meanwhile wait their turn.
   * @throws MllpError mllp.reserved_byte, mllp.closed (not sent), mllp.reply_timeout or mllp.connection_lost (may have arrived)
   */
  send(payload: Uint8Array): Promise<Uint8Array>;
  /** Waits for the reply in flight, refuses what has not been sent, closes. */
  close(): Promise<void>;
}

/** @throws MllpError mllp.connect_failed */
export async function createMllpClient(options: MllpClientOptions): Promise<MllpClient> {
  const socket = await openSocket(options);
  return new Client(socket, options);
}

interface Waiting {
  readonly sent: Uint8Array;
  readonly resolve: (reply: Uint8Array) => void;
  readonly reject: (error: MllpError) => void;
  readonly timer: NodeJS.Timeout;
}

class Client implements MllpClient {
  readonly #socket: Socket;
  readonly #options: MllpClientOptions;
  readonly #decoder;
  readonly #closed: Promise<void>;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | undefined;
  #isOpen = true;

  constructor(socket: Socket, options: MllpClientOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#decoder = createMllpDecoder(
      options.maxBlockBytes === undefined ? {} : { maxBlockBytes: options.maxBlockBytes },
    );
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isOpen = false;
        this.#fail(new MllpError(mllpErrorCode.connectionLost, 'The connection ended before the reply.', 'ambiguous'));
        resolve();
      });
    });
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => {
      options.onProblem?.(new MllpError(mllpErrorCode.socketFailed, 'The connection failed.', 'transient', error));
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(payload: Uint8Array): Promise<Uint8Array> {
    const reply = this.#turn.then(() => this.#exchange(payload));
    this.#turn = reply.catch(() => undefined);
    return reply;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#turn;
    this.#socket.end();
    this.#socket.destroySoon();
    await this.#closed;
  }

  #exchange(payload: Uint8Array): Promise<Uint8Array> {
    if (!this.#isOpen) {
      return Promise.reject(
        new MllpError(mllpErrorCode.closed, 'The connection is closed; nothing was sent.', 'transient'),
      );
    }
    const block = frame(payload);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(new MllpError(mllpErrorCode.replyTimeout, 'No reply in time.', 'ambiguous'));
        if (this.#options.isReplyTo === undefined) {
          this.#isOpen = false;
          this.#socket.destroy();
        }
      }, this.#options.replyTimeoutMs ?? 30_000);
      this.#waiting = { sent: payload, resolve, reject, timer };
      this.#socket.write(block);
    });
  }

  #onData(chunk: Buffer): void {
    for (const event of this.#decoder.push(chunk)) {
      if (event.kind === 'block') this.#onReply(event.bytes);
      else if (event.kind === 'tooLong') {
        this.#problem(mllpErrorCode.tooLong, 'A reply is longer than allowed.', event.bytes);
        this.#socket.destroy();
      } else if (event.kind === 'junk') this.#problem(mllpErrorCode.junk, 'Bytes outside a block.', event.bytes);
      else if (event.kind === 'abandoned') this.#problem(mllpErrorCode.abandoned, 'A reply was cut off.', event.bytes);
    }
  }

  #onReply(bytes: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#options.isReplyTo?.(waiting.sent, bytes) === false) {
      this.#problem(mllpErrorCode.strayReply, 'A reply nobody waits for.', bytes);
      return;
    }
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.resolve(bytes);
  }

  #fail(error: MllpError): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.reject(error);
  }

  #problem(
    code: 'mllp.junk' | 'mllp.abandoned' | 'mllp.too_long' | 'mllp.stray_reply',
    text: string,
    bytes?: Uint8Array,
  ): void {
    this.#options.onProblem?.(new MllpError(code, text, 'transient'), bytes);
  }
}

function openSocket(options: MllpClientOptions): Promise<Socket> {
  const { host, port, tls } = options;
  return new Promise((resolve, reject) => {
    const socket = tls === undefined ? connectNet({ host, port }) : connectTls({ ...tls, host, port });
    const fail = (cause?: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new MllpError(mllpErrorCode.connectFailed, `No connection to port ${String(port)}.`, 'transient', cause));
    };
    const timer = setTimeout(fail, options.connectTimeoutMs ?? 10_000);
    socket.once('error', fail);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
      resolve(socket);
    });
  });
}
