// The words a session and its owner exchange. The owner has the socket or serial port, the clock and the storage.
import type { Packing } from './build.ts';
import type { AstmErrorCode, AstmFault } from './errors.ts';

/**
 * reply: peer must answer; quiet: noise came as answer; receive: peer must go on sending; hold: we must stay silent;
 * gap: CR LF missing; store: owner must answer.
 */
export type TimerName = 'reply' | 'quiet' | 'receive' | 'hold' | 'gap' | 'store';

/** All in milliseconds. Src: LIS01-A2 time-outs; `gap`, `store` and `lineFree` are ours. */
export type SessionTimers = {
  /** Sender waits for the reply to ENQ and to each frame. */
  readonly replyMs: number;
  /** Receiver waits for the next frame or EOT. */
  readonly receiveMs: number;
  /** Silence after NAK to our ENQ. */
  readonly busyMs: number;
  /** Silence after contention, for the host; the instrument has priority. */
  readonly hostContentionMs: number;
  readonly instrumentContentionMs: number;
  /** Silence after the receiver interrupted us with EOT. */
  readonly interruptMs: number;
  /** A frame without CR LF is judged after this, noise in place of an answer too. Longer than the line takes there and back. */
  readonly gapMs: number;
  /** The owner has not stored in time: NAK, so the sender repeats. Below replyMs of the device, or it gives up first. */
  readonly storeMs: number;
  /** The line stays free this long after an EOT before we ask for it. */
  readonly lineFreeMs: number;
};

export const standardTimers: SessionTimers = {
  replyMs: 15_000,
  receiveMs: 30_000,
  busyMs: 10_000,
  hostContentionMs: 20_000,
  instrumentContentionMs: 1000,
  interruptMs: 15_000,
  gapMs: 300,
  storeMs: 12_000,
  lineFreeMs: 300,
};

export type PartialReason =
  | 'no_header'
  | 'no_terminator'
  | 'ended' // EOT before L
  | 'restarted' // ENQ before L
  | 'silence'
  | 'too_large'
  | 'overrun'
  | 'closed';

export type SendFailure = AstmErrorCode;

export type AstmCommand =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  /** Starting a running timer restarts it. When it runs out call `timer(name)`. */
  | { readonly do: 'start_timer'; readonly name: TimerName; readonly ms: number }
  | { readonly do: 'stop_timer'; readonly name: TimerName }
  /**
   * A complete message. Make it durable, then call `stored(id)`; only then the device hears ACK. Else `storeFailed(id)`: it hears NAK.
   * The same id comes again when the device repeats a message that failed.
   * `raw`: accepted frames exactly as received, from the one where H begins to the one where L ends (neighbours in the same frames
   * included); for undressed senders the record bytes. `records`: only this message, H through L, records ended by CR.
   */
  | {
      readonly do: 'store';
      readonly id: number;
      readonly raw: Uint8Array;
      readonly records: Uint8Array;
      readonly isFramed: boolean;
    }
  /** Records that never became a complete message. For the archive and an alarm, not for results. */
  | {
      readonly do: 'partial';
      readonly reason: PartialReason;
      readonly raw: Uint8Array;
      readonly records: Uint8Array;
    }
  /** The peer has acknowledged every frame of our message. */
  | { readonly do: 'sent'; readonly id: string }
  /** Our message did not get through; nothing is retried beyond LIS01-A2 itself. */
  | { readonly do: 'failed'; readonly id: string; readonly reason: SendFailure }
  | { readonly do: 'fault'; readonly fault: AstmFault };

export type SessionOptions = {
  readonly onCommand: (command: AstmCommand) => void;
  /** Decides contention: the host yields. Default host. */
  readonly role?: 'host' | 'instrument';
  readonly timers?: Partial<SessionTimers>;
  /** Longest message accepted, frames included. Default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** Default: the smaller of maxMessageBytes and 1 MiB. */
  readonly maxFrameBytes?: number;
  readonly checksum?: 'required' | 'absent';
  /** For devices that number frames in their own way (Quidel Sofia). Default false. */
  readonly ignoreFrameNumbers?: boolean;
  /** What a frame outside a session gets. Default nak. */
  readonly frameWithoutEnq?: 'nak' | 'accept';
  /** Take records without ENQ and frames when the first byte of the line is `H`. Default true. */
  readonly acceptUndressed?: boolean;
  /** More unanswered stores than this and a new ENQ gets NAK. Default 16. */
  readonly maxPendingStores?: number;
  /** Messages that may wait to be sent. Default 100. */
  readonly maxQueuedSends?: number;
  readonly frameTextLimit?: number;
  readonly packing?: Packing;
};

/** What receiver and sender share; implemented by the session. */
export type Line = {
  readonly timers: SessionTimers;
  emit(command: AstmCommand): void;
  sendByte(byte: number): void;
  start(name: TimerName, ms: number): void;
  stop(name: TimerName): void;
  fault(fault: AstmFault): void;
  /** The line has become free: after `holdMs` of silence we may send. */
  released(holdMs: number): void;
};

export type AstmSession = {
  /** Bytes from the line, in any chunks. Never throws. */
  receive(bytes: Uint8Array): void;
  /** A timer that was started ran out. A timer that is not running is ignored. */
  timer(name: TimerName): void;
  /** The message is durable: acknowledge it. Unknown ids are ignored. */
  stored(id: number): void;
  storeFailed(id: number): void;
  /** Queues a message (record bytes, CR ended); the outcome comes as `sent` or `failed` with the same id. */
  send(id: string, records: Uint8Array): void;
  /** Not ready: answer ENQ with NAK (storage down, queue full). */
  setReady(isReady: boolean): void;
  /** Answer the next good frame with EOT: we have something urgent. Not every device honours it. */
  interrupt(): void;
  /** The connection ended. Open stores may still be answered; they change nothing on the line. */
  close(): void;
  /** Stores not yet answered by the owner. Stop reading the line of an undressed sender while this is above zero. */
  pendingStores(): number;
  isUndressed(): boolean;
  /** Nothing under way in either direction and nothing to store or send. */
  isAtRest(): boolean;
};
