// One connection with a session on it: the only place where the state machine meets streams and clocks.
// Server and client differ in who dials; everything else is here. A serial port is a Duplex like any other.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { recordBytes } from './build.ts';
import { AstmError } from './errors.ts';
import type { AstmFault } from './errors.ts';
import { parseAstm } from './records.ts';
import type { AstmMessage, ParseOptions } from './records.ts';
import { createSession } from './session.ts';
import type { AstmCommand, AstmSession, PartialReason, SessionOptions, TimerName } from './session-types.ts';

export type AstmPeer = {
  /** Counts connections of this server or client from 1. */
  readonly connection: number;
  readonly address: string;
  readonly port: number;
};

export type Received = {
  /** What the archive keeps: accepted frames as received, or the records of an undressed sender. */
  readonly raw: Uint8Array;
  /** Only this message: H through L, CR ended. */
  readonly records: Uint8Array;
  readonly message: AstmMessage;
  readonly peer: AstmPeer;
  readonly isFramed: boolean;
  /** True when the device repeats a message whose storing failed on this connection. */
  readonly isRepeat: boolean;
  /**
   * Sends records on the same connection in a session of our own, as soon as the line is free.
   * Do not await it before `onMessage` resolves: the line becomes free only after our ACK.
   * @throws AstmError when the device did not take it
   */
  readonly send: (records: readonly string[]) => Promise<void>;
};

export type AstmProblem =
  | { readonly kind: 'fault'; readonly fault: AstmFault; readonly peer: AstmPeer }
  /** Bytes that never became a message: archive them, alarm, never use as results. */
  | {
      readonly kind: 'partial';
      readonly reason: PartialReason;
      readonly raw: Uint8Array;
      readonly records: Uint8Array;
      readonly peer: AstmPeer;
    }
  | { readonly kind: 'not_stored'; readonly error: unknown; readonly peer: AstmPeer }
  | { readonly kind: 'socket'; readonly error: unknown; readonly peer: AstmPeer }
  | { readonly kind: 'too_many_connections'; readonly peer: AstmPeer }
  | { readonly kind: 'server'; readonly error: unknown };

export type LinkHandlers = {
  /** Resolve when the message is durable (the device hears ACK); reject and it hears NAK and repeats. */
  readonly onMessage: (received: Received) => Promise<void>;
  readonly onProblem?: (problem: AstmProblem) => void;
  /** Every byte in both directions, for the archive of the line. Called before anything is parsed. */
  readonly onBytes?: (tap: {
    readonly peer: AstmPeer;
    readonly direction: 'in' | 'out';
    readonly bytes: Uint8Array;
  }) => void;
};

export type LineOptions = Omit<SessionOptions, 'onCommand'> & {
  readonly charset?: ParseOptions['charset'];
};

type Waiter = { readonly resolve: () => void; readonly reject: (error: AstmError) => void };

export class Link {
  readonly peer: AstmPeer;
  readonly #socket: Duplex;
  readonly #handlers: LinkHandlers;
  readonly #options: LineOptions;
  readonly #session: AstmSession;
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();
  readonly #outgoing = new Map<string, Waiter>();
  readonly #seen = new Set<number>();
  #nextSend = 1;
  #onRest: (() => void) | undefined;

  constructor(socket: Duplex, peer: AstmPeer, handlers: LinkHandlers, options: LineOptions) {
    this.peer = peer;
    this.#socket = socket;
    this.#handlers = handlers;
    this.#options = options;
    this.#session = createSession({ ...options, onCommand: (command) => this.#obey(command) });
    if (socket instanceof Socket) {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
    }
    socket.on('data', (bytes: Buffer) => this.#data(bytes));
    socket.on('error', (error) => this.#problem({ kind: 'socket', error, peer }));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
  }

  send(records: readonly string[]): Promise<void> {
    const id = String(this.#nextSend);
    this.#nextSend += 1;
    return new Promise((resolve, reject) => {
      let bytes: Uint8Array;
      try {
        bytes = recordBytes(records, this.#options.charset === 'windows-1252' ? 'latin1' : 'utf-8');
      } catch (error) {
        reject(error instanceof AstmError ? error : new AstmError('astm.illegal_text', undefined, error));
        return;
      }
      this.#outgoing.set(id, { resolve, reject });
      this.#session.send(id, bytes);
    });
  }

  setReady(isReady: boolean): void {
    this.#session.setReady(isReady);
  }

  interrupt(): void {
    this.#session.interrupt();
  }

  /** Resolves when nothing is under way, or after the grace; then the socket is gone. */
  async close(graceMs: number): Promise<void> {
    this.#session.setReady(false);
    if (!this.#session.isAtRest() && !this.#socket.destroyed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#onRest = (): void => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#onRest = undefined;
    this.#session.close();
    await new Promise<void>((resolve) => {
      if (this.#socket.destroyed) {
        resolve();
        return;
      }
      this.#socket.once('close', () => resolve());
      // The last ACK is still written; a peer that does not close its half is cut off.
      this.#socket.end(() => this.#socket.destroy());
      setTimeout(() => this.#socket.destroy(), 500).unref();
    });
  }

  #data(bytes: Uint8Array): void {
    this.#handlers.onBytes?.({ peer: this.peer, direction: 'in', bytes });
    this.#session.receive(bytes);
    this.#pace();
  }

  /** An undressed sender waits for nothing: stop reading while its messages are being stored. */
  #pace(): void {
    const isBehind = this.#session.isUndressed() && this.#session.pendingStores() > 0;
    if (isBehind) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#session.isAtRest()) this.#onRest?.();
  }

  #ended(): void {
    this.#session.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (!this.#socket.destroyed) this.#socket.end();
    if (this.#session.isAtRest()) this.#onRest?.();
  }

  #obey(command: AstmCommand): void {
    switch (command.do) {
      case 'send':
        this.#handlers.onBytes?.({ peer: this.peer, direction: 'out', bytes: command.bytes });
        if (this.#socket.writable) this.#socket.write(command.bytes);
        return;
      case 'start_timer':
        this.#startTimer(command.name, command.ms);
        return;
      case 'stop_timer':
        clearTimeout(this.#timers.get(command.name));
        this.#timers.delete(command.name);
        return;
      case 'store':
        void this.#store(command);
        return;
      case 'partial':
        this.#problem({
          kind: 'partial',
          reason: command.reason,
          raw: command.raw,
          records: command.records,
          peer: this.peer,
        });
        return;
      case 'sent':
        this.#outgoing.get(command.id)?.resolve();
        this.#outgoing.delete(command.id);
        return;
      case 'failed':
        this.#outgoing.get(command.id)?.reject(new AstmError(command.reason));
        this.#outgoing.delete(command.id);
        return;
      case 'fault':
        this.#problem({ kind: 'fault', fault: command.fault, peer: this.peer });
        return;
      default:
        command satisfies never;
    }
  }

  #startTimer(name: TimerName, ms: number): void {
    clearTimeout(this.#timers.get(name));
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      this.#session.timer(name);
      this.#pace();
    }, ms);
    this.#timers.set(name, timer);
  }

  async #store(command: Extract<AstmCommand, { do: 'store' }>): Promise<void> {
    const isRepeat = this.#seen.has(command.id);
    this.#seen.add(command.id);
    try {
      const { messages } = parseAstm(command.records, { charset: this.#options.charset ?? 'auto' });
      const message = messages[0];
      if (message === undefined) throw new AstmError('astm.bad_option', 'A complete message was not readable.');
      await this.#handlers.onMessage({
        raw: command.raw,
        records: command.records,
        message,
        peer: this.peer,
        isFramed: command.isFramed,
        isRepeat,
        send: (records) => this.send(records),
      });
      this.#seen.delete(command.id);
      this.#session.stored(command.id);
    } catch (error) {
      this.#problem({ kind: 'not_stored', error, peer: this.peer });
      this.#session.storeFailed(command.id);
    }
    this.#pace();
  }

  #problem(problem: AstmProblem): void {
    this.#handlers.onProblem?.(problem);
  }
}
