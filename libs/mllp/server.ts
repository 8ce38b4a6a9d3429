// MLLP server. Per connection: messages are handled side by side up to a limit, replies leave strictly in the order the
// messages came, and the socket is not read while the limit is reached or the peer does not take our replies.
import type { Server as NetServer, Socket } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { serveConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import type { MllpPeer, MllpServerOptions } from './server-options.ts';
import { MllpError, mllpErrorCode } from './mllp-error.ts';

export interface MllpServer {
  readonly port: number;
  readonly connectionCount: number;
  /** Stops listening and reading, lets the replies in flight leave, then closes. After `graceMs` (default 10,000) it cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts to listen.
 * @throws MllpError mllp.listen_failed
 */
export async function createMllpServer(options: MllpServerOptions): Promise<MllpServer> {
  const connections = new Set<Connection>();
  const accept = (socket: Socket): void => {
    const connection = serveConnection(socket, options);
    connections.add(connection);
    void connection.closed.then(() => connections.delete(connection));
  };
  // Half open: some analysers close their sending side at once and still wait for the reply.
  const server =
    options.tls === undefined
      ? createNetServer({ allowHalfOpen: true }, accept)
      : createTlsServer({ ...options.tls, allowHalfOpen: true }, accept);
  // Below TLS, so that a peer that never finishes its handshake does not hold up `close`.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.maxConnections = options.maxConnections ?? 256;
  const report = (code: 'tooManyConnections' | 'socketFailed', text: string, peer: MllpPeer, cause?: unknown): void =>
    options.onProblem?.(new MllpError(mllpErrorCode[code], text, 'transient', cause), peer);
  server.on('drop', (dropped) => {
    const peer = { address: dropped?.remoteAddress ?? '', port: dropped?.remotePort ?? 0 };
    report('tooManyConnections', 'A connection was refused: there are too many.', peer);
  });
  server.on('tlsClientError', (error: unknown, socket: Socket) => {
    const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    report('socketFailed', 'The TLS handshake failed.', peer, error);
  });
  await listen(server, options.port, options.host);
  server.on('error', (error) =>
    report('socketFailed', 'The listener reported an error.', { address: '', port: 0 }, error),
  );
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    get connectionCount() {
      return connections.size;
    },
    async close(graceMs = 10_000) {
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      for (const connection of connections) connection.finish();
      await Promise.all([stopped, ...Array.from(connections, (connection) => connection.closed)]);
      clearTimeout(cut);
    },
  };
}

function listen(server: NetServer, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(
        new MllpError(mllpErrorCode.listenFailed, `Port ${String(port)} cannot be listened on.`, 'transient', error),
      );
    };
    server.once('error', fail);
    server.listen({ port, host }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
