import type { TlsOptions } from 'node:tls';
import type { MllpError } from './mllp-error.ts';

export interface MllpPeer {
  readonly address: string;
  readonly port: number;
  /** Subject common name of the client certificate; absent without mutual TLS. */
  readonly certificateName?: string;
}

export interface MllpServerOptions {
  /** 0 lets the system choose; see `MllpServer.port`. */
  readonly port: number;
  /** Default: all addresses. */
  readonly host?: string;
  /**
   * Takes one payload and gives the reply to send, or undefined for none. Resolve only after the message is safely stored:
   * the reply is the promise that it is. If it throws, nothing is answered and the peer will send again.
   */
  readonly onMessage: (payload: Uint8Array, peer: MllpPeer) => Promise<Uint8Array | undefined>;
  /**
   * Told of everything that went wrong without ending the server, with the bytes concerned where there are any:
   * of a block that is too long or not ended in time its first, up to 4096.
   */
  readonly onProblem?: (problem: MllpError, peer: MllpPeer, bytes?: Uint8Array) => void;
  /** Default 16 MiB; a longer block closes the connection unanswered. */
  readonly maxBlockBytes?: number;
  /** Silence after which the connection is closed, while nothing of it is in hand; default 0, never. TCP itself looks after a minute if the peer still is there. */
  readonly idleTimeoutMs?: number;
  /** From VT to FS; default 60,000. */
  readonly blockTimeoutMs?: number;
  /** How long a peer may leave our replies untaken before the connection is cut; default 60,000. */
  readonly stallTimeoutMs?: number;
  /** Connections at once; default 256. */
  readonly maxConnections?: number;
  /** Messages of one connection in the hands of `onMessage`; default 16. */
  readonly maxPendingMessages?: number;
  /** Certificate and key make it MLLP over TLS; `requestCert` for mutual. */
  readonly tls?: TlsOptions;
}
