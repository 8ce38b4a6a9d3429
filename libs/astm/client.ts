// The dialling side: instruments that listen, and simulators of instruments.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { AstmError } from './errors.ts';
import { Link } from './link.ts';
import type { AstmPeer, LineOptions, LinkHandlers } from './link.ts';

export type ConnectOptions = Partial<LinkHandlers> &
  LineOptions & {
    readonly host: string;
    readonly port: number;
    /** Default 10 s. */
    readonly connectTimeoutMs?: number;
  };

export type AstmConnection = {
  /** Sends records in one session. @throws AstmError */
  send(records: readonly string[]): Promise<void>;
  interrupt(): void;
  /** Lets what is under way end for at most `graceMs` (default 5000). */
  close(graceMs?: number): Promise<void>;
};

/**
 * Opens a line to a device or a laboratory system. Messages that arrive go to `onMessage`; without it every ENQ gets NAK.
 * @throws AstmError astm.connect_failed
 */
export function connectAstm(options: ConnectOptions): Promise<AstmConnection> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const fail = (cause?: unknown): void => {
      socket.destroy();
      reject(new AstmError('astm.connect_failed', undefined, cause));
    };
    socket.setTimeout(options.connectTimeoutMs ?? 10_000, fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('timeout', fail);
      socket.off('error', fail);
      resolve(lineOver(socket, { connection: 1, address: host, port }, options));
    });
  });
}

function lineOver(stream: Duplex, peer: AstmPeer, options: Partial<LinkHandlers> & LineOptions): AstmConnection {
  const onMessage = options.onMessage ?? (() => Promise.reject(new AstmError('astm.busy')));
  const link = new Link(stream, peer, { ...options, onMessage }, options);
  if (options.onMessage === undefined) link.setReady(false);
  return {
    send: (records) => link.send(records),
    interrupt: () => link.interrupt(),
    close: (graceMs = 5000) => link.close(graceMs),
  };
}

export type OpenLineOptions = Partial<LinkHandlers> &
  LineOptions & {
    /** What the peer is called in problems: the path of the serial port. Default `line`. */
    readonly name?: string;
  };

/**
 * Puts a session on an open stream of bytes: a serial port, a pipe, a socket. Speed, parity and flow control are set by whoever
 * opens the port (LIS01-A2: 8 data bits, no parity, one stop bit, 9600 baud unless the device says otherwise).
 */
export function openLine(stream: Duplex, options: OpenLineOptions): AstmConnection {
  return lineOver(stream, { connection: 1, address: options.name ?? 'line', port: 0 }, options);
}

export type SendOptions = Omit<ConnectOptions, keyof LinkHandlers> & { readonly records: readonly string[] };

/** Connects, sends one message as an instrument would, and closes. Resolves when every frame was acknowledged. @throws AstmError */
export async function sendAstm({ records, ...options }: SendOptions): Promise<void> {
  const line = await connectAstm({ role: 'instrument', ...options });
  try {
    await line.send(records);
  } finally {
    await line.close(0);
  }
}
