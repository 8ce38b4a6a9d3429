// TCP server for instruments that dial the laboratory. One session per connection; the owner stores, the server acknowledges.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { AstmError } from './errors.ts';
import { Link } from './link.ts';
import type { AstmPeer, LineOptions, LinkHandlers } from './link.ts';

export type AstmServerOptions = LinkHandlers &
  LineOptions & {
    /** Default 6662; 0 takes any free port. */
    readonly port?: number;
    /** Default 0.0.0.0. Instruments stand on the laboratory network, which must not reach the internet. */
    readonly host?: string;
    /** Default 64. One more is closed at once. */
    readonly maxConnections?: number;
    /**
     * A new connection from an address ends the older ones of that address (a device that restarted leaves a dead one behind).
     * Default false: terminal servers put several devices behind one address.
     */
    readonly isOneDevicePerAddress?: boolean;
  };

export type AstmServer = {
  /** Starts listening; resolves with the port. */
  listen(): Promise<number>;
  /** Peers connected now. */
  peers(): readonly AstmPeer[];
  /** Sends records to a connected peer. @throws AstmError astm.connection_lost when it is gone, or what the line said */
  send(peer: AstmPeer, records: readonly string[]): Promise<void>;
  /** While false every ENQ is answered with NAK. */
  setReady(isReady: boolean): void;
  /** Takes no new sessions, lets those under way end for at most `graceMs` (default 5000), then closes. */
  close(graceMs?: number): Promise<void>;
};

class Server implements AstmServer {
  readonly #options: AstmServerOptions;
  readonly #links = new Map<number, Link>();
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.#connected(socket));
  #count = 0;
  #isReady = true;

  constructor(options: AstmServerOptions) {
    this.#options = options;
  }

  listen(): Promise<number> {
    const { port = 6662, host = '0.0.0.0' } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#options.onProblem?.({ kind: 'server', error }));
        const address: AddressInfo | string | null = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  peers(): readonly AstmPeer[] {
    return [...this.#links.values()].map(({ peer }) => peer);
  }

  async send(peer: AstmPeer, records: readonly string[]): Promise<void> {
    const link = this.#links.get(peer.connection);
    if (link === undefined) throw new AstmError('astm.connection_lost');
    await link.send(records);
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    for (const link of this.#links.values()) link.setReady(isReady);
  }

  async close(graceMs = 5000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#links.values()].map((link) => link.close(graceMs)));
    await closed;
  }

  #connected(socket: Socket): void {
    this.#count += 1;
    const peer = { connection: this.#count, address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    if (this.#options.isOneDevicePerAddress ?? false) {
      for (const link of this.#links.values()) {
        if (link.peer.address !== peer.address) continue;
        this.#links.delete(link.peer.connection);
        void link.close(0);
      }
    }
    if (this.#links.size >= (this.#options.maxConnections ?? 64)) {
      this.#options.onProblem?.({ kind: 'too_many_connections', peer });
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const link = new Link(socket, peer, this.#options, this.#options);
    link.setReady(this.#isReady);
    this.#links.set(peer.connection, link);
    socket.on('close', () => this.#links.delete(peer.connection));
  }
}

/** Makes a server for ASTM over TCP. Nothing listens until `listen()`. */
export function createAstmServer(options: AstmServerOptions): AstmServer {
  return new Server(options);
}
