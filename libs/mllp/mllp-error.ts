export const mllpErrorCode = {
  /** VT or FS inside a payload that is to be framed. */
  reservedByte: 'mllp.reserved_byte',
  /** The port cannot be listened on. */
  listenFailed: 'mllp.listen_failed',
  connectFailed: 'mllp.connect_failed',
  /** The connection ended before the reply. */
  connectionLost: 'mllp.connection_lost',
  replyTimeout: 'mllp.reply_timeout',
  /** `send` on a client that is closed. */
  closed: 'mllp.closed',
  /** A block above the limit. */
  tooLong: 'mllp.too_long',
  /** A block was begun and not ended in time. */
  blockTimeout: 'mllp.block_timeout',
  /** The peer does not take our replies. */
  replyStalled: 'mllp.reply_stalled',
  idleTimeout: 'mllp.idle_timeout',
  /** A block was cut off by another VT or by the end of the connection. */
  abandoned: 'mllp.abandoned',
  /** Bytes between blocks. */
  junk: 'mllp.junk',
  /** The message handler threw; nothing was answered. */
  handlerFailed: 'mllp.handler_failed',
  tooManyConnections: 'mllp.too_many_connections',
  /** The socket or its TLS reported an error. */
  socketFailed: 'mllp.socket_failed',
  /** A reply nobody waits for. */
  strayReply: 'mllp.stray_reply',
} as const;
export type MllpErrorCode = (typeof mllpErrorCode)[keyof typeof mllpErrorCode];

/** Whether trying again helps: may be repeated as is; may have arrived, so repeat under the same control id only; mend it first. */
export type MllpRetry = 'transient' | 'ambiguous' | 'permanent';

/** Never quotes the traffic, so it may be logged. */
export class MllpError extends Error {
  readonly code: MllpErrorCode;
  readonly retry: MllpRetry;

  constructor(code: MllpErrorCode, message: string, retry: MllpRetry, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MllpError';
    this.code = code;
    this.retry = retry;
  }
}
